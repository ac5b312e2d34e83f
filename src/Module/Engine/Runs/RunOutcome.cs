using GoCross.Errors;

namespace GoCross.Runs;

/// <summary>A run that has ended.</summary>
/// <param name="Run">What came of it.</param>
/// <param name="Failure">The error to report; null where it succeeded.</param>
public sealed record RunOutcome(BinaryRun Run, GoCrossException? Failure);
