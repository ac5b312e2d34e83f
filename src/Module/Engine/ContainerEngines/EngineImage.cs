using GoCross.Oci;

namespace GoCross.ContainerEngines;

/// <summary>An image as its engine describes it.</summary>
/// <param name="Id">Its ID.</param>
/// <param name="Platform">What it is for; null where it does not say.</param>
/// <param name="Environment">The variables that it sets.</param>
public sealed record EngineImage(string Id, ImagePlatform? Platform, IReadOnlyDictionary<string, string> Environment)
{
    /// <summary>What registries call it, as <c>repository@sha256:...</c>; none where it never came from one.</summary>
    public IReadOnlyList<string> RepositoryDigests { get; init; } = [];
}
