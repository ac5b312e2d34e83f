namespace GoCross.Images;

/// <summary>What a layer does to the files below it. What is not a directory is a file here.</summary>
/// <param name="Added">Paths that have a file with the layer and had none without it.</param>
/// <param name="Changed">Paths that had a file and that the layer writes again, be it with the same content.</param>
/// <param name="Removed">Paths that had a file and have none with the layer.</param>
internal readonly record struct LayerEffect(int Added, int Changed, int Removed);
