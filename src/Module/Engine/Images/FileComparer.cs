
namespace GoCross.Images;

/// <summary>
/// Compares two file systems, walking both at once. Only what differs costs an object, and that goes before the next is
/// looked for.
/// </summary>
internal static class FileComparer
{
    /// <summary>What differs: a directory before what is in it, siblings by the bytes of their names.</summary>
    internal static IEnumerable<FileChange> Compare(
        SquashedTree reference, SquashedTree difference, CancellationToken cancellation) =>
        Differences(reference, difference, cancellation)
            .Select(pair => Describe(reference, difference, pair.Reference, pair.Difference, pair.Change));

    /// <summary>Counts what differs, but for what is a directory wherever it is.</summary>
    internal static FileChangeCounts Count(
        SquashedTree reference, SquashedTree difference, CancellationToken cancellation)
    {
        var counts = default(FileChangeCounts);
        foreach ((int left, int right, FileChangeKind change) in Differences(reference, difference, cancellation))
        {
            counts = IsFile(reference.StateOf(left)) || IsFile(difference.StateOf(right)) ? counts.With(change) : counts;
        }

        return counts;
    }

    private static bool IsFile(in FileState state) => state.IsPresent && state.Type != ImageFileType.Directory;

    private static IEnumerable<(int Reference, int Difference, FileChangeKind Change)> Differences(
        SquashedTree reference, SquashedTree difference, CancellationToken cancellation)
    {
        var left = new TreeOrder(reference.Paths, cancellation);
        var right = new TreeOrder(difference.Paths, cancellation);
        var open = new Stack<Pair>();
        open.Push(new Pair(PathTree.Root, PathTree.Root, 0, 0));
        int count = 0;
        if (Differ(PathTree.Root, PathTree.Root) is var root and not FileChangeKind.None)
        {
            yield return (PathTree.Root, PathTree.Root, root);
        }

        while (open.TryPop(out Pair at))
        {
            if (++count % 4096 == 0)
            {
                cancellation.ThrowIfCancellationRequested();
            }

            int leftChild = ChildOf(left, at.Reference, at.NextReference);
            int rightChild = ChildOf(right, at.Difference, at.NextDifference);
            if (leftChild == PathTree.None && rightChild == PathTree.None)
            {
                continue;
            }

            // The lesser name first, and both together where they are the same.
            int order = leftChild == PathTree.None ? 1
                : rightChild == PathTree.None ? -1
                : reference.Paths.Name(leftChild).SequenceCompareTo(difference.Paths.Name(rightChild));
            leftChild = order > 0 ? PathTree.None : leftChild;
            rightChild = order < 0 ? PathTree.None : rightChild;
            open.Push(at with
            {
                NextReference = at.NextReference + (order > 0 ? 0 : 1),
                NextDifference = at.NextDifference + (order < 0 ? 0 : 1),
            });

            // What is not there has nothing below it that is.
            if (!reference.IsPresent(leftChild) && !difference.IsPresent(rightChild))
            {
                continue;
            }

            if (Differ(leftChild, rightChild) is var change and not FileChangeKind.None)
            {
                yield return (leftChild, rightChild, change);
            }

            open.Push(new Pair(leftChild, rightChild, 0, 0));
        }

        FileChangeKind Differ(int referenceNode, int differenceNode) =>
            reference.IsSameEntry(referenceNode, difference, differenceNode)
                ? FileChangeKind.None
                : FileState.Difference(reference.StateOf(referenceNode), difference.StateOf(differenceNode));
    }

    private static int ChildOf(TreeOrder order, int node, int place) =>
        node == PathTree.None || place >= order.CountOf(node) ? PathTree.None : order.Child(node, place);

    private static FileChange Describe(
        SquashedTree reference, SquashedTree difference, int left, int right, FileChangeKind change)
    {
        FileState before = reference.StateOf(left);
        FileState after = difference.StateOf(right);
        return new FileChange
        {
            Path = left == PathTree.None ? difference.Paths.PathOf(right) : reference.Paths.PathOf(left),
            Change = change,
            ReferenceType = before.IsPresent ? before.Type : null,
            DifferenceType = after.IsPresent ? after.Type : null,
            ReferenceSize = before.Size,
            DifferenceSize = after.Size,
            ReferenceMode = before.Mode,
            DifferenceMode = after.Mode,
            ReferenceOwner = before.Owner,
            DifferenceOwner = after.Owner,
            ReferenceLinkTarget = before.LinkTarget,
            DifferenceLinkTarget = after.LinkTarget,
            ReferenceLayer = before.HasEntry ? before.Layer : null,
            DifferenceLayer = after.HasEntry ? after.Layer : null,
        };
    }

    /// <summary>The same path in both trees, or in one, and which of its children come next.</summary>
    private readonly record struct Pair(int Reference, int Difference, int NextReference, int NextDifference);
}
