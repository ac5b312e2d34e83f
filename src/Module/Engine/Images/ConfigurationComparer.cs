using System.Globalization;
using GoCross.Oci;

namespace GoCross.Images;

/// <summary>Compares what containers take over from two images.</summary>
internal static class ConfigurationComparer
{
    internal static ConfigurationChange[] Compare(ContainerImage reference, ContainerImage difference)
    {
        ImageConfiguration left = reference.Configuration;
        ImageConfiguration right = difference.Configuration;
        return
        [
            .. Single("Platform", reference.Platform.ToString(), difference.Platform.ToString()),
            .. Single("User", left.User, right.User),
            .. Single("WorkingDir", left.WorkingDirectory, right.WorkingDirectory),
            .. Single("Entrypoint", CommandLine(left.Entrypoint), CommandLine(right.Entrypoint)),
            .. Single("Cmd", CommandLine(left.Command), CommandLine(right.Command)),
            .. Named("Env", left.Environment, right.Environment),
            .. Named("ExposedPort", Set(left.ExposedPorts), Set(right.ExposedPorts)),
            .. Named("Volume", Set(left.Volumes), Set(right.Volumes)),
            .. Single("StopSignal", left.StopSignal, right.StopSignal),
            .. Single("Healthcheck", HealthCheck(left.HealthCheck), HealthCheck(right.HealthCheck)),
            .. Single("Shell", CommandLine(left.Shell), CommandLine(right.Shell)),
            .. Single("OnBuild", string.Join("; ", left.OnBuild), string.Join("; ", right.OnBuild)),
            .. Single("Author", left.Author, right.Author),
            .. Named("Label", left.Labels, right.Labels),
        ];
    }

    // Quoted as exec form has it, so that ["a b"] and ["a", "b"] differ.
    private static string CommandLine(IReadOnlyList<string> parts) => string.Join(
        ' ',
        parts.Select(part => part.Length > 0 && !part.AsSpan().ContainsAny(" \t\"\\")
            ? part
            : $"\"{part.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal)}\""));

    // As a Dockerfile has it: the options, then the command.
    private static string HealthCheck(ImageHealthCheck? check)
    {
        if (check is null)
        {
            return string.Empty;
        }

        (string Name, object? Value)[] options =
        [
            ("interval", check.Interval?.TotalSeconds), ("timeout", check.Timeout?.TotalSeconds),
            ("start-period", check.StartPeriod?.TotalSeconds), ("start-interval", check.StartInterval?.TotalSeconds),
        ];
        return string.Join(
            ' ',
            [
                .. options.Where(option => option.Value is not null)
                    .Select(option => string.Create(CultureInfo.InvariantCulture, $"--{option.Name}={option.Value}s")),
                .. check.Retries is { } retries ? [string.Create(CultureInfo.InvariantCulture, $"--retries={retries}")] : Array.Empty<string>(),
                CommandLine(check.Test),
            ]);
    }

    private static Dictionary<string, string> Set(IReadOnlyList<string> names) =>
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
