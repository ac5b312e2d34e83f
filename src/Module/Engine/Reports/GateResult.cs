using GoCross.Formatting;

namespace GoCross.Reports;

/// <summary>What a gate found in an image.</summary>
public sealed record GateResult
{
    private readonly string _reason = string.Empty;

    /// <summary>The image as the user named it.</summary>
    public required string Image { get; init; }

    /// <summary>What the image runs on: linux/amd64.</summary>
    public required string Platform { get; init; }

    /// <summary>What was looked at.</summary>
    public required GateRule Rule { get; init; }

    /// <summary>Whether the image passes. What cannot be told does not.</summary>
    public required bool Passed { get; init; }

    /// <summary>What is allowed, in <see cref="Unit"/>: the limit itself passes. Of a forbidden path, the pattern.</summary>
    public required object Limit { get; init; }

    /// <summary>
    /// What the image has, in <see cref="Unit"/>; null for what no number tells, such as a share of nothing. Of a forbidden
    /// path, how many paths match.
    /// </summary>
    public required object? Actual { get; init; }

    /// <summary>What the numbers count.</summary>
    public GateUnit Unit => Rule switch
    {
        GateRule.LowestEfficiency or GateRule.HighestUserWastedPercent or GateRule.MinimumEfficiency => GateUnit.Ratio,
        GateRule.MaximumReclaimablePercent or GateRule.MaximumGrowthPercent => GateUnit.Percent,
        GateRule.MaximumLayerCount or GateRule.ForbiddenPath or GateRule.NoSetuid or GateRule.Vulnerability => GateUnit.Count,
        GateRule.DatabaseAge => GateUnit.Days,
        GateRule.NonRoot or GateRule.CanStart => GateUnit.None,
        _ => GateUnit.Bytes,
    };

    /// <summary>Why it passes or does not, as it may be shown: see <see cref="EscapedText"/>.</summary>
    public required string Reason
    {
        get => _reason;
        init => _reason = EscapedText.OfLines(value);
    }

    /// <summary>The paths in the image for which it fails: those with most bytes, or all that must not be.</summary>
    public IReadOnlyList<string> Paths { get; init; } = [];
}
