namespace GoCross.Builds;

/// <summary>Gets what a session of builds has to say, while it runs, on any thread.</summary>
public interface IBuildObserver
{
    /// <summary>A line for a log: what go prints, what an engine says.</summary>
    /// <param name="text">The line.</param>
    void OnLine(string text);

    /// <summary>Something that the user should know.</summary>
    /// <param name="text">The sentence.</param>
    void OnWarning(string text);

    /// <summary>What is done at the moment.</summary>
    /// <param name="status">What, and how many of how many.</param>
    /// <param name="percent">How much is done; less than 0 where it cannot be told.</param>
    void OnProgress(string status, int percent);

    /// <summary>A failure that costs a part of what was asked for.</summary>
    /// <param name="failure">What went wrong.</param>
    /// <param name="subject">What it is about: a package, a target, an image.</param>
    void OnFailure(Exception failure, object? subject);

    /// <summary>A build that has ended.</summary>
    /// <param name="outcome">What came of it.</param>
    void OnBuilt(BuildOutcome outcome);
}
