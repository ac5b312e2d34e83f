namespace GoCross.Binaries;

/// <summary>Something that differs between two binaries, or was asked for though it does not.</summary>
public sealed record ElfChange
{
    /// <summary>The full path of the binary that is compared with.</summary>
    public required string ReferencePath { get; init; }

    /// <summary>The full path of the binary that is compared.</summary>
    public required string DifferencePath { get; init; }

    /// <summary>What it is about.</summary>
    public required ElfChangeCategory Category { get; init; }

    /// <summary>Which fact, library, module, symbol or section.</summary>
    public required string Name { get; init; }

    /// <summary>
    /// As Compare-Object has it: == the same in both, &lt;= only in the reference, =&gt; only in the difference; and
    /// &lt;&gt; in both, but not the same.
    /// </summary>
    public required string SideIndicator { get; init; }

    /// <summary>The same as <see cref="SideIndicator"/>, as tables head it.</summary>
    public string Side => SideIndicator;

    /// <summary>
    /// What the reference has: a word, a text, a number, a version, or a size in bytes (<see cref="long"/>). Null where
    /// it has none, and for what is there or not, such as a library.
    /// </summary>
    public object? ReferenceValue { get; init; }

    /// <summary>The same as <see cref="ReferenceValue"/>, as tables head it.</summary>
    public object? Reference => ReferenceValue;

    /// <summary>What the difference has, likewise.</summary>
    public object? DifferenceValue { get; init; }

    /// <summary>The same as <see cref="DifferenceValue"/>, as tables head it.</summary>
    public object? Difference => DifferenceValue;

    /// <summary>Bytes by which it grew, negative if it shrank; null for what has no size.</summary>
    public long? SizeDifference => ReferenceValue is long || DifferenceValue is long
        ? (DifferenceValue as long? ?? 0) - (ReferenceValue as long? ?? 0)
        : null;

    /// <summary>
    /// Whether this sums up a category that is too long to be listed unasked. The values are numbers of entries then,
    /// and the name says how many came (+), went (-) and changed (~).
    /// </summary>
    public bool IsSummary { get; init; }

    /// <summary>The change in one line.</summary>
    public override string ToString() =>
        $"{SideIndicator} {Category} {Name}: {ReferenceValue ?? "(none)"} -> {DifferenceValue ?? "(none)"}";
}
