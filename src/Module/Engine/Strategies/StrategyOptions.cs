using GoCross.Images;
using GoCross.Oci;
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

    /// <summary>How often each program is started; 0 for never.</summary>
    public int Repeat { get; init; }

    /// <summary>The port at which a program that is ready accepts connections; null where it ends by itself.</summary>
    public int? ReadyPort { get; init; }

    /// <summary>The arguments that programs are started with.</summary>
    public IReadOnlyList<string> Arguments { get; init; } = [];
}
