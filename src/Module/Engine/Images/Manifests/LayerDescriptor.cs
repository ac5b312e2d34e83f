namespace GoCross.Images;

/// <summary>What an image's documents say of one of its layers.</summary>
internal sealed record LayerDescriptor
{
    /// <summary>Its blob's path in the store; null where the blob is elsewhere, as Windows' base layers are.</summary>
    internal string? Path { get; init; }

    /// <summary>The digest of the stored blob; null where it is not stated.</summary>
    internal string? Digest { get; init; }

    /// <summary>The digest of the unpacked layer; null before Docker 1.10.</summary>
    internal string? DiffId { get; init; }

    /// <summary>Bytes of the stored blob.</summary>
    internal long StoredSize { get; init; }

    internal string? MediaType { get; init; }

    /// <summary>What the manifest says besides.</summary>
    internal IReadOnlyDictionary<string, string> Annotations { get; init; } = NoAnnotations;

    private static IReadOnlyDictionary<string, string> NoAnnotations { get; } = new Dictionary<string, string>();

    internal string? CreatedBy { get; init; }

    internal string? Comment { get; init; }

    internal DateTimeOffset? Created { get; init; }
}
