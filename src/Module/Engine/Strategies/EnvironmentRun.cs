namespace GoCross.Strategies;

/// <summary>How a program and its packed form ran where there are so many environment variables.</summary>
/// <param name="Variables">How many variables there were, and no others.</param>
/// <param name="Original">Whether the program ran as it was.</param>
/// <param name="Packed">Whether it ran packed.</param>
/// <param name="Reason">How the packed one went, or why it tells nothing.</param>
public sealed record EnvironmentRun(int Variables, bool Original, bool Packed, string Reason)
{
    /// <summary>Whether packing broke it: it ran before, and does not any more.</summary>
    public bool IsBroken => Original && !Packed;

    /// <summary>The number of variables, and how it went.</summary>
    public override string ToString() => $"{Variables}: {Reason}";
}
