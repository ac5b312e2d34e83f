using GoCross.Formatting;
using GoCross.Names;

namespace GoCross.Vulnerabilities;

/// <summary>
/// Holds a version of a Go module against a report's ranges. They are closed on the left and open on the right, and a
/// report may have several on one module: then the version is affected that is in any.
/// </summary>
internal sealed class GoRanges
{
    private readonly Window[] _windows;
    private readonly GoVersion[] _listed;
    private readonly OtherRange[] _others;
    private readonly string[] _otherFixes;

    /// <summary>Reads the ranges.</summary>
    /// <param name="affected">The report's parts on one module.</param>
    internal GoRanges(IReadOnlyList<OsvAffected> affected)
    {
        var windows = new List<Window>();
        var listed = new List<GoVersion>();
        var others = new List<OtherRange>();
        for (int block = 0; block < affected.Count; block++)
        {
            foreach (OsvRange range in affected[block].Ranges ?? [])
            {
                // The Go database says SEMVER. GitHub says ECOSYSTEM, and of Go that is the same order.
                if (range.Type is "SEMVER" or "ECOSYSTEM")
                {
                    AddWindows(windows, range, block);
                }
            }

            foreach (string text in affected[block].Versions ?? [])
            {
                if (GoVersion.TryParseModule(text, out GoVersion version))
                {
                    listed.Add(version);
                }
            }

            foreach (OsvRange range in affected[block].EcosystemSpecific?.CustomRanges ?? [])
            {
                others.Add(OtherRange.Of(range));
            }
        }

        _windows = [.. windows];
        _listed = [.. listed];
        _others = others.Count == 0 ? [] : [.. others.DistinctBy(range => range.ToString())];
        _otherFixes = _others.Length == 0 ? [] : [.. _others.SelectMany(range => range.Fixes).Distinct()];
    }

    /// <summary>Says what a version means.</summary>
    /// <param name="version">The version.</param>
    internal VersionVerdict Decide(in ModuleVersion version)
    {
        string? text = version.Text;
        if (string.IsNullOrEmpty(text) || text == "(devel)")
        {
            return Unknown(Texts.VulnerabilityVersionUnknown);
        }

        if (!version.IsToolchain && version.Value is { IsZeroPseudo: true })
        {
            return Unknown(TextFormat.Fill(Texts.VulnerabilityVersionIsNone, text));
        }

        // A version with no v is a product's own, out of a variable of the program; the product's own ranges are for it. What
        // only Go writes is Go's, and a bill of materials left the v out.
        bool isProductVersion = !version.IsToolchain && text[0] != 'v'
            && version.Value is not { IsPseudo: true } && !text.Contains("+incompatible", StringComparison.Ordinal);
        if (isProductVersion && _others.Length > 0)
        {
            return ByOthers(text)
                ?? Unknown(TextFormat.Fill(Texts.VulnerabilityOtherRangesUndecided, text, string.Join(", ", _otherFixes)));
        }

        return version.Value is { } value
            ? BySemver(value, text, version.IsToolchain)
            : Unknown(TextFormat.Fill(Texts.VulnerabilityVersionNotComparable, text));
    }

    private VersionVerdict BySemver(GoVersion version, string text, bool isToolchain)
    {
        Window[] hits = Array.FindAll(_windows, window => window.Contains(version));
        if (hits.Length == 0)
        {
            return _listed.Contains(version) ? new VersionVerdict(VulnerabilityStatus.Affected) : VersionVerdict.NotAffected;
        }

        if (!isToolchain && version.IsUntagged && Array.Find(hits, window => window.Fixed is { IsUntagged: false }) is not null)
        {
            // A commit with no tag before it, and a tag that has the fix: nothing says which was first.
            return ByOthers(text) ?? Unknown(
                TextFormat.Fill(Texts.VulnerabilityCommitAgainstTag, text, Array.Find(hits, window => window.Fixed is not null)!.FixedText!));
        }

        Window? open = Array.Find(hits, window => window.Fixed is null);
        if (open is not null && !version.IsUntagged)
        {
            // Fixed at a commit, and in the tags' own order never: the product's own ranges know the tag.
            if (Array.Exists(_windows, window => window.Fixed is { IsUntagged: true }) && ByOthers(text) is { } byOthers)
            {
                return byOthers;
            }

            if (open.Last is null && Array.Find(_windows, window => window.Block != open.Block && window.Fixed is { } fix && fix <= version) is { } closed
                && Array.TrueForAll(hits, window => window.Fixed is null))
            {
                return new VersionVerdict(
                    VulnerabilityStatus.Unknown,
                    OtherFixes: _otherFixes,
                    Reason: TextFormat.Fill(Texts.VulnerabilityRangesConflict, open.IntroducedText, closed.FixedText!),
                    IsConflict: true);
            }
        }

        return open is not null
            ? new VersionVerdict(VulnerabilityStatus.Affected, OtherFixes: _otherFixes)
            : new VersionVerdict(VulnerabilityStatus.Affected, LastFix(hits));
    }

    private static string LastFix(Window[] hits)
    {
        Window last = hits[0];
        foreach (Window hit in hits)
        {
            last = last.Fixed!.Value < hit.Fixed!.Value ? hit : last;
        }

        return last.FixedText!;
    }

    private VersionVerdict? ByOthers(string text)
    {
        VersionVerdict? affected = null;
        foreach (OtherRange range in _others)
        {
            if (range.Decide(text) is not { } verdict)
            {
                return null;
            }

            affected ??= verdict.Status == VulnerabilityStatus.Affected ? verdict : null;
        }

        return _others.Length == 0 ? null : affected ?? VersionVerdict.NotAffected;
    }

    private VersionVerdict Unknown(string reason) => new(VulnerabilityStatus.Unknown, OtherFixes: _otherFixes, Reason: reason);

    // OSV, "affected[].ranges[].events", evaluation: the events in the order of their versions.
    private static void AddWindows(List<Window> windows, OsvRange range, int block)
    {
        var events = new List<Boundary>();
        foreach (OsvEvent found in range.Events ?? [])
        {
            string? text = found.Introduced ?? found.Fixed ?? found.LastAffected;
            if (text == "0" && found.Introduced is not null)
            {
                events.Add(new Boundary(null, text, BoundaryKind.Introduced));
            }
            else if (GoVersion.TryParseModule(text, out GoVersion version))
            {
                events.Add(new Boundary(
                    version,
                    text!,
                    found.Introduced is not null ? BoundaryKind.Introduced : found.Fixed is not null ? BoundaryKind.Fixed : BoundaryKind.LastAffected));
            }
        }

        events.Sort(Boundary.Compare);
        Boundary? start = null;
        foreach (Boundary found in events)
        {
            if (found.Kind == BoundaryKind.Introduced)
            {
                start ??= found;
            }
            else if (start is not null)
            {
                windows.Add(found.Kind == BoundaryKind.Fixed
                    ? new Window(start.At, start.Text, found.At, found.Text, null, block)
                    : new Window(start.At, start.Text, null, null, found.At, block));
                start = null;
            }
        }

        if (start is not null)
        {
            windows.Add(new Window(start.At, start.Text, null, null, null, block));
        }
    }

    private enum BoundaryKind
    {
        Introduced,
        Fixed,
        LastAffected,
    }

    // A class, for the runtime has the code that sorts such already when the first question is asked.
    private sealed class Boundary(GoVersion? at, string text, BoundaryKind kind)
    {
        internal GoVersion? At { get; } = at;

        internal string Text { get; } = text;

        internal BoundaryKind Kind { get; } = kind;

        internal static int Compare(Boundary left, Boundary right) => left.At is not { } a || right.At is not { } b
            ? (right.At is null).CompareTo(left.At is null)
            : a.CompareTo(b) is var order && order != 0 ? order : (int)left.Kind - (int)right.Kind;
    }

    // It ends before the fix, or with the last version that is affected, or never.
    private sealed record Window(GoVersion? Introduced, string IntroducedText, GoVersion? Fixed, string? FixedText, GoVersion? Last, int Block)
    {
        internal bool Contains(GoVersion version) =>
            (Introduced is not { } from || from <= version) && (Fixed is not { } to || version < to) && (Last is not { } last || version <= last);
    }
}
