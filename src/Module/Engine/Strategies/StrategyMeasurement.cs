using GoCross.Runs;
using GoCross.Targets;

namespace GoCross.Strategies;

/// <summary>What one way of linking a program costs: its size, the image's, and how it starts.</summary>
public sealed record StrategyMeasurement
{
    /// <summary>The program's name.</summary>
    public required string Name { get; init; }

    /// <summary>What it is for, as in linux/arm64.</summary>
    public required string Target { get; init; }

    /// <summary>How it was linked.</summary>
    public required BuildStrategy Strategy { get; init; }

    /// <summary>What it was put on top of: scratch, or the image's name as it was given.</summary>
    public required string Base { get; init; }

    /// <summary>
    /// Where the size of the base is published, and of when, where the base itself is not at hand; null where it was measured.
    /// </summary>
    public string? BaseSource { get; init; }

    /// <summary>Whether it is the program as UPX packed it.</summary>
    public bool IsCompressed { get; init; }

    /// <summary>Whether it could be built, and its image made.</summary>
    public required bool IsAvailable { get; init; }

    /// <summary>Why not, and the command that helps; null where it is available.</summary>
    public string? UnavailableReason { get; init; }

    /// <summary>The program's length in bytes.</summary>
    public long? BinaryLength { get; init; }

    /// <summary>The image's layers as plain tars, in bytes.</summary>
    public long? ImageLength { get; init; }

    /// <summary>The same as <see cref="ImageLength"/>, as tables head it.</summary>
    public long? Image => ImageLength;

    /// <summary>What a registry sends of the image when its layers are stored with gzip: these, without its documents, in bytes.</summary>
    public long? GzipLength { get; init; }

    /// <summary>The same as <see cref="GzipLength"/>, as tables head it.</summary>
    public long? Gzip => GzipLength;

    /// <summary>The same with zstd. Null where a base image has layers of its own, which are stored as they are.</summary>
    public long? ZstdLength { get; init; }

    /// <summary>By how many bytes the image is larger than that of the baseline; null for the baseline itself.</summary>
    public long? Difference { get; init; }

    /// <summary>The same in per cent of the baseline's.</summary>
    public double? DifferencePercent { get; init; }

    /// <summary>The same as <see cref="DifferencePercent"/>, as tables head it.</summary>
    public double? Change => DifferencePercent;

    /// <summary>The files that a start needs beside the program: loader and libraries.</summary>
    public IReadOnlyList<string> Dependencies { get; init; } = [];

    /// <summary>The same as <see cref="Dependencies"/>, as tables head it.</summary>
    public IReadOnlyList<string> Needs => Dependencies;

    /// <summary>The oldest glibc that it starts with; null where it needs none.</summary>
    public Version? MinimumGlibc { get; init; }

    /// <summary>Who looks up host names: None, PureGo, Cgo, Platform.</summary>
    public string? Resolver { get; init; }

    /// <summary>What its image still lacks, or does otherwise, in sentences.</summary>
    public IReadOnlyList<string> Warnings { get; init; } = [];

    /// <summary>How long go built it.</summary>
    public TimeSpan? BuildTime { get; init; }

    /// <summary>What its start was measured to: "port 8080" until it accepts connections there, "exit" until it ends.</summary>
    public string? StartNotion { get; init; }

    /// <summary>Its start, of runs that alternate with those of the other rows; null where it was not run.</summary>
    public StartMeasurement? Start { get; init; }

    /// <summary>Why its start was not measured; null where it was, or where nobody asked.</summary>
    public string? NotStartedReason { get; init; }

    /// <summary>
    /// How it ran, once, where it is for another machine: under QEMU, or why not. Null where its start was measured, and where
    /// nobody asked.
    /// </summary>
    public BinaryRun? ForeignRun { get; init; }

    /// <summary>
    /// By how much its start is slower than that of the baseline; null where the difference lies within the spread of both
    /// and is none, or where there is nothing to compare.
    /// </summary>
    public TimeSpan? StartDifference { get; init; }

    /// <summary>Whether it is the one to take.</summary>
    public bool IsRecommended { get; init; }

    /// <summary>What speaks for it and against it, in words.</summary>
    public string Verdict { get; init; } = string.Empty;
}
