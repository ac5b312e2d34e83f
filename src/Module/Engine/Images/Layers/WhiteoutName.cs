namespace GoCross.Images;

/// <summary>An entry whose name begins with .wh.</summary>
/// <param name="Node">The node of the name as it is written, in the layer's tree.</param>
/// <param name="Size">The size that its header states, in bytes.</param>
internal readonly record struct WhiteoutName(int Node, long Size);
