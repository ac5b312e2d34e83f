namespace GoCross.Processes;

/// <summary>A program to run to its end, with all that it gets from us. Nothing passes through a shell.</summary>
public sealed class ProcessRequest
{
    /// <summary>The program: a path, or a name that is looked up on PATH.</summary>
    public required string FileName { get; init; }

    /// <summary>The arguments, one an item, as the program will see them.</summary>
    public IReadOnlyList<string> Arguments { get; init; } = [];

    /// <summary>The directory it starts in. Never the process's own: a PowerShell session has a location of its own.</summary>
    public required string WorkingDirectory { get; init; }

    /// <summary>Variables to set over the inherited environment; null takes one out.</summary>
    public IReadOnlyDictionary<string, string?> Environment { get; init; } = new Dictionary<string, string?>();

    /// <summary>What it reads from standard input, which then ends; null for nothing, as if nobody were there.</summary>
    public string? Input { get; init; }

    /// <summary>Is called with each line of standard output as it comes, on a thread of the pool.</summary>
    public Action<string>? OnOutputLine { get; init; }

    /// <summary>Is called with each line of standard error as it comes, on a thread of the pool.</summary>
    public Action<string>? OnErrorLine { get; init; }

    /// <summary>
    /// What it reads from standard input instead of <see cref="Input"/>, byte for byte; null for <see cref="Input"/>. The
    /// caller closes it.
    /// </summary>
    public Stream? InputStream { get; init; }

    /// <summary>
    /// What gets standard output, byte for byte, and bounds it: the result's text and <see cref="OnOutputLine"/> have
    /// nothing then. Null to keep all of it.
    /// </summary>
    public OutputCapture? OutputCapture { get; init; }

    /// <summary>The same for standard error.</summary>
    public OutputCapture? ErrorCapture { get; init; }

    /// <summary>Is called once, on the caller's thread or one of the pool, as soon as the program runs.</summary>
    public Action<StartedProcess>? OnStarted { get; init; }

    /// <summary>Whether what the program started and left behind is killed as soon as the program has ended.</summary>
    public bool KillLeftovers { get; init; }
}
