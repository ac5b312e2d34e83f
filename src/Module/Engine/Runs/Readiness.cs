using System.Text.RegularExpressions;
using GoCross.Formatting;

namespace GoCross.Runs;

/// <summary>How one knows that a server is ready, and how it is ended. All that is given has to hold at once.</summary>
public sealed record Readiness
{
    /// <summary>The TCP port that it accepts connections at, 1 to 65535; null where that is not asked.</summary>
    public int? Port { get; init; }

    /// <summary>
    /// The address that it answers with a status of 200 to 399 (http or https); null where that is not asked. In a
    /// container it is the container's own: its host is only what the server is told.
    /// </summary>
    public Uri? Url { get; init; }

    /// <summary>What standard output or standard error has to match; null where that is not asked.</summary>
    public Regex? Pattern { get; init; }

    /// <summary>The signal that asks it to end, once it was ready.</summary>
    public ProcessSignal StopSignal { get; init; } = ProcessSignal.Terminate;

    /// <summary>How long it may take to end after the signal. It is killed then.</summary>
    public TimeSpan StopTimeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>The ports that are connected to.</summary>
    internal IEnumerable<int> Ports => ((int?[])[Port, Url?.Port]).OfType<int>().Distinct();

    /// <summary>What is waited for, in a few words.</summary>
    public override string ToString() => string.Join(", ", ((string?[])[
        Port is { } port ? TextFormat.Fill(Texts.RunReadyPort, port) : null,
        Url?.ToString(),
        Pattern is null ? null : TextFormat.Fill(Texts.RunReadyPattern, Pattern)]).OfType<string>());
}
