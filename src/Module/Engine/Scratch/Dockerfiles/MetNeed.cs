using GoCross.GoBinaries;

namespace GoCross.Scratch;

/// <summary>Something that a program needs, with what of the image meets it.</summary>
/// <param name="Kind">What sort of thing.</param>
/// <param name="Path">Where the program looks for it.</param>
/// <param name="MetBy">The instruction, or the base image; null where the image does not hold it.</param>
/// <param name="Reason">Why it is needed.</param>
public sealed record MetNeed(RuntimeNeedKind Kind, string Path, string? MetBy, string Reason);
