using System.Collections.Frozen;
using System.Globalization;
using GoCross.ContainerEngines;
using GoCross.Errors;
using GoCross.Files;
using GoCross.Formatting;

namespace GoCross.Gates;

/// <summary>
/// The limits in a file .dive-ci, read as dive reads it (wagoodman/dive d6c6919, options/ci.go and ci/rules.go): the
/// mapping "rules" with lowestEfficiency, highestWastedBytes and highestUserWastedPercent. A name that is not there has
/// dive's default; "disabled", "off", "false" and an empty text turn a rule off.
/// </summary>
public sealed record DiveRules
{
    private const int MaxFileLength = 1 << 20;
    private const string Section = "rules";
    private const string LowestEfficiencyName = "lowestEfficiency";
    private const string HighestWastedBytesName = "highestWastedBytes";
    private const string HighestUserWastedPercentName = "highestUserWastedPercent";

    // dustin/go-humanize, ParseBytes: the units of the SI, and those with an i of 1024. No unit is bytes.
    private static readonly FrozenDictionary<string, double> Units = new[] { "", "k", "m", "g", "t", "p", "e" }
        .SelectMany((prefix, power) => prefix.Length == 0
            ? new[] { ("", 1.0), ("b", 1.0) }
            : [
                (prefix, Math.Pow(1000, power)), (prefix + "b", Math.Pow(1000, power)),
                (prefix + "i", Math.Pow(1024, power)), (prefix + "ib", Math.Pow(1024, power)),
            ])
        .ToFrozenDictionary(unit => unit.Item1, unit => unit.Item2);

    /// <summary>The lowest efficiency, from 0 to 1; null where the rule is off.</summary>
    public double? LowestEfficiency { get; init; } = 0.9;

    /// <summary>The most wasted bytes; null where the rule is off, as it is by default.</summary>
    public long? HighestWastedBytes { get; init; }

    /// <summary>The highest ratio of wasted bytes, from 0 to 1; null where the rule is off.</summary>
    public double? HighestUserWastedPercent { get; init; } = 0.1;

    /// <summary>What the reader should know: names of rules that dive passes over, for example.</summary>
    public IReadOnlyList<string> Warnings { get; init; } = [];

    /// <summary>Reads a file.</summary>
    /// <param name="path">Its full path.</param>
    /// <param name="libraries">What reads YAML.</param>
    /// <exception cref="GoCrossException">PathNotFound; PathIsDirectory; PathIsSpecial; RuleFileInvalid.</exception>
    /// <exception cref="IOException">The file cannot be read.</exception>
    /// <exception cref="UnauthorizedAccessException">The file may not be read.</exception>
    public static DiveRules Read(string path, IIsolatedLibraries libraries)
    {
        if (Directory.Exists(path))
        {
            throw GoCrossException.Create(ErrorKind.InvalidArgument, nameof(Messages.PathIsDirectory), path);
        }

        if (!File.Exists(path))
        {
            throw GoCrossException.Create(ErrorKind.NotFound, nameof(Messages.PathNotFound), path);
        }

        if (SpecialFile.Is(path))
        {
            throw GoCrossException.Create(ErrorKind.InvalidArgument, nameof(Messages.PathIsSpecial), path);
        }

        try
        {
            using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read);
            if (file.Length > MaxFileLength)
            {
                throw new FormatException(string.Create(
                    CultureInfo.CurrentCulture, $"it has {file.Length:N0} bytes, and {MaxFileLength:N0} are the limit"));
            }

            using var text = new StreamReader(file);
            return Of(path, libraries.ReadYamlMapping(text, Section));
        }
        catch (FormatException e)
        {
            throw GoCrossException.Create(e, ErrorKind.InvalidData, nameof(Messages.RuleFileInvalid), path, e.Message);
        }
    }

    private static DiveRules Of(string path, IReadOnlyList<(string Name, string? Text, int Line)> entries)
    {
        var rules = new DiveRules();
        var warnings = new List<string>();
        foreach ((string Name, string? Text, int Line) entry in entries)
        {
            bool isKnown = entry.Name is LowestEfficiencyName or HighestWastedBytesName or HighestUserWastedPercentName;
            if (!isKnown)
            {
                warnings.Add(TextFormat.Fill(Texts.GateRuleUnknown, path, entry.Name, entry.Line));
            }
            else if (entry.Text is not null)
            {
                // A null leaves the default.
                rules = entry.Name switch
                {
                    LowestEfficiencyName => rules with { LowestEfficiency = Ratio(entry) },
                    HighestWastedBytesName => rules with { HighestWastedBytes = Bytes(entry) },
                    _ => rules with { HighestUserWastedPercent = Ratio(entry) },
                };
            }
        }

        return rules with { Warnings = warnings };
    }

    private static bool IsOff((string Name, string? Text, int Line) entry) =>
        entry.Text!.Trim().ToLowerInvariant() is "" or "disabled" or "off" or "false";

    private static double? Ratio((string Name, string? Text, int Line) entry)
    {
        if (IsOff(entry))
        {
            return null;
        }

        return double.TryParse(entry.Text, Style, CultureInfo.InvariantCulture, out double value)
            ? value is >= 0 and <= 1 ? value : throw Failure(entry, $"has {entry.Text}, and 0 to 1 is allowed")
            : throw Failure(entry, $"has \"{entry.Text}\", which is not a number");
    }

    private static long? Bytes((string Name, string? Text, int Line) entry)
    {
        if (IsOff(entry))
        {
            return null;
        }

        string text = entry.Text!;
        int digits = 0;
        while (digits < text.Length && (char.IsAsciiDigit(text[digits]) || text[digits] is '.' or ','))
        {
            digits++;
        }

        string number = text[..digits].Replace(",", string.Empty, StringComparison.Ordinal);
        string unit = text[digits..].Trim().ToLowerInvariant();
        if (!double.TryParse(number, Style, CultureInfo.InvariantCulture, out double value) || !Units.TryGetValue(unit, out double factor))
        {
            throw Failure(entry, $"has \"{text}\", which is not a size like 20MB");
        }

        // No image has more than fits a long: beyond it any limit is none.
        double bytes = value * factor;
        return bytes >= ulong.MaxValue ? throw Failure(entry, $"has \"{text}\", which is too large")
            : bytes >= long.MaxValue ? long.MaxValue
            : (long)bytes;
    }

    private static NumberStyles Style => NumberStyles.AllowDecimalPoint | NumberStyles.AllowExponent | NumberStyles.AllowLeadingSign;

    private static FormatException Failure((string Name, string? Text, int Line) entry, string what) =>
        new(string.Create(CultureInfo.CurrentCulture, $"line {entry.Line}: {entry.Name} {what}"));
}
