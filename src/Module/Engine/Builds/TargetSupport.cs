using GoCross.Targets;
using GoCross.Toolchains;

namespace GoCross.Builds;

/// <summary>A target of the Go toolchain, and what this machine can do with it now.</summary>
public sealed record TargetSupport
{
    /// <summary>The target as one writes it: linux/arm64, linux/arm/v7.</summary>
    public required string Target { get; init; }

    /// <summary>The system (GOOS).</summary>
    public required string Os { get; init; }

    /// <summary>The architecture (GOARCH).</summary>
    public required string Architecture { get; init; }

    /// <summary>The variant that was asked for, as Go's variable has it; null for Go's default.</summary>
    public string? Variant { get; init; }

    /// <summary>Whether a failure on it holds up a release of Go.</summary>
    public required bool FirstClass { get; init; }

    /// <summary>The same as <see cref="FirstClass"/>, as tables head it.</summary>
    public bool First => FirstClass;

    /// <summary>Whether Go can make programs with C code for it.</summary>
    public required bool CgoSupported { get; init; }

    /// <summary>The same as <see cref="CgoSupported"/>, as tables head it.</summary>
    public bool Cgo => CgoSupported;

    /// <summary>The variable that chooses among its variants, such as GOAMD64; null where it has none.</summary>
    public string? VariantVariable { get; init; }

    /// <summary>The variants, as a target has them: v1, v2, v3, v4.</summary>
    public IReadOnlyList<string> Variants { get; init; } = [];

    /// <summary>The strategies that this machine can link it with now.</summary>
    public IReadOnlyList<BuildStrategy> Strategies { get; init; } = [];

    /// <summary>The same as <see cref="Strategies"/>, as tables head it.</summary>
    public IReadOnlyList<BuildStrategy> Links => Strategies;

    /// <summary>The strategies that it could be linked with if their C compilers were there.</summary>
    public IReadOnlyList<MissingCompiler> MissingCompilers { get; init; } = [];

    /// <summary>How this machine runs its programs.</summary>
    public required TargetRun Runs { get; init; }

    /// <summary>QEMU's program that runs them, or null.</summary>
    public string? Emulator { get; init; }

    /// <summary>Why they run or do not: what is missing, and the command that installs it.</summary>
    public required string RunsReason { get; init; }

    /// <summary>The target as one writes it.</summary>
    public override string ToString() => Target;
}
