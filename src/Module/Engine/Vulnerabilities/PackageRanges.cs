namespace GoCross.Vulnerabilities;

/// <summary>Holds a version of a distribution's package against a report's ranges, in the distribution's own order.</summary>
internal static class PackageRanges
{
    /// <summary>Says what a version means.</summary>
    /// <param name="affected">The report's parts on this package.</param>
    /// <param name="version">The version.</param>
    /// <param name="compare">The order of versions.</param>
    internal static VersionVerdict Decide(IReadOnlyList<OsvAffected> affected, string version, Comparison<string> compare)
    {
        foreach (OsvAffected part in affected)
        {
            foreach (OsvRange range in part.Ranges ?? [])
            {
                if (range.Type == "ECOSYSTEM" && Hits(range, version, compare, out string? fixedIn))
                {
                    return new VersionVerdict(VulnerabilityStatus.Affected, fixedIn);
                }
            }

            if (part.Versions?.Contains(version) == true)
            {
                return new VersionVerdict(VulnerabilityStatus.Affected);
            }
        }

        return VersionVerdict.NotAffected;
    }

    // OSV, evaluation: in the order of the versions, the last event at or before the version decides.
    private static bool Hits(OsvRange range, string version, Comparison<string> compare, out string? fixedIn)
    {
        fixedIn = null;
        var events = new List<(string At, OsvEvent Event)>();
        foreach (OsvEvent found in range.Events ?? [])
        {
            if ((found.Introduced ?? found.Fixed ?? found.LastAffected) is { } at)
            {
                events.Add((at, found));
            }
        }

        events.Sort((a, b) => IsStart(a) || IsStart(b) ? IsStart(b).CompareTo(IsStart(a)) : compare(a.At, b.At));
        bool isHit = false;
        foreach ((string at, OsvEvent found) in events)
        {
            int order = IsStart((at, found)) ? -1 : compare(at, version);
            if (found.Introduced is not null && order <= 0)
            {
                isHit = true;
            }
            else if (found.Fixed is not null && isHit)
            {
                if (order > 0)
                {
                    fixedIn = at;
                    return true;
                }

                isHit = false;
            }
            else if (found.LastAffected is not null && isHit && order < 0)
            {
                isHit = false;
            }
        }

        return isHit;
    }

    private static bool IsStart((string At, OsvEvent Event) found) => found.At == "0" && found.Event.Introduced is not null;
}
