namespace GoCross.Gates;

/// <summary>The paths of an image that match a pattern.</summary>
/// <param name="Pattern">The pattern.</param>
/// <param name="Visible">Those in the file system that the layers make, in their order.</param>
/// <param name="Hidden">Those that only layers have, and layers above remove, in their order.</param>
internal sealed record PathFinding(
    PathPattern Pattern, IReadOnlyList<string> Visible, IReadOnlyList<HiddenPath> Hidden);

/// <summary>A path that a layer has and that is not in the file system in the end.</summary>
/// <param name="Path">The path.</param>
/// <param name="Layer">The topmost layer that has it, from 0.</param>
internal sealed record HiddenPath(string Path, int Layer);
