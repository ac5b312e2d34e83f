using System.Globalization;

namespace GoCross.Vulnerabilities;

/// <summary>The first line of an index: what it is, and how much follows. Its words are parted by tabs.</summary>
internal sealed record DatabaseHeader
{
    /// <summary>What the file is, and its layout; another layout is not read.</summary>
    private const string Signature = "gocross-vulnerabilities 3";

    /// <summary>What it was made of: go, debian-osv.</summary>
    public required string Source { get; init; }

    /// <summary>The database's own date, RFC 3339.</summary>
    public required string Modified { get; init; }

    /// <summary>The licence of what it holds, and whose it is.</summary>
    public required string Notice { get; init; }

    /// <summary>How many reports.</summary>
    public required int Entries { get; init; }

    /// <summary>How many packages they are about.</summary>
    public required int Packages { get; init; }

    /// <summary>How many different texts they are made of.</summary>
    public required int Texts { get; init; }

    /// <summary>SHA-256 of what follows in hexadecimal digits: a file that is cut or damaged is found out.</summary>
    public required string Hash { get; init; }

    /// <summary>Reads the line; null for what is not one.</summary>
    internal static DatabaseHeader? TryParse(string line) =>
        line.Split('\t') is [Signature, var source, var modified, var entries, var packages, var texts, var hash, var notice]
        && source.Length > 0
        && source.All(character => char.IsAsciiLetterOrDigit(character) || character == '-') // It becomes the name of a file.
        && int.TryParse(entries, NumberStyles.None, CultureInfo.InvariantCulture, out int entryCount)
        && int.TryParse(packages, NumberStyles.None, CultureInfo.InvariantCulture, out int packageCount)
        && int.TryParse(texts, NumberStyles.None, CultureInfo.InvariantCulture, out int textCount)
            ? new DatabaseHeader
            {
                Source = source,
                Modified = modified,
                Entries = entryCount,
                Packages = packageCount,
                Texts = textCount,
                Hash = hash,
                Notice = notice,
            }
            : null;

    /// <summary>The line, without its end.</summary>
    internal string ToLine()
    {
        string[] words = [Signature, Source, Modified, Number(Entries), Number(Packages), Number(Texts), Hash, Notice];
        return string.Join('\t', words.Select(word => word.Replace('\t', ' ').Replace('\n', ' ')));
    }

    private static string Number(int number) => number.ToString(CultureInfo.InvariantCulture);
}
