using GoCross.Files;

namespace GoCross.Sboms;

/// <summary>The files of an image or a folder, as a reader of bills of materials needs them. Paths begin with a slash.</summary>
internal abstract class SystemTree
{
    /// <summary>The paths of the files that may be programs, in the order in which they are read at the least cost.</summary>
    internal abstract IEnumerable<string> Programs(CancellationToken cancellation);

    /// <summary>Opens a file; links are followed.</summary>
    /// <returns>Null where no regular file with content is there.</returns>
    /// <exception cref="Errors.GoCrossException">The image is damaged.</exception>
    /// <exception cref="IOException">It cannot be read.</exception>
    /// <exception cref="UnauthorizedAccessException">It may not be read.</exception>
    internal abstract IRandomAccessSource? TryOpen(string path);

    /// <summary>The paths of the files in a folder, sorted; none where it is not there.</summary>
    internal abstract IReadOnlyList<string> List(string folder);

    /// <summary>What a place in this tree is.</summary>
    /// <param name="path">A path of a file.</param>
    /// <param name="owner">The package that it belongs to; null for none.</param>
    internal abstract SbomPlace PlaceOf(string path, string? owner = null);

    /// <summary>What a file was before: in an image once for each layer that has it, from the lowest; else once.</summary>
    internal abstract IEnumerable<(SbomPlace Place, Func<IRandomAccessSource?> Open)> Versions(string path);

    /// <summary>Reads a text file of at most some bytes; what is longer is not read.</summary>
    internal byte[]? TryRead(string path, int maxBytes)
    {
        using IRandomAccessSource? source = TryOpen(path);
        return TryRead(source, maxBytes);
    }

    /// <summary>Reads a source of at most some bytes.</summary>
    internal static byte[]? TryRead(IRandomAccessSource? source, int maxBytes)
    {
        if (source is null || source.Length > maxBytes)
        {
            return null;
        }

        byte[] content = new byte[source.Length];
        return content[..source.Read(0, content)];
    }
}
