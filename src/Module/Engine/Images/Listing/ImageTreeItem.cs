using System.Diagnostics.CodeAnalysis;

namespace GoCross.Images;

/// <summary>A line of a tree of an image's files.</summary>
public sealed record ImageTreeItem : ImageFile
{
    /// <summary>Adds to what is known of the file.</summary>
    [SetsRequiredMembers]
    internal ImageTreeItem(ImageFile file, int depth, string branch, long totalSize, int fileCount)
        : base(file)
    {
        Depth = depth;
        Branch = branch;
        TotalSize = totalSize;
        FileCount = fileCount;
    }

    /// <summary>How deep it lies; 0 for the root.</summary>
    public int Depth { get; init; }

    /// <summary>The lines that a drawing of the tree has before the name.</summary>
    public string Branch { get; init; }

    /// <summary>
    /// Bytes of the file, or of all files in the directory and below. A file with several names counts under its first;
    /// what a layer removes counts nothing.
    /// </summary>
    public long TotalSize { get; init; }

    /// <summary>Files in the directory and below, or 1 for a file. What is not a directory is a file here.</summary>
    public int FileCount { get; init; }

    /// <summary>The same as <see cref="FileCount"/>: the name that the table's header has.</summary>
    public int Files => FileCount;
}
