using System.Globalization;
using System.Text;

namespace GoCross.Builds;

/// <summary>
/// How files looked when something was read from them, as go's own caches tell: name, length and time of change. What was
/// learnt holds as long as they look the same.
/// </summary>
internal sealed class FileStamps
{
    private readonly List<(string Path, string Stamp)> _stamps = [];

    /// <summary>Remembers a file, or the files that lie in a folder and not beneath it, or that there is nothing.</summary>
    /// <param name="path">The full path.</param>
    internal void Add(string path) => _stamps.Add((path, Of(path)));

    /// <summary>Whether all of them still look the same.</summary>
    internal bool AreCurrent() => _stamps.TrueForAll(stamp => Of(stamp.Path) == stamp.Stamp);

    private static string Of(string path)
    {
        try
        {
            var folder = new DirectoryInfo(path);
            if (!folder.Exists)
            {
                return Of(new FileInfo(path));
            }

            var text = new StringBuilder();
            foreach (FileInfo file in folder.EnumerateFiles().OrderBy(file => file.Name, StringComparer.Ordinal))
            {
                text.Append(file.Name).Append(' ').Append(Of(file)).Append('\n');
            }

            return text.ToString();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // Not known is never the same as before.
            return Guid.NewGuid().ToString();
        }
    }

    private static string Of(FileInfo file) => file.Exists
        ? string.Create(CultureInfo.InvariantCulture, $"{file.Length} {file.LastWriteTimeUtc.Ticks}")
        : string.Empty;
}
