using System.Globalization;
using GoCross.Oci;

namespace GoCross.Images;

/// <summary>Compares what containers take over from two images.</summary>
internal static class ConfigurationComparer
{
    internal static ConfigurationChange[] Compare(
        ContainerImage reference, ContainerImage difference, IReadOnlyList<LayerComparison> layers)
    {
        ImageConfiguration left = reference.Configuration;
        ImageConfiguration right = difference.Configuration;
        return
        [
            .. Single("Platform", reference.Platform.ToString(), difference.Platform.ToString()),
            .. Single("User", left.User, right.User),
            .. Single("WorkingDir", left.WorkingDirectory, right.WorkingDirectory),
            .. Single("Entrypoint", CommandLine.Of(left.Entrypoint), CommandLine.Of(right.Entrypoint)),
            .. Single("Cmd", CommandLine.Of(left.Command), CommandLine.Of(right.Command)),
            .. Named("Env", left.Environment, right.Environment),
            .. Named("ExposedPort", Set(left.ExposedPorts.Select(WithProtocol)), Set(right.ExposedPorts.Select(WithProtocol))),
            .. Named("Volume", Set(left.Volumes), Set(right.Volumes)),
            .. Single("StopSignal", left.StopSignal, right.StopSignal),
            .. Single("StopTimeout", Seconds(left.StopTimeout), Seconds(right.StopTimeout)),
            .. Single("Healthcheck", left.HealthCheck?.ToString() ?? string.Empty, right.HealthCheck?.ToString() ?? string.Empty),
            .. Single("Shell", CommandLine.Of(left.Shell), CommandLine.Of(right.Shell)),
            .. Single("OnBuild", string.Join("; ", left.OnBuild), string.Join("; ", right.OnBuild)),
            .. Single("ArgsEscaped", left.ArgsEscaped ? "true" : string.Empty, right.ArgsEscaped ? "true" : string.Empty),
            .. Named("OsFeature", Set(left.OsFeatures), Set(right.OsFeatures)),
            .. Named("Other", left.Others, right.Others),
            .. Single("Author", left.Author, right.Author),
            .. Named("Label", left.Labels, right.Labels),
            .. layers.Where(row => row is { Reference: not null, Difference: not null }).SelectMany(OfLayer),
        ];
    }

    private static IEnumerable<ConfigurationChange> OfLayer(LayerComparison row) =>
        Named("LayerAnnotation", row.Reference!.Annotations, row.Difference!.Annotations)
            .Select(change => change with { Name = string.Create(CultureInfo.InvariantCulture, $"{row.DifferenceIndex} {change.Name}") });

    private static string Seconds(TimeSpan? time) =>
        time is { } span ? string.Create(CultureInfo.InvariantCulture, $"{span.TotalSeconds}s") : string.Empty;

    // 80 is 80/tcp (OCI image-spec, config.md, "ExposedPorts").
    private static string WithProtocol(string port) => port.Contains('/', StringComparison.Ordinal) ? port : port + "/tcp";

    private static Dictionary<string, string> Set(IEnumerable<string> names) =>
        names.Distinct().ToDictionary(name => name, name => name);

    private static IEnumerable<ConfigurationChange> Single(string setting, string left, string right)
    {
        if (left != right)
        {
            yield return new ConfigurationChange(
                setting, string.Empty, left.Length == 0 ? null : left, right.Length == 0 ? null : right);
        }
    }

    private static IEnumerable<ConfigurationChange> Named(
        string setting, IReadOnlyDictionary<string, string> left, IReadOnlyDictionary<string, string> right) =>
        left.Keys.Union(right.Keys).Order(StringComparer.Ordinal)
            .Select(name => new ConfigurationChange(
                setting, name, left.GetValueOrDefault(name), right.GetValueOrDefault(name)))
            .Where(change => change.ReferenceValue != change.DifferenceValue);
}
