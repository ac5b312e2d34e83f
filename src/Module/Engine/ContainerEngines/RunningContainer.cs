namespace GoCross.ContainerEngines;

/// <summary>What an engine says of a container that has been started.</summary>
/// <param name="IsRunning">Whether its main process runs.</param>
/// <param name="ProcessId">The number of its main process on this machine; null where the engine is elsewhere.</param>
/// <param name="Addresses">
/// Its addresses in the engine's networks; none where it has no network, or one that is another machine's.
/// </param>
/// <param name="PublishedHost">The host or the address at which its published ports are reached.</param>
/// <param name="PublishedPorts">Its TCP ports that are reached through a port of the engine's machine: that port.</param>
public sealed record RunningContainer(
    bool IsRunning,
    int? ProcessId,
    IReadOnlyList<string> Addresses,
    string PublishedHost,
    IReadOnlyDictionary<int, int> PublishedPorts);
