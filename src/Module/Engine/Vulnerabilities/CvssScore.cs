namespace GoCross.Vulnerabilities;

/// <summary>Scores CVSS vectors: 3.0 and 3.1 by the formula of the specification (first.org/cvss/v3.1/specification-document, 7.1), 4.0 by its own.</summary>
internal static class CvssScore
{
    /// <summary>The base score of a vector.</summary>
    /// <param name="vector">The vector, CVSS:3.1/AV:N/...</param>
    /// <returns>Null for what is not a vector of a version that is known.</returns>
    internal static double? Of(string? vector)
    {
        if (vector is null)
        {
            return null;
        }

        string[] parts = vector.Split('/');
        var metrics = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (string part in parts.AsSpan(1))
        {
            string[] pair = part.Split(':');
            if (pair.Length != 2 || !metrics.TryAdd(pair[0], pair[1]))
            {
                return null;
            }
        }

        return parts[0] switch
        {
            "CVSS:3.0" or "CVSS:3.1" => Version3(metrics),
            "CVSS:4.0" => Cvss4.Score(metrics),
            _ => null,
        };
    }

    /// <summary>The word for a score (3.1, 5; 4.0, 6).</summary>
    internal static VulnerabilitySeverity SeverityOf(double score) => score switch
    {
        <= 0 => VulnerabilitySeverity.None,
        < 4 => VulnerabilitySeverity.Low,
        < 7 => VulnerabilitySeverity.Medium,
        < 9 => VulnerabilitySeverity.High,
        _ => VulnerabilitySeverity.Critical,
    };

    /// <summary>The severity of a word that databases use.</summary>
    internal static VulnerabilitySeverity SeverityOf(string? word) => word?.ToUpperInvariant() switch
    {
        "LOW" or "UNIMPORTANT" or "NEGLIGIBLE" => VulnerabilitySeverity.Low,
        "MODERATE" or "MEDIUM" => VulnerabilitySeverity.Medium,
        "HIGH" or "IMPORTANT" => VulnerabilitySeverity.High,
        "CRITICAL" => VulnerabilitySeverity.Critical,
        _ => VulnerabilitySeverity.Unknown,
    };

    private static double? Version3(Dictionary<string, string> metrics)
    {
        bool isChanged = metrics.GetValueOrDefault("S") == "C";
        double? attackVector = Weight("AV", ("N", 0.85), ("A", 0.62), ("L", 0.55), ("P", 0.2));
        double? complexity = Weight("AC", ("L", 0.77), ("H", 0.44));
        double? privileges = isChanged
            ? Weight("PR", ("N", 0.85), ("L", 0.68), ("H", 0.5))
            : Weight("PR", ("N", 0.85), ("L", 0.62), ("H", 0.27));
        double? interaction = Weight("UI", ("N", 0.85), ("R", 0.62));
        double? confidentiality = Impact("C");
        double? integrity = Impact("I");
        double? availability = Impact("A");
        if (!isChanged && metrics.GetValueOrDefault("S") != "U")
        {
            return null;
        }

        double? subscore = 1 - ((1 - confidentiality) * (1 - integrity) * (1 - availability));
        double? impact = isChanged
            ? (7.52 * (subscore - 0.029)) - (3.25 * (subscore is { } value ? Math.Pow(value - 0.02, 15) : null))
            : 6.42 * subscore;
        double? exploitability = 8.22 * attackVector * complexity * privileges * interaction;
        if (impact is not { } known || exploitability is not { } ease)
        {
            return null;
        }

        return known <= 0 ? 0 : RoundUp(Math.Min(isChanged ? 1.08 * (known + ease) : known + ease, 10));

        double? Impact(string metric) => Weight(metric, ("H", 0.56), ("L", 0.22), ("N", 0));

        double? Weight(string metric, params (string Value, double Weight)[] weights)
        {
            string? value = metrics.GetValueOrDefault(metric);
            foreach ((string name, double weight) in weights)
            {
                if (name == value)
                {
                    return weight;
                }
            }

            return null;
        }
    }

    // 3.1, Appendix A: in whole numbers, so that no machine's arithmetic matters.
    private static double RoundUp(double score)
    {
        long whole = (long)Math.Round(score * 100_000, MidpointRounding.AwayFromZero);
        return whole % 10_000 == 0 ? whole / 100_000.0 : ((whole / 10_000) + 1) / 10.0;
    }
}
