using System.Text.Json;
using GoCross.Formatting;

namespace GoCross.Oci;

/// <summary>How an image runs: the part of its configuration that a container takes over (OCI image-spec, config.md).</summary>
public sealed record ImageConfiguration
{
    // What a builder left of the container that it worked in: nothing takes it over (moby daemon/commit.go, merge).
    private static readonly string[] OfBuilder =
    [
        "AttachStderr", "AttachStdin", "AttachStdout", "Domainname", "Hostname", "Image", "MacAddress", "NetworkDisabled",
        "OpenStdin", "StdinOnce", "Tty",
    ];

    /// <summary>When it was made; null where it does not say.</summary>
    public DateTimeOffset? Created { get; init; }

    /// <summary>Who made it; empty where it does not say.</summary>
    public string Author { get; init; } = string.Empty;

    /// <summary>USER; empty for root.</summary>
    public string User { get; init; } = string.Empty;

    /// <summary>WORKDIR; empty for /.</summary>
    public string WorkingDirectory { get; init; } = string.Empty;

    /// <summary>ENTRYPOINT, in its parts.</summary>
    public IReadOnlyList<string> Entrypoint { get; init; } = [];

    /// <summary>CMD, in its parts.</summary>
    public IReadOnlyList<string> Command { get; init; } = [];

    /// <summary>ENV by name.</summary>
    public IReadOnlyDictionary<string, string> Environment { get; init; } = new Dictionary<string, string>();

    /// <summary>LABEL by name.</summary>
    public IReadOnlyDictionary<string, string> Labels { get; init; } = new Dictionary<string, string>();

    /// <summary>EXPOSE: 8080/tcp.</summary>
    public IReadOnlyList<string> ExposedPorts { get; init; } = [];

    /// <summary>VOLUME.</summary>
    public IReadOnlyList<string> Volumes { get; init; } = [];

    /// <summary>STOPSIGNAL; empty for the engine's.</summary>
    public string StopSignal { get; init; } = string.Empty;

    /// <summary>The time between the stop signal and the end; null for the engine's.</summary>
    public TimeSpan? StopTimeout { get; init; }

    /// <summary>HEALTHCHECK; null for none.</summary>
    public ImageHealthCheck? HealthCheck { get; init; }

    /// <summary>SHELL, in its parts: what runs the commands of a build that are not in exec form. Empty for the builder's.</summary>
    public IReadOnlyList<string> Shell { get; init; } = [];

    /// <summary>ONBUILD: the instructions that a build runs which starts from the image.</summary>
    public IReadOnlyList<string> OnBuild { get; init; } = [];

    /// <summary>Of Windows: whether the one text of <see cref="Entrypoint"/> or <see cref="Command"/> is a command line already, with quotes.</summary>
    public bool ArgsEscaped { get; init; }

    /// <summary>What Windows has to have: os.features.</summary>
    public IReadOnlyList<string> OsFeatures { get; init; } = [];

    /// <summary>What else is set, as JSON by its name: OCI reserves Memory, CpuShares and their like, and builders have their own.</summary>
    public IReadOnlyDictionary<string, string> Others { get; init; } = new Dictionary<string, string>();

    /// <summary>What starts, and as whom, in one line; all of it is in the properties.</summary>
    public override string ToString()
    {
        string start = CommandLine.Of([.. Entrypoint, .. Command]);
        return EscapedText.Of(User.Length == 0 ? start : $"{start} (user {User})".TrimStart());
    }

    /// <summary>Reads a configuration.</summary>
    internal static ImageConfiguration Of(ConfigDocument document)
    {
        RunDocument run = document.Config ?? new RunDocument();
        return new ImageConfiguration
        {
            Created = Rfc3339.Parse(document.Created),
            Author = document.Author ?? string.Empty,
            User = run.User ?? string.Empty,
            WorkingDirectory = run.WorkingDir ?? string.Empty,
            Entrypoint = run.Entrypoint ?? [],
            Command = run.Cmd ?? [],
            Environment = EnvironmentOf(run.Env),
            Labels = (run.Labels ?? new Dictionary<string, string?>()).ToDictionary(pair => pair.Key, pair => pair.Value ?? string.Empty),
            ExposedPorts = Sorted(run.ExposedPorts),
            Volumes = Sorted(run.Volumes),
            StopSignal = run.StopSignal ?? string.Empty,
            StopTimeout = run.StopTimeout is { } seconds ? TimeSpan.FromSeconds(seconds) : null,
            HealthCheck = run.Healthcheck is { } check ? ImageHealthCheck.Of(check) : null,
            Shell = run.Shell ?? [],
            OnBuild = (run.OnBuild ?? []).OfType<string>().ToArray(),
            ArgsEscaped = run.ArgsEscaped == true,
            OsFeatures = (document.OsFeatures ?? []).OfType<string>().ToArray(),
            Others = (run.Others ?? new Dictionary<string, JsonElement>())
                .Where(pair => !OfBuilder.Contains(pair.Key, StringComparer.OrdinalIgnoreCase) && IsSet(pair.Value))
                .ToDictionary(pair => pair.Key, pair => pair.Value.GetRawText(), StringComparer.Ordinal),
        };
    }

    /// <summary>The configuration as it is written. Names are sorted by their characters; what is not said is left out.</summary>
    internal RunDocument ToDocument() => new()
    {
        User = User,
        ExposedPorts = NullIfEmpty(ExposedPorts),
        Env = NullIfEmpty(ByName(Environment).Select(variable => $"{variable.Key}={variable.Value}").ToArray()),
        Entrypoint = NullIfEmpty(Entrypoint),
        Cmd = NullIfEmpty(Command),
        Healthcheck = HealthCheck?.ToDocument(),
        Volumes = NullIfEmpty(Volumes),
        WorkingDir = WorkingDirectory,
        OnBuild = NullIfEmpty(OnBuild),
        Labels = Labels.Count == 0 ? null : ByName(Labels),
        StopSignal = StopSignal.Length == 0 ? null : StopSignal,
        StopTimeout = (int?)StopTimeout?.TotalSeconds,
        Shell = NullIfEmpty(Shell),
        ArgsEscaped = ArgsEscaped ? true : null,
        Others = Others.Count == 0 ? null : Others.ToDictionary(pair => pair.Key, pair => Parse(pair.Value), StringComparer.Ordinal),
    };

    // null, false, 0 and what is empty are what Go writes of a field that nobody set.
    private static bool IsSet(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.Null or JsonValueKind.Undefined or JsonValueKind.False => false,
        JsonValueKind.String => value.GetRawText().Length > "\"\"".Length, // Half a character is no string to .NET.
        JsonValueKind.Number => value.GetRawText() != "0",
        JsonValueKind.Array => value.GetArrayLength() > 0,
        JsonValueKind.Object => value.EnumerateObject().Any(),
        _ => true,
    };

    private static JsonElement Parse(string json)
    {
        using var document = JsonDocument.Parse(json);
        return document.RootElement.Clone();
    }

    private static Dictionary<string, string> EnvironmentOf(IReadOnlyList<string?>? variables)
    {
        var environment = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (string variable in (variables ?? []).OfType<string>())
        {
            int equals = variable.IndexOf('=', StringComparison.Ordinal);
            environment[equals < 0 ? variable : variable[..equals]] = equals < 0 ? string.Empty : variable[(equals + 1)..];
        }

        return environment;
    }

    private static string[] Sorted(IReadOnlyList<string>? keys) => (keys ?? []).Order(StringComparer.Ordinal).ToArray();

    private static SortedDictionary<string, string?> ByName(IReadOnlyDictionary<string, string> values) =>
        new(values.ToDictionary(pair => pair.Key, pair => (string?)pair.Value), StringComparer.Ordinal);

    private static IReadOnlyList<string>? NullIfEmpty(IReadOnlyList<string> values) => values.Count == 0 ? null : values;
}
