using GoCross.Builds;

namespace GoCross.Runs;

/// <summary>What came of running a program once, or of a package's tests.</summary>
public sealed record BinaryRun
{
    /// <summary>The program's full path; null for a package's tests.</summary>
    public string? Path { get; init; }

    /// <summary>The same as <see cref="Path"/>: the name that scripts know from Get-ChildItem.</summary>
    public string? FullName => Path;

    /// <summary>The import path of the package whose tests ran; null for a program.</summary>
    public string? Package { get; init; }

    /// <summary>What it is made for, as far as the file says: linux/arm64.</summary>
    public string? Target { get; init; }

    /// <summary>What ran it: native, the name of QEMU's program such as qemu-aarch64-static, or container.</summary>
    public required string Runner { get; init; }

    /// <summary>The full path of QEMU's program, or the image's name; null where it ran natively.</summary>
    public string? RunnerPath { get; init; }

    /// <summary>The directory that stands for the root of the foreign system (QEMU's -L); null where none was needed.</summary>
    public string? SysRoot { get; init; }

    /// <summary>What was executed, a word an item. Empty where nothing was.</summary>
    public IReadOnlyList<string> CommandLine { get; init; } = [];

    /// <summary>Whether it ended in time, with an expected exit code, and wrote what was expected.</summary>
    public required bool Success { get; init; }

    /// <summary>How it went, in a word or two, as tables head it: passed, failed, timed out, no start.</summary>
    public string Result => Success ? "passed" : TimedOut ? "timed out" : Duration is null ? "no start" : "failed";

    /// <summary>Why it is a success, or is none: a loader or library that is missing by its name, for example.</summary>
    public required string Reason { get; init; }

    /// <summary>The stable name of the failure; null where it succeeded.</summary>
    public string? ErrorId { get; init; }

    /// <summary>
    /// Its exit code; null where it did not start, was ended by a signal, or was killed at the time limit, and where go test
    /// does not tell that of a package's tests.
    /// </summary>
    public int? ExitCode { get; init; }

    /// <summary>
    /// The signal that ended it, such as SIGSEGV; null where none did. GoCross's own kill does not count. An exit code of
    /// 128 + n that is not expected is taken for signal n where the kernel could not be asked: not on Linux, or too late.
    /// </summary>
    public string? Signal { get; init; }

    /// <summary>Whether it still ran at the time limit, and was killed with all that it started.</summary>
    public bool TimedOut { get; init; }

    /// <summary>
    /// What it wrote to standard output, as UTF-8: all of it up to <see cref="RunOptions.OutputLimit"/>, beyond that the
    /// beginning and the end.
    /// </summary>
    public string Output { get; init; } = string.Empty;

    /// <summary>What it wrote to standard error; bounded as <see cref="Output"/> is.</summary>
    public string Error { get; init; } = string.Empty;

    /// <summary>The bytes that it wrote to both streams, those that were not kept among them.</summary>
    public long OutputLength { get; init; }

    /// <summary>
    /// From when the system was asked to start it to the first byte that it wrote to either stream, or to its end where it
    /// wrote none. Null where it did not start, or was killed before it wrote anything.
    /// </summary>
    public TimeSpan? StartupTime { get; init; }

    /// <summary>From when the system was asked to start it to its end. Null where it did not start.</summary>
    public TimeSpan? Duration { get; init; }

    /// <summary>
    /// The most memory that its process held at once, in bytes: the kernel's own high-water mark of the resident set
    /// (VmHWM), of a server until it was asked to end. Under QEMU it is that of QEMU's process, translator included. Null
    /// where it cannot be told: in a container of an engine elsewhere, or where memory may have grown by more than a
    /// hundredth after the last reading.
    /// </summary>
    public long? PeakMemory { get; init; }

    /// <summary>The same as <see cref="PeakMemory"/>, as tables head it.</summary>
    public long? Memory => PeakMemory;

    /// <summary>What is waited for until a server is ready, in words; null for a program that ends by itself.</summary>
    public string? ReadyWhen { get; init; }

    /// <summary>From when the system was asked to start it until it was ready. Null where it never was, or was not waited for.</summary>
    public TimeSpan? ReadyTime { get; init; }

    /// <summary>What its process held in memory when it was ready, in bytes (VmRSS); null as for <see cref="PeakMemory"/>.</summary>
    public long? ReadyMemory { get; init; }

    /// <summary>The status of its answer, 200 to 399; null where no URL was asked.</summary>
    public int? ResponseStatus { get; init; }

    /// <summary>The beginning of its answer, 64 KiB at most, as UTF-8; null where no URL was asked.</summary>
    public string? Response { get; init; }

    /// <summary>From the signal that asked it to end to its end. Null where it was not asked, or killed in the end.</summary>
    public TimeSpan? StopTime { get; init; }

    /// <summary>How many processes it left behind when it ended; they were killed.</summary>
    public int Leftovers { get; init; }

    /// <summary>The tests that failed or did not end, by name; empty for a program.</summary>
    public IReadOnlyList<string> FailedTests { get; init; } = [];

    /// <summary>What the compiler says of tests that do not build; empty otherwise.</summary>
    public IReadOnlyList<BuildDiagnostic> Diagnostics { get; init; } = [];

    /// <summary>What ran.</summary>
    public override string ToString() => Path ?? Package ?? string.Empty;
}
