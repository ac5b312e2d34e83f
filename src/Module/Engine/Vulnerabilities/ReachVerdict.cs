namespace GoCross.Vulnerabilities;

/// <summary>How near a program comes to what a report names.</summary>
/// <param name="Reach">How near.</param>
/// <param name="Symbols">The functions that are linked.</param>
/// <param name="Evidence">Why.</param>
/// <param name="Role">What the functions have to do with the fault.</param>
internal sealed record ReachVerdict(
    VulnerabilityReach Reach, IReadOnlyList<string> Symbols, string Evidence, SymbolRole Role = SymbolRole.Unknown);
