namespace GoCross.Scratch;

/// <summary>A file, a directory or a link of an image's root file system.</summary>
/// <param name="Path">Its path without a slash at either end, for example <c>etc/passwd</c>.</param>
/// <param name="Type">What it is.</param>
/// <param name="Mode">Its permission bits, with the sticky bit.</param>
internal sealed record RootEntry(string Path, UstarType Type, int Mode)
{
    private const int DirectoryMode = 0x1ED; // 0755
    private const int FileMode = 0x1A4; // 0644
    private const int ProgramMode = 0x1ED; // 0755

    /// <summary>The owner; root unless said otherwise.</summary>
    internal int UserId { get; init; }

    /// <summary>The group; root unless said otherwise.</summary>
    internal int GroupId { get; init; }

    /// <summary>A file's content, if it is not in a file of this machine.</summary>
    internal ReadOnlyMemory<byte> Content { get; init; }

    /// <summary>The file of this machine that has the content; null where <see cref="Content"/> is it.</summary>
    internal FileSnapshot? Source { get; init; }

    /// <summary>The content's length in bytes.</summary>
    internal long Length => Source?.Length ?? Content.Length;

    /// <summary>The path of the file that a hard link stands for.</summary>
    internal string LinkName { get; init; } = "";

    /// <summary>A directory of root's that all may read.</summary>
    internal static RootEntry Directory(string path) => new(path, UstarType.Directory, DirectoryMode);

    /// <summary>A file of root's that all may read.</summary>
    internal static RootEntry File(string path, ReadOnlyMemory<byte> content) =>
        new(path, UstarType.File, FileMode) { Content = content };

    /// <summary>A program or a library of root's that all may execute.</summary>
    /// <param name="path">Its path in the image.</param>
    /// <param name="source">Where it is now.</param>
    internal static RootEntry Program(string path, FileSnapshot source) =>
        new(path, UstarType.File, ProgramMode) { Source = source };

    /// <summary>Another name of a file.</summary>
    internal static RootEntry HardLink(string path, string target) =>
        new(path, UstarType.HardLink, FileMode) { LinkName = target };
}
