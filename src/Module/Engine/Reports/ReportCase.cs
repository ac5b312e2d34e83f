namespace GoCross.Reports;

/// <summary>One thing that was tested, built or run, and how it went: what a report counts.</summary>
public sealed record ReportCase
{
    /// <summary>The rule of builds.</summary>
    public const string Build = "Build";

    /// <summary>The rule of runs.</summary>
    public const string Run = "Run";

    /// <summary>What it is about: an image, a program, a package. The cases of one stand together.</summary>
    public required string Subject { get; init; }

    /// <summary>What that is for: linux/amd64.</summary>
    public required string Platform { get; init; }

    /// <summary>Its name among those of the subject.</summary>
    public required string Name { get; init; }

    /// <summary>What is looked at: the name of a gate's rule, <see cref="Build"/>, <see cref="Run"/>.</summary>
    public required string Rule { get; init; }

    /// <summary>Whether it went well.</summary>
    public required bool Passed { get; init; }

    /// <summary>Why it went as it went.</summary>
    public required string Message { get; init; }

    /// <summary>The paths in an image for which a gate fails.</summary>
    public IReadOnlyList<string> Paths { get; init; } = [];

    /// <summary>What is wrong where in the source.</summary>
    public IReadOnlyList<Annotation> Places { get; init; } = [];

    /// <summary>How long it took; zero where that was not measured.</summary>
    public TimeSpan Duration { get; init; }

    /// <summary>The gate that it is; null for what has no limit.</summary>
    public GateResult? Gate { get; init; }

    /// <summary>A gate as a case.</summary>
    /// <param name="gate">What the gate found.</param>
    public static ReportCase Of(GateResult gate) => new()
    {
        Subject = gate.Image,
        Platform = gate.Platform,
        Name = GateText.NameOf(gate),
        Rule = gate.Rule.ToString(),
        Passed = gate.Passed,
        Message = gate.Reason,
        Paths = gate.Paths,
        Gate = gate,
    };
}
