namespace GoCross.Builds;

/// <summary>One thing to send: a file, a folder or a symbolic link.</summary>
/// <param name="Path">Its full path on this machine.</param>
/// <param name="Kind">What it is.</param>
/// <param name="Length">Its length in bytes; 0 for what is not a file.</param>
internal readonly record struct SourceFile(string Path, SourceFileKind Kind, long Length);

/// <summary>What is sent.</summary>
internal enum SourceFileKind
{
    /// <summary>A file with content.</summary>
    File,

    /// <summary>A folder; what it holds follows.</summary>
    Folder,

    /// <summary>A symbolic link, which is sent as one.</summary>
    Link,
}
