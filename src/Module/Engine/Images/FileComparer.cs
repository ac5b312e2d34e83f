using System.Globalization;
using System.Text;
using GoCross.Images.Layers;

namespace GoCross.Images;

/// <summary>Compares two file systems, path by path. Only what differs costs an object.</summary>
internal static class FileComparer
{
    /// <summary>Compares. The order is that of the paths, by their bytes.</summary>
    internal static IReadOnlyList<FileChange> Compare(
        SquashedTree reference, SquashedTree difference, CancellationToken cancellation)
    {
        var changes = new List<FileChange>();

        // Node for node, parents first: the same path's node in the other tree is the child of the parent's.
        int[] others = new int[reference.Paths.Count];
        bool[] met = new bool[difference.Paths.Count];
        for (int node = 0; node < others.Length; node++)
        {
            if (node % 4096 == 0)
            {
                cancellation.ThrowIfCancellationRequested();
            }

            int other = OtherNode(reference.Paths, difference.Paths, others, node);
            others[node] = other;
            if (other != PathTree.None)
            {
                met[other] = true;
            }

            if (Compare(reference, node, difference, other) is { } change)
            {
                changes.Add(change);
            }
        }

        for (int node = 0; node < met.Length; node++)
        {
            if (!met[node] && Compare(reference, PathTree.None, difference, node) is { } change)
            {
                changes.Add(change);
            }
        }

        changes.Sort(static (left, right) => string.CompareOrdinal(left.Path, right.Path));
        return changes;
    }

    private static int OtherNode(PathTree paths, PathTree otherPaths, int[] others, int node)
    {
        if (node == PathTree.Root)
        {
            return PathTree.Root;
        }

        int otherParent = others[paths.Parent(node)];
        return otherParent == PathTree.None ? PathTree.None : otherPaths.Find(otherParent, paths.Name(node));
    }

    private static FileChange? Compare(SquashedTree reference, int left, SquashedTree difference, int right)
    {
        bool hasLeft = TryGet(reference, left, out Side before);
        bool hasRight = TryGet(difference, right, out Side after);
        if (!hasLeft && !hasRight)
        {
            return null;
        }

        // A directory that is there on both sides, and that one of them does not describe, is no difference.
        bool isImplied = hasLeft ? !hasRight && difference.IsPresent(right) : reference.IsPresent(left);
        if (isImplied && (hasLeft ? before : after).Entry.Type == ImageFileType.Directory)
        {
            return null;
        }

        FileChangeKind kind = hasLeft && hasRight ? Difference(before, after)
            : isImplied ? FileChangeKind.Modified
            : hasLeft ? FileChangeKind.Removed
            : FileChangeKind.Added;
        if (kind == FileChangeKind.None)
        {
            return null;
        }

        return new FileChange
        {
            Path = hasLeft ? reference.Paths.PathOf(left) : difference.Paths.PathOf(right),
            Change = kind,
            ReferenceType = hasLeft ? before.Entry.Type : isImplied ? ImageFileType.Directory : null,
            DifferenceType = hasRight ? after.Entry.Type : isImplied ? ImageFileType.Directory : null,
            ReferenceSize = hasLeft ? before.Entry.Size : null,
            DifferenceSize = hasRight ? after.Entry.Size : null,
            ReferenceMode = hasLeft ? before.Entry.Mode : null,
            DifferenceMode = hasRight ? after.Entry.Mode : null,
            ReferenceOwner = hasLeft ? before.Owner : null,
            DifferenceOwner = hasRight ? after.Owner : null,
            ReferenceLinkTarget = hasLeft ? before.LinkTarget : null,
            DifferenceLinkTarget = hasRight ? after.LinkTarget : null,
            ReferenceLayer = hasLeft ? before.Layer : null,
            DifferenceLayer = hasRight ? after.Layer : null,
        };
    }

    private static bool TryGet(SquashedTree tree, int node, out Side side)
    {
        bool found = tree.TryGetEntry(node, out LayerEntry entry, out EntryExtra? extra, out int layer);
        side = new Side(entry, extra, layer);
        return found;
    }

    private static FileChangeKind Difference(in Side before, in Side after)
    {
        FileChangeKind kind = FileChangeKind.None;
        if (before.Entry.Type != after.Entry.Type)
        {
            kind |= FileChangeKind.Modified;
        }
        else
        {
            bool sameContent = before.Entry.Size == after.Entry.Size
                && before.Entry.Content == after.Entry.Content
                && (before.Extra?.DeviceMajor ?? 0) == (after.Extra?.DeviceMajor ?? 0)
                && (before.Extra?.DeviceMinor ?? 0) == (after.Extra?.DeviceMinor ?? 0);
            kind |= IsLink(before.Entry.Type)
                ? (before.Target.SequenceEqual(after.Target) ? FileChangeKind.None : FileChangeKind.LinkChanged)
                : (sameContent ? FileChangeKind.None : FileChangeKind.Modified);
        }

        // A symbolic link's own mode has no meaning on Linux, and programs write it as they like.
        if (before.Entry.Mode != after.Entry.Mode
            && (before.Entry.Type != ImageFileType.SymbolicLink || after.Entry.Type != ImageFileType.SymbolicLink))
        {
            kind |= FileChangeKind.ModeChanged;
        }

        if (before.Entry.UserId != after.Entry.UserId || before.Entry.GroupId != after.Entry.GroupId)
        {
            kind |= FileChangeKind.OwnerChanged;
        }

        bool sameAttributes = before.Extra is not null
            ? before.Extra.SameExtendedAttributes(after.Extra)
            : after.Extra is null || after.Extra.ExtendedAttributes.Count == 0;
        return sameAttributes ? kind : kind | FileChangeKind.XattrChanged;
    }

    private static bool IsLink(ImageFileType type) => type is ImageFileType.SymbolicLink or ImageFileType.HardLink;

    private readonly record struct Side(LayerEntry Entry, EntryExtra? Extra, int Layer)
    {
        internal string Owner => string.Create(CultureInfo.InvariantCulture, $"{Entry.UserId}:{Entry.GroupId}");

        internal ReadOnlySpan<byte> Target => Extra is null ? [] : Extra.LinkTarget;

        internal string? LinkTarget => IsLink(Entry.Type) ? Encoding.UTF8.GetString(Target) : null;
    }
}
