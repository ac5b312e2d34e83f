namespace GoCross.Reports;

/// <summary>What the numbers of a gate count.</summary>
public enum GateUnit
{
    /// <summary>Nothing: they are words.</summary>
    None,

    /// <summary>Bytes, as <see cref="long"/>.</summary>
    Bytes,

    /// <summary>A share, 1 being all, as <see cref="double"/>.</summary>
    Ratio,

    /// <summary>Per cent, as <see cref="double"/>.</summary>
    Percent,

    /// <summary>Things, as <see cref="int"/>.</summary>
    Count,

    /// <summary>Days, as <see cref="double"/>.</summary>
    Days,
}
