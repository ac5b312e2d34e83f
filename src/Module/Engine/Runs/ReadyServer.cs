namespace GoCross.Runs;

/// <summary>A server that was ready.</summary>
/// <param name="Timestamp">When it was, as <see cref="System.Diagnostics.Stopwatch.GetTimestamp"/> counts.</param>
/// <param name="Status">The status of its answer; null where none was asked for.</param>
/// <param name="Response">The beginning of its answer, as UTF-8; null where none was asked for.</param>
internal readonly record struct ReadyServer(long Timestamp, int? Status, string? Response);
