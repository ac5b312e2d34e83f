using System.Globalization;
using GoCross.Formatting;

namespace GoCross.Images;

/// <summary>What a path is at some point: absent, a directory that no layer describes, or what an entry says.</summary>
internal readonly struct FileState
{
    /// <summary>Whether it is there, if only because something below it is.</summary>
    internal bool IsPresent { get; init; }

    /// <summary>Whether a layer describes it. A directory that is only implied has no mode and no owner.</summary>
    internal bool HasEntry { get; init; }

    /// <summary>The paths of the entry's layer, where this is another name of the entry's file: a hard link. Null for all else.</summary>
    internal PathTree? OtherNames { get; init; }

    /// <summary>The path of the file that this is another name of; null for what is not a hard link.</summary>
    internal string? HardLinkTo => OtherNames?.PathOf(Entry.Node);

    /// <summary>What the layer says; default where none does.</summary>
    internal LayerEntry Entry { get; init; }

    /// <summary>What only some entries have.</summary>
    internal EntryExtra? Extra { get; init; }

    /// <summary>The layer of the entry; -1 where there is none.</summary>
    internal int Layer { get; init; }

    internal ImageFileType Type => HasEntry ? Entry.Type : ImageFileType.Directory;

    /// <summary>UID:GID; null where no layer describes it.</summary>
    internal string? Owner => HasEntry ? string.Create(CultureInfo.InvariantCulture, $"{Entry.UserId}:{Entry.GroupId}") : null;

    /// <summary>Bytes of the file, 0 for what is none; null for what is not there.</summary>
    internal long? Size => IsPresent ? Entry.Size : null;

    internal int? Mode => HasEntry ? Entry.Mode : null;

    /// <summary>The target of a link, as it is written; null for what is not a link.</summary>
    internal string? LinkTarget => IsLink ? ByteText.Decode(Target) : null;

    private bool IsLink => HasEntry && Entry.Type is ImageFileType.SymbolicLink or ImageFileType.HardLink;

    private ReadOnlySpan<byte> Target => Extra is null ? [] : Extra.LinkTarget;

    /// <summary>
    /// What happened between two states. A directory that one of them does not describe is not a difference; times are
    /// none, for a rebuild changes them all.
    /// </summary>
    internal static FileChangeKind Difference(in FileState before, in FileState after)
    {
        if (!before.HasEntry && !after.HasEntry)
        {
            return FileChangeKind.None;
        }

        if (!before.IsPresent || !after.IsPresent)
        {
            return after.IsPresent ? FileChangeKind.Added : FileChangeKind.Removed;
        }

        if (!before.HasEntry || !after.HasEntry)
        {
            return before.Type == after.Type ? FileChangeKind.None : FileChangeKind.Modified;
        }

        FileChangeKind kind = FileChangeKind.None;
        if (before.Type != after.Type)
        {
            kind |= FileChangeKind.Modified;
        }
        else if (before.IsLink)
        {
            kind |= before.Target.SequenceEqual(after.Target) ? FileChangeKind.None : FileChangeKind.LinkChanged;
        }
        else if (!SameContent(before, after))
        {
            kind |= FileChangeKind.Modified;
        }

        // A symbolic link's own mode has no meaning on Linux, and programs write it as they like.
        if (before.Entry.Mode != after.Entry.Mode
            && (before.Type != ImageFileType.SymbolicLink || after.Type != ImageFileType.SymbolicLink))
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

    private static bool SameContent(in FileState before, in FileState after) =>
        before.Entry.Size == after.Entry.Size
        && before.Entry.Content == after.Entry.Content
        && (before.Extra?.DeviceMajor ?? 0) == (after.Extra?.DeviceMajor ?? 0)
        && (before.Extra?.DeviceMinor ?? 0) == (after.Extra?.DeviceMinor ?? 0);
}
