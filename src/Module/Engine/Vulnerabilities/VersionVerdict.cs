namespace GoCross.Vulnerabilities;

/// <summary>What a version means for a report.</summary>
/// <param name="Status">Affected, NotAffected (the version is not in the range), or Unknown.</param>
/// <param name="FixedIn">The end of the range, as the report has it; null where there is none.</param>
/// <param name="OtherFixes">Fixes by names that are not Go versions.</param>
/// <param name="IsProductVersion">Whether the end of the range is a product's own version and none of Go's.</param>
/// <param name="Reason">Why it is not known; null where it is.</param>
/// <param name="IsConflict">Whether two parts of the report say different things, which another report on the same may settle.</param>
internal sealed record VersionVerdict(
    VulnerabilityStatus Status,
    string? FixedIn = null,
    IReadOnlyList<string>? OtherFixes = null,
    bool IsProductVersion = false,
    string? Reason = null,
    bool IsConflict = false)
{
    /// <summary>The version is in no range.</summary>
    internal static VersionVerdict NotAffected { get; } = new(VulnerabilityStatus.NotAffected);
}
