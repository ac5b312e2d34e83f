using GoCross.Files;
using GoCross.Formatting;
using GoCross.Libraries;

namespace GoCross.Scratch;

/// <summary>The file system of an image that is not written yet, as a program that is started in it will see it.</summary>
internal sealed class PlannedRoot : ILibraryRoot
{
    private readonly Dictionary<string, string> _files = new(StringComparer.Ordinal);
    private readonly HashSet<string> _directories = new(StringComparer.Ordinal);

    /// <summary>Plans a root.</summary>
    /// <param name="entries">What is to be in it. A library's content is in a file of this machine.</param>
    internal PlannedRoot(IEnumerable<RootEntry> entries)
    {
        foreach (RootEntry entry in entries)
        {
            string path = "/" + entry.Path;
            if (entry.Source is { } source)
            {
                _files[path] = source.Path;
            }

            for (int slash = path.LastIndexOf('/'); slash > 0; slash = path.LastIndexOf('/', slash - 1))
            {
                _directories.Add(path[..slash]);
            }
        }
    }

    /// <inheritdoc/>
    public string Name => Texts.ScratchPlannedImage;

    /// <inheritdoc/>
    public string? RealPath(string path)
    {
        string real = UnixPath.Rooted(path);
        return _files.ContainsKey(real) || _directories.Contains(real) || real == "/" ? real : null;
    }

    /// <inheritdoc/>
    public IRandomAccessSource Open(string realPath) =>
        RandomAccessFile.Open(_files.TryGetValue(realPath, out string? file) ? file : realPath);

    /// <inheritdoc/>
    public string OutsideName(string realPath) => _files.GetValueOrDefault(realPath, realPath);
}
