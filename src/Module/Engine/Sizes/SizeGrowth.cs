using System.Globalization;
using GoCross.Formatting;
using GoCross.Reports;

namespace GoCross.Sizes;

/// <summary>What grew between two builds of a program.</summary>
public static class SizeGrowth
{
    /// <summary>How many packages a failed gate names.</summary>
    private const int NamedPackages = 5;

    /// <summary>Compares two programs part by part.</summary>
    /// <param name="reference">The program as it was.</param>
    /// <param name="difference">The program as it is.</param>
    /// <param name="by">By what their bytes are summed.</param>
    /// <param name="cancellation">Ends the work.</param>
    /// <returns>
    /// The parts of both, with what they took before; what is gone takes 0 bytes. What grew most comes first. The
    /// differences add up to that of the files.
    /// </returns>
    public static IReadOnlyList<SizeShare> Compare(
        MeasuredBinary reference, MeasuredBinary difference, SizeDimension by, CancellationToken cancellation = default)
    {
        // A module is the same one in another version.
        Dictionary<string, SizeShare> before = ByName(reference.Shares(by, cancellation));
        Dictionary<string, SizeShare> after = ByName(difference.Shares(by, cancellation));
        IEnumerable<SizeShare> gone = before.Values.Where(share => !after.ContainsKey(share.Name)).Select(share => share with
        {
            Path = difference.Path,
            Length = 0,
            Share = 0,
            Code = 0,
            Tables = 0,
            Types = 0,
            LowestSaving = null,
            HighestSaving = null,
            ReferenceLength = share.Length,
        });
        return
        [
            .. after.Values
                .Select(share => share with { ReferenceLength = before.TryGetValue(share.Name, out SizeShare? old) ? old.Length : 0 })
                .Concat(gone)
                .OrderByDescending(share => share.Difference).ThenBy(share => share.Name, StringComparer.Ordinal),
        ];
    }

    /// <summary>Holds a program's growth against a limit.</summary>
    /// <param name="reference">The program as it was.</param>
    /// <param name="difference">The program as it is.</param>
    /// <param name="limit">How many bytes it may have grown; below 0 it has to have shrunk.</param>
    /// <param name="cancellation">Ends the work.</param>
    public static GateResult Test(
        MeasuredBinary reference, MeasuredBinary difference, long limit, CancellationToken cancellation = default)
    {
        long growth = difference.Length - reference.Length;
        bool passed = growth <= limit;
        string[] largest = passed ? [] :
        [
            .. Compare(reference, difference, SizeDimension.Package, cancellation)
                .Where(share => share.Difference > 0).Take(NamedPackages)
                .Select(share => string.Create(CultureInfo.CurrentCulture, $"{share.Name} +{share.Difference}")),
        ];
        return new GateResult
        {
            Image = difference.Path,
            Platform = difference.Platform ?? string.Empty,
            Rule = GateRule.MaximumGrowth,
            Passed = passed,
            Limit = limit,
            Actual = growth,
            Reason = TextFormat.Fill(
                passed ? Texts.SizeGrewWithin : Texts.SizeGrewTooMuch,
                growth.ToString("+0;-0;0", CultureInfo.CurrentCulture),
                reference.Path,
                limit.ToString("+0;-0;0", CultureInfo.CurrentCulture),
                largest.Length > 0 ? string.Join(", ", largest) : Texts.SizeGrewNothing),
        };
    }

    // Two sections may have one name.
    private static Dictionary<string, SizeShare> ByName(IReadOnlyList<SizeShare> shares)
    {
        var byName = new Dictionary<string, SizeShare>(StringComparer.Ordinal);
        foreach (SizeShare share in shares)
        {
            byName[share.Name] = byName.TryGetValue(share.Name, out SizeShare? same)
                ? same with { Length = same.Length + share.Length, Code = same.Code + share.Code, Tables = same.Tables + share.Tables, Types = same.Types + share.Types, Share = same.Share + share.Share }
                : share;
        }

        return byName;
    }
}
