namespace GoCross.GoBinaries;

/// <summary>What functions of Go's standard library ask of the system they run on (Linux).</summary>
/// <param name="Kind">What sort of thing.</param>
/// <param name="Path">The first place that is looked at.</param>
/// <param name="Reason">Why, in words for people.</param>
internal sealed record LibraryNeed(RuntimeNeedKind Kind, string Path, string Reason)
{
    /// <summary>The variable that says otherwise, or that it is for; null where there is none.</summary>
    internal string? Variable { get; init; }

    /// <summary>Who brings it.</summary>
    internal NeedProvider ProvidedBy { get; init; } = NeedProvider.Image;

    /// <summary>Where that is read in Go's source, below src.</summary>
    internal required string Source { get; init; }

    /// <summary>
    /// The functions, as the table of functions names them: the exported ones, which stay there as names where they are
    /// inlined, and the ones behind those that read the file where what is exported leads there by many ways.
    /// </summary>
    internal required string[] Functions { get; init; }
}
