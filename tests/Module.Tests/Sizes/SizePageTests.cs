using System.Globalization;
using System.Net;
using System.Text.RegularExpressions;
using GoCross.Sizes;

namespace GoCross.Tests.Sizes;

/// <summary>The page of Measure-GoBinary has the numbers of its objects, and needs nothing but itself.</summary>
[Trait("Speed", "Slow")]
public sealed partial class SizePageTests(SizedPrograms programs) : IClassFixture<SizedPrograms>
{
    [ToolFact("go")]
    public void Every_byte_is_in_the_map_once_and_packages_have_their_numbers()
    {
        MeasuredBinary binary = MeasuredBinary.Read(programs.Build("go", "linux-amd64"));

        string page = SizePage.Of([binary]);

        var tiles = Tile().Matches(page)
            .Select(match => (Name: WebUtility.HtmlDecode(match.Groups[1].Value), Length: long.Parse(match.Groups[2].Value, CultureInfo.InvariantCulture)))
            .ToArray();
        Assert.Equal(binary.Length, tiles.Sum(tile => tile.Length));
        Dictionary<string, long> shares = binary.Shares(SizeDimension.Package).ToDictionary(share => share.Name, share => share.Length);
        Assert.All(tiles.Where(tile => shares.ContainsKey(tile.Name)), tile => Assert.Equal(shares[tile.Name], tile.Length));
        Assert.True(tiles.Count(tile => shares.ContainsKey(tile.Name)) > 40);
        Assert.All(binary.Shares(SizeDimension.Kind), kind => Assert.Contains(
            kind.Length.ToString("#,0", CultureInfo.InvariantCulture).Replace(',', '\u202f') + " B", page, StringComparison.Ordinal));
    }

    [ToolFact("go")]
    public void It_stands_alone_and_can_be_used_with_a_keyboard()
    {
        string page = SizePage.Of([MeasuredBinary.Read(programs.Build("go", "linux-amd64", "-s"))]);

        Assert.DoesNotMatch("(?i)(src|href)=.?(https?:)?//|@import|url\\(|fetch\\(|XMLHttpRequest", page);
        Assert.Contains("default-src 'none'", page, StringComparison.Ordinal);
        Assert.Contains("prefers-color-scheme: dark", page, StringComparison.Ordinal);

        // Tab stops at one tile of the map: the arrow keys do the rest.
        Assert.Single(Regex.Matches(page, "class=\"tile\"[^>]*tabindex=\"0\""));
    }

    [GeneratedRegex("class=\"tile\"[^>]*? data-name=\"([^\"]*)\" data-length=\"(\\d+)\"")]
    private static partial Regex Tile();
}
