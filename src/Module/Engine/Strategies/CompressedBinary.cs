using GoCross.Packers;

namespace GoCross.Strategies;

/// <summary>A program that UPX packed, measured before and after.</summary>
public sealed record CompressedBinary
{
    /// <summary>The packed file's full path; null where there is none, as it did not run.</summary>
    public string? Path { get; init; }

    /// <summary>The same as <see cref="Path"/>: the name that scripts know from Get-ChildItem.</summary>
    public string? FullName => Path;

    /// <summary>The program's full path. It was not changed.</summary>
    public required string OriginalPath { get; init; }

    /// <summary>What it is made for, as far as the file says: linux/arm64.</summary>
    public string? Target { get; init; }

    /// <summary>What ran both: native, or the name of QEMU's program.</summary>
    public required string Runner { get; init; }

    /// <summary>How hard UPX compressed.</summary>
    public required UpxMethod Method { get; init; }

    /// <summary>Whether the packed program ran wherever the original did. Only then is it kept.</summary>
    public required bool Success { get; init; }

    /// <summary>The program's length in bytes.</summary>
    public required long OriginalLength { get; init; }

    /// <summary>The packed file's length in bytes.</summary>
    public required long Length { get; init; }

    /// <summary>What a registry sends of the program when its layer is stored with gzip, in bytes.</summary>
    public required long OriginalGzipLength { get; init; }

    /// <summary>The same of the packed file.</summary>
    public required long GzipLength { get; init; }

    /// <summary>What a registry sends of the program when its layer is stored with zstd, in bytes.</summary>
    public required long OriginalZstdLength { get; init; }

    /// <summary>The same of the packed file.</summary>
    public required long ZstdLength { get; init; }

    /// <summary>The runs in empty and in large environments.</summary>
    public IReadOnlyList<EnvironmentRun> Environments { get; init; } = [];

    /// <summary>What starts were measured to: "port 8080", "exit"; null where they were not.</summary>
    public string? StartNotion { get; init; }

    /// <summary>How the program starts; null where that was not measured.</summary>
    public StartMeasurement? OriginalStart { get; init; }

    /// <summary>How the packed one starts, in runs that alternate with the other's; null where that was not measured.</summary>
    public StartMeasurement? Start { get; init; }

    /// <summary>Why starts were not measured; null where they were, or where nobody asked.</summary>
    public string? NotStartedReason { get; init; }

    /// <summary>What does not work with a packed program, in sentences.</summary>
    public IReadOnlyList<string> Warnings { get; init; } = [];

    /// <summary>Whether packing is worth it: it saves a tenth of the transfer or more, and starts as it did.</summary>
    public bool IsRecommended { get; init; }

    /// <summary>What speaks for it and against it, in words.</summary>
    public required string Verdict { get; init; }
}
