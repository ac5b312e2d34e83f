using GoCross.Builds;

namespace GoCross.Runs;

/// <summary>The go test command that runs packages' tests for a target.</summary>
public sealed record GoTestPlan
{
    /// <summary>What is run.</summary>
    public required GoTestOptions Options { get; init; }

    /// <summary>What runs the tests' programs, as <see cref="BinaryRun.Runner"/> has it.</summary>
    public string Runner { get; init; } = RunPlan.Native;

    /// <summary>The full path of QEMU's program, or null.</summary>
    public string? RunnerPath { get; init; }

    /// <summary>The directory that stands for the root of the foreign system, or null.</summary>
    public string? SysRoot { get; init; }

    /// <summary>The command, a word an item.</summary>
    public required IReadOnlyList<string> CommandLine { get; init; }

    /// <summary>The variables that are set for it.</summary>
    public required IReadOnlyDictionary<string, string> Environment { get; init; }

    /// <summary>The variables of this session's that it does not get.</summary>
    internal IReadOnlyList<string> RemovedVariables { get; init; } = [];

    /// <summary>The variables and the command in one line, for PowerShell and for a POSIX shell.</summary>
    public override string ToString() => ShellText.Command(Environment, CommandLine);
}
