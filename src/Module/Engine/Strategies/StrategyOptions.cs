using GoCross.Images;
using GoCross.Oci;
using GoCross.Runs;
using GoCross.Targets;

namespace GoCross.Strategies;

/// <summary>What is measured, and how.</summary>
public sealed record StrategyOptions
{
    /// <summary>The base images that dynamic programs are measured on as well, beside scratch with their libraries.</summary>
    public IReadOnlyList<ImageLocation> Bases { get; init; } = [];

    /// <summary>Makes what reads the images.</summary>
    public required Func<ImagePlatform?, ImageReader> Reader { get; init; }

    /// <summary>Compresses with gzip.</summary>
    public required Func<Stream, Stream> Gzip { get; init; }

    /// <summary>The strategy that the others are compared with.</summary>
    public BuildStrategy Baseline { get; init; } = BuildStrategy.Glibc;

    /// <summary>Whether static programs are measured packed by UPX, too, each in a row of its own.</summary>
    public bool Compress { get; init; }

    /// <summary>How often each program is started; 0 for never.</summary>
    public int Repeat { get; init; }

    /// <summary>How programs are started, and how one knows that they are ready.</summary>
    public required RunOptions Run { get; init; }
}
