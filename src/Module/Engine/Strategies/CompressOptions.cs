using GoCross.Packers;
using GoCross.Runs;

namespace GoCross.Strategies;

/// <summary>How a program is packed, and how one knows that it still runs.</summary>
public sealed record CompressOptions
{
    /// <summary>How hard UPX compresses.</summary>
    public UpxMethod Method { get; init; }

    /// <summary>How programs are run, and what is expected of them. Its environment is not used.</summary>
    public required RunOptions Run { get; init; }

    /// <summary>How many environment variables the programs are run with, one run each.</summary>
    public IReadOnlyList<int> EnvironmentCounts { get; init; } = [0, 100, 600, 2_000];

    /// <summary>How often each start is measured; 0 for never.</summary>
    public int Repeat { get; init; } = 20;

    /// <summary>Compresses with gzip.</summary>
    public required Func<Stream, Stream> Gzip { get; init; }

    /// <summary>Whether a file at the output's path is replaced.</summary>
    public bool Overwrite { get; init; }
}
