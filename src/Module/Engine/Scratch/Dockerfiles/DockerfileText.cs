using System.Buffers;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace GoCross.Scratch;

/// <summary>
/// The words of a Dockerfile (Dockerfile reference): comments, values, lists, paths. Lines end with a line feed on every
/// machine, so that the same input gives the same bytes.
/// </summary>
internal sealed class DockerfileText
{
    private const int CommentWidth = 78;

    /// <summary>What COPY and .dockerignore take for patterns, variables, escapes and comments.</summary>
    private static readonly SearchValues<char> SpecialCharacters = SearchValues.Create("*?[]$\\\"'#!");

    /// <summary>What a value may consist of without quotes.</summary>
    private static readonly SearchValues<char> PlainCharacters =
        SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._-+:/@,");

    private static readonly JsonSerializerOptions Json = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private readonly StringBuilder _text = new();

    /// <summary>Adds a comment, broken into lines.</summary>
    internal DockerfileText Comment(string comment)
    {
        int column = 0;
        foreach (string word in comment.Split(' '))
        {
            if (column == 0 || column + 1 + word.Length > CommentWidth)
            {
                _text.Append(column == 0 ? "# " : "\n# ").Append(word);
                column = 2 + word.Length;
            }
            else
            {
                _text.Append(' ').Append(word);
                column += 1 + word.Length;
            }
        }

        _text.Append('\n');
        return this;
    }

    /// <summary>Adds a command line as a comment: indented, and never broken.</summary>
    internal DockerfileText Command(string command)
    {
        _text.Append("#\n#   ").Append(command).Append('\n');
        return this;
    }

    /// <summary>Adds a comment that is empty, between two paragraphs.</summary>
    internal DockerfileText Gap()
    {
        _text.Append("#\n");
        return this;
    }

    /// <summary>Adds lines as they are.</summary>
    internal DockerfileText Line(string line)
    {
        _text.Append(line).Append('\n');
        return this;
    }

    /// <summary>Adds instructions, each after an empty line and below its reason.</summary>
    internal DockerfileText Instructions(IEnumerable<DockerfileInstruction> instructions)
    {
        foreach (DockerfileInstruction instruction in instructions)
        {
            _text.Append('\n');
            Comment(instruction.Reason).Line(instruction.Instruction);
        }

        return this;
    }

    /// <inheritdoc/>
    public override string ToString() => _text.ToString();

    /// <summary>Whether a path can stand in COPY and in .dockerignore as it is.</summary>
    internal static bool IsPlainPath(string path) =>
        !path.AsSpan().ContainsAny(SpecialCharacters) && path[0] != '-' && !path.Any(char.IsControl);

    /// <summary>A list in exec form.</summary>
    internal static string Exec(IReadOnlyList<string> words) => JsonSerializer.Serialize(words, Json);

    /// <summary>COPY of one file.</summary>
    /// <param name="flags">What stands before the paths, with a space at its end; or nothing.</param>
    /// <param name="source">The path in the context, or in another stage.</param>
    /// <param name="destination">The path in the image.</param>
    internal static string Copy(string flags, string source, string destination) =>
        source.Contains(' ', StringComparison.Ordinal) || destination.Contains(' ', StringComparison.Ordinal)
            ? $"COPY {flags}{Exec([source, destination])}"
            : $"COPY {flags}{source} {destination}";

    /// <summary>An instruction of names and values: on one line, or each pair on a line of its own.</summary>
    internal static string Pairs(string instruction, IReadOnlyCollection<KeyValuePair<string, string>> pairs)
    {
        string separator = pairs.Count == 1 ? " " : " \\\n  ";
        return instruction + separator + string.Join(separator, pairs.Select(pair => $"{pair.Key}={Quote(pair.Value)}"));
    }

    /// <summary>A value for LABEL and ENV, where a dollar begins a variable: in double quotes unless it is plain.</summary>
    private static string Quote(string text) => text.Length > 0 && !text.AsSpan().ContainsAnyExcept(PlainCharacters)
        ? text
        : "\"" + text
            .Replace("\\", "\\\\", StringComparison.Ordinal)
            .Replace("\"", "\\\"", StringComparison.Ordinal)
            .Replace("$", "\\$", StringComparison.Ordinal) + "\"";
}
