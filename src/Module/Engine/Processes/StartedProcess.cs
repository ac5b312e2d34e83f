namespace GoCross.Processes;

/// <summary>A program that has just been started.</summary>
/// <param name="Id">The process's number.</param>
/// <param name="Timestamp">When the system was asked to start it, as <see cref="System.Diagnostics.Stopwatch.GetTimestamp"/> counts.</param>
public readonly record struct StartedProcess(int Id, long Timestamp);
