using GoCross.Processes;

namespace GoCross.ContainerEngines;

/// <summary>What gets what a container's main process writes.</summary>
/// <param name="Output">Gets standard output.</param>
/// <param name="Error">Gets standard error.</param>
/// <param name="OnStarted">Called when the engine is asked to start it, as <see cref="System.Diagnostics.Stopwatch.GetTimestamp"/> counts.</param>
public sealed record MainProcessWatch(OutputCapture Output, OutputCapture Error, Action<long>? OnStarted);
