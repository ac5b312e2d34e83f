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

    /// <summary>How one knows that a server is ready; null for programs that end by themselves.</summary>
    public Readiness? Readiness { get; init; }

    /// <summary>The arguments that programs are started with.</summary>
    public IReadOnlyList<string> Arguments { get; init; } = [];
}
