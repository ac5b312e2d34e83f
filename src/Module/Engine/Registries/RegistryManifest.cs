namespace GoCross.Registries;

/// <summary>A manifest or an index as a registry gives it.</summary>
/// <param name="MediaType">The media type that the registry states; null where it states none.</param>
/// <param name="Digest">The digest of its bytes: sha256:...</param>
/// <param name="Content">Its bytes.</param>
internal sealed record RegistryManifest(string? MediaType, string Digest, byte[] Content);
