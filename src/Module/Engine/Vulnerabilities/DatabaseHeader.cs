namespace GoCross.Vulnerabilities;

/// <summary>The first line of an index: what it is, and how much follows.</summary>
internal sealed record DatabaseHeader
{
    /// <summary>What the file is.</summary>
    public string? Format { get; init; }

    /// <summary>The layout; another one is not read.</summary>
    public int Version { get; init; }

    /// <summary>What it was made of: go, debian-osv.</summary>
    public string? Source { get; init; }

    /// <summary>The database's own date, RFC 3339.</summary>
    public string? Modified { get; init; }

    /// <summary>The licence of what it holds, and whose it is.</summary>
    public string? Notice { get; init; }

    /// <summary>How many reports.</summary>
    public int Entries { get; init; }

    /// <summary>Bytes of the directory that follows this line.</summary>
    public int Directory { get; init; }

    /// <summary>Bytes of the reports that follow the directory.</summary>
    public int Reports { get; init; }

    /// <summary>XXH3 of directory and reports in hexadecimal digits: a file that is cut or damaged is found out.</summary>
    public string? Hash { get; init; }
}
