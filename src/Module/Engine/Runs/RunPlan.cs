using GoCross.Builds;
using GoCross.Errors;

namespace GoCross.Runs;

/// <summary>How a program is to be run, or why it cannot be.</summary>
public sealed record RunPlan
{
    /// <summary>The name of the runner where there is none but the kernel.</summary>
    internal const string Native = "native";

    /// <summary>The program's full path.</summary>
    public required string Path { get; init; }

    /// <summary>What it is made for, as far as the file says.</summary>
    public string? Target { get; init; }

    /// <summary>What runs it, as <see cref="BinaryRun.Runner"/> has it.</summary>
    public string Runner { get; init; } = Native;

    /// <summary>The full path of QEMU's program, or null.</summary>
    public string? RunnerPath { get; init; }

    /// <summary>The directory that stands for the root of the foreign system, or null.</summary>
    public string? SysRoot { get; init; }

    /// <summary>What is to be executed, a word an item.</summary>
    public IReadOnlyList<string> CommandLine { get; init; } = [];

    /// <summary>Why it cannot be run here; null where it can.</summary>
    public GoCrossException? Failure { get; init; }

    /// <summary>The reason of <see cref="Failure"/>, without the program's name.</summary>
    internal string? FailureReason { get; init; }

    /// <summary>The loader that the program names, where it is run in a container; otherwise null.</summary>
    internal string? Loader { get; init; }

    /// <summary>The command in one line, for PowerShell and for a POSIX shell; where it cannot be run, why not.</summary>
    public override string ToString() => Failure?.Message ?? ShellText.Command([], CommandLine);

    /// <summary>What is reported where nothing was run, or before it was.</summary>
    internal BinaryRun ToRun(bool success, string reason) => new()
    {
        Path = Path,
        Target = Target,
        Runner = Runner,
        RunnerPath = RunnerPath,
        SysRoot = SysRoot,
        Success = success,
        Reason = reason,
    };
}
