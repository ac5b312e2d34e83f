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

    /// <summary>What the rule of a report asks: a gate's, or that of builds and runs.</summary>
    internal static string DescriptionOf(string rule) => rule switch
    {
        ReportCase.Build => Texts.ReportBuild,
        ReportCase.Run => Texts.ReportRun,
        _ => DescriptionOf(Enum.Parse<GateRule>(rule)),
    };

    /// <summary>Paths of a gate, and a line for those that are too many.</summary>
    internal static IEnumerable<string> Paths(IReadOnlyList<string> paths) => paths.Count <= MaxPaths
        ? paths
        : paths.Take(MaxPaths).Append(TextFormat.Fill(Texts.GateMorePaths, paths.Count - MaxPaths));
}
