using System.Text.RegularExpressions;

namespace GoCross.Vulnerabilities;

/// <summary>
/// A range in a product's own versions (custom_ranges of the Go database), which need not be Go's: 4.072, 6.6,
/// RELEASE.2024-06-06T09-36-42Z. It is compared where its versions are numbers and its events make windows.
/// </summary>
internal sealed partial record OtherRange
{
    private readonly IReadOnlyList<(long[] Introduced, long[]? Fixed, string? FixedText)>? _windows;

    private OtherRange(IReadOnlyList<string> fixes, string text, IReadOnlyList<(long[] Introduced, long[]? Fixed, string? FixedText)>? windows)
    {
        Fixes = fixes;
        Text = text;
        _windows = windows;
    }

    /// <summary>The versions that have a fix, as the report has them.</summary>
    internal IReadOnlyList<string> Fixes { get; }

    private string Text { get; }

    /// <summary>Reads a range.</summary>
    internal static OtherRange Of(OsvRange range)
    {
        IReadOnlyList<OsvEvent> events = range.Events ?? [];
        string text = string.Join(' ', events.Select(found => found.Introduced is { } from ? "I" + from : "F" + found.Fixed));
        return new OtherRange([.. events.Select(found => found.Fixed).OfType<string>()], text, WindowsOf(events));
    }

    /// <summary>What a version means; null where that cannot be told.</summary>
    internal VersionVerdict? Decide(string version)
    {
        if (_windows is null || Numbers(version) is not { } numbers)
        {
            return null;
        }

        foreach ((long[] introduced, long[]? end, string? text) in _windows)
        {
            if (Compare(introduced, numbers) <= 0 && (end is null || Compare(numbers, end) < 0))
            {
                return new VersionVerdict(VulnerabilityStatus.Affected, text, IsProductVersion: true);
            }
        }

        return VersionVerdict.NotAffected;
    }

    /// <inheritdoc/>
    public override string ToString() => Text;

    // Each beginning has its own end. Several ends to one beginning are branches, which only the product's makers can order.
    private static List<(long[] Introduced, long[]? Fixed, string? FixedText)>? WindowsOf(IReadOnlyList<OsvEvent> events)
    {
        var sorted = new List<(long[] At, string Text, bool IsFix)>();
        foreach (OsvEvent found in events)
        {
            string? text = found.Introduced ?? found.Fixed;
            if (text is null || Numbers(text) is not { } numbers)
            {
                return null;
            }

            sorted.Add((numbers, text, found.Introduced is null));
        }

        sorted.Sort((a, b) => Compare(a.At, b.At) is var order && order != 0 ? order : a.IsFix.CompareTo(b.IsFix));
        var windows = new List<(long[], long[]?, string?)>();
        long[]? start = null;
        foreach ((long[] at, string text, bool isFix) in sorted)
        {
            if (isFix == (start is null))
            {
                return null;
            }

            if (isFix)
            {
                windows.Add((start!, at, text));
            }

            start = isFix ? null : at;
        }

        if (start is not null)
        {
            windows.Add((start, null, null));
        }

        return windows;
    }

    private static long[]? Numbers(string text)
    {
        Match match = NumberPattern().Match(text);
        return match.Success ? [.. match.Groups["number"].Captures.Select(number => long.Parse(number.ValueSpan, System.Globalization.CultureInfo.InvariantCulture))] : null;
    }

    private static int Compare(long[] left, long[] right)
    {
        for (int i = 0; i < Math.Max(left.Length, right.Length); i++)
        {
            int order = (i < left.Length ? left[i] : 0).CompareTo(i < right.Length ? right[i] : 0);
            if (order != 0)
            {
                return order;
            }
        }

        return 0;
    }

    [GeneratedRegex(@"\Av?(?<number>[0-9]{1,15})(?:\.(?<number>[0-9]{1,15})){0,7}(?:\+.*)?\z", RegexOptions.CultureInvariant)]
    private static partial Regex NumberPattern();
}
