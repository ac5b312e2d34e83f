namespace GoCross.Images;

/// <summary>What one layer gives to the image.</summary>
public sealed record LayerMeasures
{
    /// <summary>The layer's place, from 0 for the lowest.</summary>
    public required int Index { get; init; }

    /// <summary>Files that it adds: paths that have none below. What is not a directory is a file here.</summary>
    public required int FilesAdded { get; init; }

    /// <summary>Files that it writes again, be it with the same content.</summary>
    public required int FilesChanged { get; init; }

    /// <summary>Files of the layers below that are gone with it.</summary>
    public required int FilesRemoved { get; init; }

    /// <summary>Bytes of its files that are in the image's file system in the end.</summary>
    public required long VisibleBytes { get; init; }

    /// <summary>Bytes of its files that nobody sees, because layers above remove or replace them.</summary>
    public required long WastedBytes { get; init; }
}
