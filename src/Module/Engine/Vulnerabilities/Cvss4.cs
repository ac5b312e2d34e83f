namespace GoCross.Vulnerabilities;

/// <summary>
/// Scores CVSS 4.0 (first.org/cvss/v4.0/specification-document, 8.2): a vector belongs to one of 270 sets that experts have
/// ranked, and lies in it as far below the highest as its metrics do.
/// </summary>
internal static class Cvss4
{
    // In tenths, by equivalence sets: EQ1, EQ2, EQ3 with EQ6 (00, 01, 10, 11, 21), EQ4, EQ5 (specification, Table 24 to 30).
    private static readonly byte[] Scores =
    [
        100, 98, 95, 100, 93, 91, 93, 89, 81, 99, 95, 92, 96, 87, 81, 90, 80, 68, 98, 95, 90, 93, 89, 81, 88, 78, 69,
        95, 92, 84, 92, 81, 65, 80, 70, 48, 92, 82, 72, 79, 69, 50, 69, 55, 27,
        99, 95, 92, 95, 90, 84, 92, 82, 72, 97, 92, 85, 91, 83, 71, 81, 71, 53, 95, 92, 85, 92, 80, 70, 84, 71, 50,
        93, 85, 73, 82, 72, 59, 70, 52, 30, 86, 75, 52, 71, 52, 29, 63, 29, 17,
        98, 94, 91, 94, 86, 77, 87, 74, 63, 95, 87, 81, 89, 74, 64, 75, 63, 49, 94, 88, 76, 86, 74, 59, 72, 57, 52,
        89, 77, 67, 76, 58, 50, 57, 52, 25, 83, 70, 54, 65, 58, 26, 53, 21, 13,
        95, 88, 76, 90, 75, 61, 77, 68, 52, 90, 76, 70, 77, 62, 53, 66, 59, 30, 89, 76, 62, 74, 57, 47, 61, 57, 24,
        78, 67, 58, 59, 57, 23, 52, 29, 16, 71, 59, 30, 58, 26, 15, 23, 13, 6,
        93, 86, 75, 86, 74, 56, 70, 52, 40, 87, 72, 58, 74, 61, 34, 54, 40, 22, 85, 74, 62, 72, 55, 46, 53, 34, 19,
        75, 55, 51, 57, 41, 19, 36, 19, 8, 64, 51, 20, 47, 21, 11, 24, 9, 4,
        88, 73, 60, 73, 59, 41, 54, 45, 20, 75, 53, 50, 55, 40, 20, 43, 22, 11, 75, 58, 40, 61, 48, 20, 46, 17, 8,
        55, 45, 21, 51, 18, 9, 18, 7, 2, 53, 24, 14, 24, 12, 5, 10, 3, 1,
    ];

    private static readonly string[] Base = ["AV", "AC", "AT", "PR", "UI", "VC", "VI", "VA", "SC", "SI", "SA"];

    // The highest vectors of each set, of which one is above every other in it.
    private static readonly string[][] Highest1 = [["AV:N PR:N UI:N"], ["AV:A PR:N UI:N", "AV:N PR:L UI:N", "AV:N PR:N UI:P"], ["AV:P PR:N UI:N", "AV:A PR:L UI:P"]];
    private static readonly string[][] Highest2 = [["AC:L AT:N"], ["AC:H AT:N", "AC:L AT:P"]];
    private static readonly string[][] Highest36 =
    [
        ["VC:H VI:H VA:H CR:H IR:H AR:H"],
        ["VC:H VI:H VA:L CR:M IR:M AR:H", "VC:H VI:H VA:H CR:M IR:M AR:M"],
        ["VC:L VI:H VA:H CR:H IR:H AR:H", "VC:H VI:L VA:H CR:H IR:H AR:H"],
        ["VC:L VI:H VA:L CR:H IR:M AR:H", "VC:L VI:H VA:H CR:H IR:M AR:M", "VC:H VI:L VA:H CR:M IR:H AR:M", "VC:H VI:L VA:L CR:M IR:H AR:H", "VC:L VI:L VA:H CR:H IR:H AR:M"],
        ["VC:L VI:L VA:L CR:H IR:H AR:H"],
    ];
    private static readonly string[][] Highest4 = [["SC:H SI:S SA:S"], ["SC:H SI:H SA:H"], ["SC:L SI:L SA:L"]];

    private static readonly string[] Impacts = ["VC", "VI", "VA", "SC", "SI", "SA"];

    // How many steps it is from the highest to below the lowest.
    private static readonly int[] Depth1 = [1, 4, 5];
    private static readonly int[] Depth2 = [1, 2];
    private static readonly int[] Depth36 = [7, 6, 8, 8, 10];
    private static readonly int[] Depth4 = [6, 5, 4];

    /// <summary>The score of a vector's metrics; null where one of the base metrics is missing or none.</summary>
    /// <param name="metrics">The metrics by their names.</param>
    internal static double? Score(IReadOnlyDictionary<string, string> metrics)
    {
        foreach (string metric in Base)
        {
            if (Level(metric, Value(metric)) < 0)
            {
                return null;
            }
        }

        if (Impacts.All(metric => Value(metric) == "N"))
        {
            return 0;
        }

        bool Is(string metric, string value) => Value(metric) == value;
        int open = (Is("AV", "N") ? 1 : 0) + (Is("PR", "N") ? 1 : 0) + (Is("UI", "N") ? 1 : 0);
        int eq1 = open == 3 ? 0 : open > 0 && !Is("AV", "P") ? 1 : 2;
        int eq2 = Is("AC", "L") && Is("AT", "N") ? 0 : 1;
        int eq3 = Is("VC", "H") && Is("VI", "H") ? 0 : Is("VC", "H") || Is("VI", "H") || Is("VA", "H") ? 1 : 2;
        int eq6 = (Is("CR", "H") && Is("VC", "H")) || (Is("IR", "H") && Is("VI", "H")) || (Is("AR", "H") && Is("VA", "H")) ? 0 : 1;
        int eq36 = eq3 == 2 ? 4 : (2 * eq3) + eq6;
        int eq4 = Is("SI", "S") || Is("SA", "S") ? 0 : Is("SC", "H") || Is("SI", "H") || Is("SA", "H") ? 1 : 2;
        int eq5 = Value("E") switch { "P" => 1, "U" => 2, _ => 0 };
        int score = At(eq1, eq2, eq36, eq4, eq5)!.Value;

        // Below 00 lie 01 and 10: the higher counts. Below 01 and 10 lies 11, below 11 lies 21.
        int? below36 = eq36 switch
        {
            0 => Math.Max(At(eq1, eq2, 1, eq4, eq5)!.Value, At(eq1, eq2, 2, eq4, eq5)!.Value),
            1 or 2 => At(eq1, eq2, 3, eq4, eq5),
            3 => At(eq1, eq2, 4, eq4, eq5),
            _ => null,
        };
        double sum = 0;
        int count = 0;
        Add(At(eq1 + 1, eq2, eq36, eq4, eq5), Highest1[eq1], Depth1[eq1]);
        Add(At(eq1, eq2 + 1, eq36, eq4, eq5), Highest2[eq2], Depth2[eq2]);
        Add(below36, Highest36[eq36], Depth36[eq36]);
        Add(At(eq1, eq2, eq36, eq4 + 1, eq5), Highest4[eq4], Depth4[eq4]);
        count += At(eq1, eq2, eq36, eq4, eq5 + 1) is null ? 0 : 1;
        double tenths = score - (count == 0 ? 0 : sum / count);
        return Math.Floor(Math.Clamp(tenths, 0, 100) + 0.5 + 1e-9) / 10;

        void Add(int? below, string[] highest, int depth)
        {
            if (below is { } next)
            {
                count++;
                sum += (score - next) * (double)Distance(highest) / depth;
            }
        }

        // From the first of the highest vectors that is above this one in every metric.
        int Distance(string[] highest)
        {
            foreach (string vector in highest)
            {
                int total = 0;
                bool isAbove = true;
                foreach (string part in vector.Split(' '))
                {
                    string metric = part[..2];
                    int distance = Level(metric, Value(metric)) - Level(metric, part[3..]);
                    isAbove &= distance >= 0;
                    total += distance;
                }

                if (isAbove)
                {
                    return total;
                }
            }

            return 0;
        }

        // What the environment changes counts instead; what is not defined is the worst.
        string Value(string metric) =>
            metrics.TryGetValue("M" + metric, out string? modified) && modified != "X" ? modified
            : metrics.TryGetValue(metric, out string? value) && value != "X" ? value
            : metric switch { "E" => "A", "CR" or "IR" or "AR" => "H", _ => string.Empty };
    }

    private static int? At(int eq1, int eq2, int eq36, int eq4, int eq5) =>
        eq1 > 2 || eq2 > 1 || eq4 > 2 || eq5 > 2 ? null : Scores[(((((((eq1 * 2) + eq2) * 5) + eq36) * 3) + eq4) * 3) + eq5];

    // From the most severe on.
    private static int Level(string metric, string value) => (metric switch
    {
        "AV" => "NALP",
        "AC" => "LH",
        "AT" => "NP",
        "PR" => "NLH",
        "UI" => "NPA",
        "CR" or "IR" or "AR" => "HML",
        "SC" or "SI" or "SA" => "SHLN",
        _ => "HLN",
    }).IndexOf(value, StringComparison.Ordinal) is var level && value.Length == 1 ? level : -1;
}
