using System.Globalization;

namespace GoCross.Oci;

/// <summary>HEALTHCHECK: how an engine learns whether a container is healthy. Docker's own (moby image/spec/spec.md, "Healthcheck").</summary>
public sealed record ImageHealthCheck
{
    private const long NanosecondsPerTick = 100;

    /// <summary>The command line behind CMD or CMD-SHELL; NONE alone turns off an inherited one.</summary>
    public IReadOnlyList<string> Test { get; init; } = [];

    /// <summary>The time between two checks; null for the engine's.</summary>
    public TimeSpan? Interval { get; init; }

    /// <summary>The time that a check may take; null for the engine's.</summary>
    public TimeSpan? Timeout { get; init; }

    /// <summary>The time at the start in which failures do not count; null for the engine's.</summary>
    public TimeSpan? StartPeriod { get; init; }

    /// <summary>The time between two checks at the start; null for the engine's.</summary>
    public TimeSpan? StartInterval { get; init; }

    /// <summary>How many failures one after the other make the container unhealthy; null for the engine's number.</summary>
    public int? Retries { get; init; }

    /// <summary>Reads a health check.</summary>
    internal static ImageHealthCheck Of(HealthcheckDocument document) => new()
    {
        Test = (document.Test ?? []).OfType<string>().ToArray(),
        Interval = Time(document.Interval),
        Timeout = Time(document.Timeout),
        StartPeriod = Time(document.StartPeriod),
        StartInterval = Time(document.StartInterval),
        Retries = document.Retries is 0 ? null : document.Retries,
    };

    /// <summary>The health check as it is written.</summary>
    internal HealthcheckDocument ToDocument() => new()
    {
        Test = Test,
        Interval = Nanoseconds(Interval),
        Timeout = Nanoseconds(Timeout),
        StartPeriod = Nanoseconds(StartPeriod),
        StartInterval = Nanoseconds(StartInterval),
        Retries = Retries,
    };

    /// <summary>As a Dockerfile has it: the options, then the command.</summary>
    public override string ToString()
    {
        (string Name, TimeSpan? Value)[] options =
        [
            ("interval", Interval), ("timeout", Timeout), ("start-period", StartPeriod), ("start-interval", StartInterval),
        ];
        IEnumerable<string> set = options.Where(option => option.Value is not null)
            .Select(option => string.Create(CultureInfo.InvariantCulture, $"--{option.Name}={option.Value!.Value.TotalSeconds}s"));
        string[] retries = Retries is { } count ? [string.Create(CultureInfo.InvariantCulture, $"--retries={count}")] : [];
        return string.Join(' ', [.. set, .. retries, CommandLine.Of(Test)]);
    }

    /// <inheritdoc/>
    public bool Equals(ImageHealthCheck? other) => other is not null
        && Test.SequenceEqual(other.Test)
        && (Interval, Timeout, StartPeriod, StartInterval, Retries)
            == (other.Interval, other.Timeout, other.StartPeriod, other.StartInterval, other.Retries);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(Test.Count, Interval, Timeout, StartPeriod, StartInterval, Retries);

    // 0 is the engine's own, too.
    private static TimeSpan? Time(long? nanoseconds) => nanoseconds is null or 0 ? null : TimeSpan.FromTicks(nanoseconds.Value / NanosecondsPerTick);

    private static long? Nanoseconds(TimeSpan? time) => time?.Ticks * NanosecondsPerTick;
}
