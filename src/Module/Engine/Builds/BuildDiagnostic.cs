using System.Globalization;

namespace GoCross.Builds;

/// <summary>One message of a compiler, a linker or the go command.</summary>
public sealed record BuildDiagnostic
{
    /// <summary>How bad it is.</summary>
    public required DiagnosticSeverity Severity { get; init; }

    /// <summary>
    /// The file: a full path where the file is there; otherwise as it was printed (C that cgo generated is gone by
    /// now). Null where the message is about no file.
    /// </summary>
    public string? File { get; init; }

    /// <summary>The line, from 1, or null.</summary>
    public int? Line { get; init; }

    /// <summary>The column in bytes, from 1, or null.</summary>
    public int? Column { get; init; }

    /// <summary>The message. Lines that go on with it follow after line feeds.</summary>
    public required string Message { get; init; }

    /// <summary>The import path of the package that was compiled or linked, or null.</summary>
    public string? Package { get; init; }

    /// <summary>The message in one line, as compilers write it: <c>main.go:3:7: undefined: x</c>. A line that
    /// ends with a colon takes the next one along.</summary>
    public override string ToString()
    {
        string[] lines = Message.Split('\n');
        string first = lines[0].EndsWith(':') && lines.Length > 1 ? $"{lines[0]} {lines[1]}" : lines[0];
        string place = string.Concat(
            File,
            Line is { } line ? string.Create(CultureInfo.InvariantCulture, $":{line}") : null,
            Column is { } column ? string.Create(CultureInfo.InvariantCulture, $":{column}") : null);
        return place.Length == 0 ? first : $"{place}: {first}";
    }
}
