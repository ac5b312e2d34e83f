namespace GoCross.ContainerEngines;

/// <summary>An image as its engine describes it.</summary>
/// <param name="Id">Its ID.</param>
/// <param name="Os">The system it is for, as Go calls it; empty where it does not say.</param>
/// <param name="Architecture">The architecture it is for, as Go calls it; empty where it does not say.</param>
/// <param name="Environment">The variables that it sets.</param>
public sealed record EngineImage(string Id, string Os, string Architecture, IReadOnlyDictionary<string, string> Environment);
