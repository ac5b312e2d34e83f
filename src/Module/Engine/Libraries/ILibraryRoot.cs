using GoCross.Files;

namespace GoCross.Libraries;

/// <summary>
/// A tree of files as a program that is started in it sees it: this machine's, a directory that is to become a root, or
/// an image. Paths begin with a slash. Not safe for several threads.
/// </summary>
public interface ILibraryRoot
{
    /// <summary>What messages call it: the directory, or the image.</summary>
    string Name { get; }

    /// <summary>Follows all links of a path.</summary>
    /// <param name="path">A path in the root.</param>
    /// <returns>The path without links, or null where nothing is there, or links go in a circle.</returns>
    string? RealPath(string path);

    /// <summary>Opens a file.</summary>
    /// <param name="realPath">A path that <see cref="RealPath"/> gave.</param>
    /// <exception cref="Errors.GoCrossException">It is not a regular file.</exception>
    /// <exception cref="IOException">It cannot be read.</exception>
    /// <exception cref="UnauthorizedAccessException">This user may not read it.</exception>
    IRandomAccessSource Open(string realPath);

    /// <summary>What a file of the root is called outside of it.</summary>
    /// <param name="realPath">A path that <see cref="RealPath"/> gave.</param>
    string OutsideName(string realPath);
}
