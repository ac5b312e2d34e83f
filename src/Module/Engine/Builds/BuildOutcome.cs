using GoCross.Errors;

namespace GoCross.Builds;

/// <summary>A build that has ended.</summary>
/// <param name="Build">What came of it.</param>
/// <param name="Failure">The error to report; null where it succeeded.</param>
public sealed record BuildOutcome(GoBuild Build, GoCrossException? Failure);
