using GoCross.Formatting;
using GoCross.Names;

namespace GoCross.Vulnerabilities;

/// <summary>
/// Holds a version of a Go module against a report's ranges. They are closed on the left and open on the right, and a
/// report may have several on one module: then the version is affected that is in any.
/// </summary>
internal static class GoRanges
{
    private const string Semver = "SEMVER";

    /// <summary>Says what a version means.</summary>
    /// <param name="affected">The report's parts on this module.</param>
    /// <param name="text">The version; null where it is not known.</param>
    /// <param name="isToolchain">Whether it is that of the standard library or the toolchain: go1.23.5.</param>
    internal static VersionVerdict Decide(IReadOnlyList<OsvAffected> affected, string? text, bool isToolchain)
    {
        OtherRange[] others = [.. affected
            .SelectMany(part => part.EcosystemSpecific?.CustomRanges ?? [])
            .Select(OtherRange.Of)
            .DistinctBy(range => range.ToString())];
        string[] otherFixes = [.. others.SelectMany(range => range.Fixes).Distinct()];
        if (string.IsNullOrEmpty(text) || text == "(devel)")
        {
            return Unknown(Texts.VulnerabilityVersionUnknown, otherFixes);
        }

        bool isVersion = isToolchain ? GoVersion.TryParseToolchain(text, out GoVersion version) : GoVersion.TryParseModule(text, out version);
        if (!isToolchain && isVersion && version.IsZeroPseudo)
        {
            return Unknown(TextFormat.Fill(Texts.VulnerabilityVersionIsNone, text), otherFixes);
        }

        // A version with no v is a product's own, out of a variable of the program; the product's own ranges are for it.
        bool isProductVersion = !isToolchain && text[0] != 'v';
        if (isProductVersion && others.Length > 0)
        {
            return ByOthers(others, text) ?? Unknown(
                TextFormat.Fill(Texts.VulnerabilityOtherRangesUndecided, text, string.Join(", ", otherFixes)), otherFixes);
        }

        if (!isVersion)
        {
            return Unknown(TextFormat.Fill(Texts.VulnerabilityVersionNotComparable, text), otherFixes);
        }

        return BySemver(affected, version, text, isToolchain, others, otherFixes);
    }

    private static VersionVerdict BySemver(
        IReadOnlyList<OsvAffected> affected, GoVersion version, string text, bool isToolchain, OtherRange[] others, string[] otherFixes)
    {
        Window[] windows = [.. affected
            .Select((part, block) => (Ranges: part.Ranges ?? [], block))
            .SelectMany(part => part.Ranges.Where(range => range.Type == Semver).SelectMany(range => WindowsOf(range, part.block)))];
        Window[] hits = [.. windows.Where(window => window.Contains(version))];
        if (hits.Length == 0)
        {
            return VersionVerdict.NotAffected;
        }

        if (!isToolchain && version.IsUntagged && hits.Any(window => window.Fixed is { } fix && !fix.IsUntagged))
        {
            // A commit with no tag before it, and a tag that has the fix: nothing says which was first.
            return ByOthers(others, text) ?? Unknown(
                TextFormat.Fill(Texts.VulnerabilityCommitAgainstTag, text, hits.First(window => window.Fixed is not null).FixedText!), otherFixes);
        }

        Window? open = hits.FirstOrDefault(window => window.Fixed is null);
        if (open is not null && !version.IsUntagged)
        {
            // Fixed at a commit, and in the tags' own order never: the product's own ranges know the tag.
            if (windows.Any(window => window.Fixed is { IsUntagged: true }) && ByOthers(others, text) is { } byOthers)
            {
                return byOthers;
            }

            if (windows.FirstOrDefault(window => window.Block != open.Block && window.Fixed is { } fix && fix <= version) is { } closed
                && hits.All(window => window.Fixed is null))
            {
                return new VersionVerdict(
                    VulnerabilityStatus.Unknown,
                    OtherFixes: otherFixes,
                    Reason: TextFormat.Fill(Texts.VulnerabilityRangesConflict, open.IntroducedText, closed.FixedText!),
                    IsConflict: true);
            }
        }

        return open is not null
            ? new VersionVerdict(VulnerabilityStatus.Affected, OtherFixes: otherFixes)
            : new VersionVerdict(VulnerabilityStatus.Affected, hits.MaxBy(window => window.Fixed!.Value)!.FixedText);
    }

    private static VersionVerdict? ByOthers(OtherRange[] others, string text)
    {
        if (others.Length == 0)
        {
            return null;
        }

        VersionVerdict?[] verdicts = [.. others.Select(range => range.Decide(text))];
        return verdicts.Any(verdict => verdict is null) ? null
            : verdicts.FirstOrDefault(verdict => verdict!.Status == VulnerabilityStatus.Affected) ?? VersionVerdict.NotAffected;
    }

    private static VersionVerdict Unknown(string reason, string[] otherFixes) =>
        new(VulnerabilityStatus.Unknown, OtherFixes: otherFixes, Reason: reason);

    // OSV, "affected[].ranges[].events", evaluation: the events in the order of their versions.
    private static List<Window> WindowsOf(OsvRange range, int block)
    {
        var events = new List<(GoVersion? At, string Text, bool IsFix)>();
        foreach (OsvEvent found in range.Events ?? [])
        {
            string? text = found.Introduced ?? found.Fixed;
            if (text == "0" && found.Introduced is not null)
            {
                events.Add((null, text, false));
            }
            else if (GoVersion.TryParseModule(text, out GoVersion version))
            {
                events.Add((version, text!, found.Introduced is null));
            }
        }

        events.Sort((a, b) => a.At is null || b.At is null
            ? (b.At is null).CompareTo(a.At is null)
            : a.At.Value.CompareTo(b.At.Value) is var order && order != 0 ? order : a.IsFix.CompareTo(b.IsFix));
        var windows = new List<Window>();
        (GoVersion? At, string Text, bool IsFix)? start = null;
        foreach ((GoVersion? At, string Text, bool IsFix) found in events)
        {
            if (!found.IsFix)
            {
                start ??= found;
            }
            else if (start is { } introduced)
            {
                windows.Add(new Window(introduced.At, introduced.Text, found.At, found.Text, block));
                start = null;
            }
        }

        if (start is { } last)
        {
            windows.Add(new Window(last.At, last.Text, null, null, block));
        }

        return windows;
    }

    private sealed record Window(GoVersion? Introduced, string IntroducedText, GoVersion? Fixed, string? FixedText, int Block)
    {
        internal bool Contains(GoVersion version) =>
            (Introduced is not { } from || from <= version) && (Fixed is not { } to || version < to);
    }
}
