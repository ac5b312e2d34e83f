using System.Globalization;
using System.Resources;
using GoCross.Formatting;

namespace GoCross.Reports;

/// <summary>What reports say of gates.</summary>
internal static class GateText
{
    /// <summary>How many paths of a gate a report names.</summary>
    internal const int MaxPaths = 100;

    /// <summary>A gate's name among those of an image: of forbidden paths each pattern is one.</summary>
    internal static string NameOf(GateResult result) =>
        result.Rule == GateRule.ForbiddenPath ? $"{result.Rule} {result.Limit}" : result.Rule.ToString();

    /// <summary>What a rule asks.</summary>
    internal static string DescriptionOf(GateRule rule) => Of(rule, string.Empty);

    /// <summary>The text of a rule, or of how it went, with values in it.</summary>
    internal static string Of(GateRule rule, string outcome, params object?[] values)
    {
        string name = $"Gate{rule}{outcome}";
        string format = Texts.ResourceManager.GetString(name, CultureInfo.CurrentUICulture)
            ?? throw new MissingManifestResourceException($"There is no text named {name}.");
        return string.Format(CultureInfo.CurrentCulture, format, values);
    }

    /// <summary>The paths of a gate, and a line for those that are too many.</summary>
    internal static IEnumerable<string> Paths(GateResult result) => result.Paths.Count <= MaxPaths
        ? result.Paths
        : result.Paths.Take(MaxPaths).Append(TextFormat.Fill(Texts.GateMorePaths, result.Paths.Count - MaxPaths));
}
