using System.Text;
using GoCross.Errors;
using GoCross.Files;
using GoCross.Formatting;

namespace GoCross.Scratch;

/// <summary>A file that is to be written and stands there already with other bytes.</summary>
/// <param name="Path">Its full path.</param>
/// <param name="Difference">From what stands there to what is to be written, in the unified format; null for what is not text.</param>
/// <param name="IsUnchanged">Whether GoCross wrote what stands there, and nobody changed it since.</param>
public sealed record FileDifference(string Path, string? Difference, bool IsUnchanged)
{
    private const long MaxBytes = 1 << 20;
    private const int MaxShownLines = 120;

    /// <summary>Compares files with what is to be written.</summary>
    /// <param name="context">The folder that names are told from.</param>
    /// <param name="files">The files.</param>
    /// <exception cref="GoCrossException">PathIsDirectory; PathIsSpecial; OutputIsLink.</exception>
    /// <exception cref="IOException">A file cannot be read.</exception>
    /// <exception cref="UnauthorizedAccessException">This user may not read it.</exception>
    internal static IReadOnlyList<FileDifference> Find(string context, IReadOnlyList<DockerfileFile> files)
    {
        List<FileDifference> differences = [];
        foreach (DockerfileFile file in files)
        {
            var info = new FileInfo(file.Path);
            if (Directory.Exists(file.Path))
            {
                throw GoCrossException.Create(ErrorKind.InvalidArgument, nameof(Messages.PathIsDirectory), file.Path);
            }

            OutputFiles.RequireReplaceable(file.Path);
            if (!info.Exists || IsSame(info, file.Content.Span))
            {
                continue;
            }

            string? difference = file.IsText && info.Length <= MaxBytes
                ? UnifiedDiff.Of("a/" + Name(), "b/" + Name(), File.ReadAllText(file.Path), Encoding.UTF8.GetString(file.Content.Span))
                : null;
            differences.Add(new FileDifference(file.Path, difference is null ? null : Cut(difference), WrittenMark.IsIntact(file.Path)));

            string Name() => System.IO.Path.GetRelativePath(context, file.Path).Replace('\\', '/');
        }

        return differences.ToArray();
    }

    /// <summary>Whether a file has just these bytes.</summary>
    internal static bool IsSame(FileInfo file, ReadOnlySpan<byte> content) =>
        file.Exists && file.Length == content.Length && File.ReadAllBytes(file.FullName).AsSpan().SequenceEqual(content);

    /// <summary>The differences for a person: the text, or the file's name where there is none.</summary>
    internal static string Describe(IEnumerable<FileDifference> differences) =>
        string.Join('\n', differences.Select(difference => difference.Difference ?? difference.Path));

    private static string Cut(string difference)
    {
        string[] lines = difference.Split('\n');
        return lines.Length <= MaxShownLines
            ? difference
            : string.Join('\n', lines.Take(MaxShownLines).Append($"... and {lines.Length - MaxShownLines} lines more"));
    }
}
