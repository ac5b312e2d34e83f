using GoCross.Oci;

namespace GoCross.ContainerEngines;

/// <summary>What a container engine runs on.</summary>
/// <param name="Platform">
/// The system of its containers, as Go calls it: linux, windows; and its architecture, as Go calls it, another name as the
/// engine gives it.
/// </param>
/// <param name="Processors">How many processors it has, 1 or more.</param>
public sealed record EngineFacts(ImagePlatform Platform, int Processors);
