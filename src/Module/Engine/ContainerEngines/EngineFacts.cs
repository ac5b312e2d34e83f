namespace GoCross.ContainerEngines;

/// <summary>What a container engine runs on.</summary>
/// <param name="Os">The system of its containers, as Go calls it: linux, windows.</param>
/// <param name="Architecture">Its architecture, as Go calls it; another name as the engine gives it.</param>
/// <param name="Processors">How many processors it has, 1 or more.</param>
public sealed record EngineFacts(string Os, string Architecture, int Processors);
