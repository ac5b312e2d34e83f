namespace GoCross.Vulnerabilities;

/// <summary>What a report says of one module, with its ranges read.</summary>
internal sealed class ModuleReport
{
    private const string Go = "Go";

    private readonly GoRanges[] _rangesOfParts;

    private ModuleReport(OsvEntry entry, OsvAffected[] parts)
    {
        Entry = entry;
        Parts = parts;
        Ranges = new GoRanges(parts);
        _rangesOfParts = parts.Length == 1 ? [Ranges] : [.. parts.Select(part => new GoRanges([part]))];
    }

    /// <summary>The report.</summary>
    internal OsvEntry Entry { get; }

    /// <summary>Its parts on the module.</summary>
    internal OsvAffected[] Parts { get; }

    /// <summary>The ranges of all of them.</summary>
    internal GoRanges Ranges { get; }

    /// <summary>Reads what a report says of a module; null where that is nothing.</summary>
    /// <param name="entry">The report.</param>
    /// <param name="module">The module's path: as it is, or else in any case of its letters.</param>
    internal static ModuleReport? Of(OsvEntry entry, string module)
    {
        OsvAffected[] parts = PartsOf(entry, module, StringComparison.Ordinal);
        parts = parts.Length > 0 ? parts : PartsOf(entry, module, StringComparison.OrdinalIgnoreCase);
        return parts.Length > 0 ? new ModuleReport(entry, parts) : null;
    }

    /// <summary>
    /// The parts whose versions are affected: of a module that is listed twice each has its own packages. All, where that
    /// is none.
    /// </summary>
    internal OsvAffected[] Hit(in ModuleVersion version)
    {
        var hit = new List<OsvAffected>(Parts.Length);
        for (int i = 0; i < Parts.Length; i++)
        {
            if (_rangesOfParts[i].Decide(version).Status != VulnerabilityStatus.NotAffected)
            {
                hit.Add(Parts[i]);
            }
        }

        return hit.Count == 0 || hit.Count == Parts.Length ? Parts : [.. hit];
    }

    private static OsvAffected[] PartsOf(OsvEntry entry, string module, StringComparison comparison) =>
        [.. (entry.Affected ?? []).Where(part => part.Package?.Ecosystem == Go && string.Equals(part.Package.Name, module, comparison))];
}
