using System.Globalization;
using System.Text.Json;
using GoCross.Sizes;

namespace GoCross.Tests.Sizes;

/// <summary>The layout of treemaps, beside that of d3-hierarchy.</summary>
public sealed class TreemapTests
{
    private const string D3 = "artifacts/tools/d3-hierarchy/dist/d3-hierarchy.mjs";

    /// <summary>Lays out as the page does: squarified, no padding, the values in the order in which they are given.</summary>
    private const string Script = """
        import(process.argv[1]).then(d3 => {
          const [values, width, height] = JSON.parse(process.argv[2]);
          const root = d3.hierarchy({ children: values.map(value => ({ value })) }).sum(d => d.value || 0);
          d3.treemap().tile(d3.treemapSquarify).size([width, height])(root);
          console.log(JSON.stringify(root.children.map(d => [d.x0, d.y0, d.x1 - d.x0, d.y1 - d.y0])));
        });
        """;

    [ToolTheory("node", D3)]
    [InlineData(6, 1200, 640)]
    [InlineData(1, 10, 10)]
    [InlineData(40, 100, 900)]
    [InlineData(200, 1200, 640)]
    public void Tiles_are_where_d3_puts_them(int count, double width, double height)
    {
        var random = new Random(count);
        double[] values = [.. Enumerable.Range(0, count).Select(_ => Math.Ceiling(Math.Pow(random.NextDouble(), 4) * 1e6)).OrderDescending()];

        TreemapTile[] tiles = Treemap.Squarify(values, new TreemapTile(0, 0, width, height));

        string output = Programs.Output("node", ["-e", Script, Tools.Require(D3), JsonSerializer.Serialize(new object[] { values, width, height })]);
        double[][] expected = JsonSerializer.Deserialize<double[][]>(output)!;
        Assert.Equal(expected.Length, tiles.Length);
        Assert.All(expected.Zip(tiles), pair =>
        {
            Assert.Equal(pair.First[0], pair.Second.Left, tolerance: 0.001);
            Assert.Equal(pair.First[1], pair.Second.Top, tolerance: 0.001);
            Assert.Equal(pair.First[2], pair.Second.Width, tolerance: 0.001);
            Assert.Equal(pair.First[3], pair.Second.Height, tolerance: 0.001);
        });
    }

    // By hand: figure 4 of Bruls, Huizing and van Wijk, 6 6 4 3 2 2 1 in a rectangle of 6 by 4; d3's wanted ratio is another than
    // the paper's 1, so that only what holds for each is asked.
    [Fact]
    public void Areas_are_as_the_values_are()
    {
        double[] values = [6, 6, 4, 3, 2, 2, 1];
        TreemapTile[] tiles = Treemap.Squarify(values, new TreemapTile(0, 0, 6, 4));
        Assert.All(values.Zip(tiles), pair => Assert.Equal(pair.First, pair.Second.Width * pair.Second.Height, 9));
        Assert.All(tiles, tile => Assert.True(tile.Left >= 0 && tile.Top >= 0 && tile.Left + tile.Width <= 6.000001 && tile.Top + tile.Height <= 4.000001));
    }

    [Fact]
    public void Nothing_and_zeros_take_no_room()
    {
        Assert.Empty(Treemap.Squarify([], new TreemapTile(0, 0, 1, 1)));
        Assert.All(
            Treemap.Squarify([5, 0, 0], new TreemapTile(0, 0, 10, 10)).Skip(1),
            tile => Assert.Equal("0", (tile.Width * tile.Height).ToString(CultureInfo.InvariantCulture)));
    }
}
