namespace GoCross.Bench;

/// <summary>
/// One comparison with a peer, or with a budget. Every public class that implements this and has a constructor without
/// parameters is found; one benchmark is one file.
/// </summary>
public interface IBenchmark
{
    /// <summary>The name to select it by.</summary>
    string Name { get; }

    /// <summary>What is compared, in a line.</summary>
    string Description { get; }

    /// <summary>The programs without which it cannot run.</summary>
    IReadOnlyList<string> Tools => [];

    /// <summary>Whether it runs only when it is named, not with all: it takes long, or fetches much.</summary>
    bool OnlyByName => false;

    /// <summary>Measures both sides in this run, turn and turn about, and adds what came out.</summary>
    /// <param name="report">Takes the figures.</param>
    void Run(Report report);
}
