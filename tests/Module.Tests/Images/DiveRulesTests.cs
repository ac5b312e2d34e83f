using GoCross.Errors;
using GoCross.Files;
using GoCross.Gates;
using GoCross.Images;
using GoCross.Isolated;

namespace GoCross.Tests.Images;

/// <summary>
/// .dive-ci as dive reads it (wagoodman/dive d6c6919, options/ci.go, ci/rules.go; dustin/go-humanize, ParseBytes): what is
/// not there is the default, 0.9, off and 0.1.
/// </summary>
public sealed class DiveRulesTests : IDisposable
{
    private readonly TemporaryDirectory _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("rules:\n  lowestEfficiency: 0.95\n  highestWastedBytes: 20MB\n  highestUserWastedPercent: 0.20\n", 0.95, 20_000_000L, 0.2)]
    [InlineData("---\nplugins:\n  - plugin1\n\nrules:\n  # a comment\n  lowestEfficiency: 0.95\n  highestWastedBytes: 20Mb\n  highestUserWastedPercent: 0.5\n\n  plugin1/rule1: error\n", 0.95, 20_000_000L, 0.5)]
    [InlineData("", 0.9, null, 0.1)]
    [InlineData("# nothing\n", 0.9, null, 0.1)]
    [InlineData("null", 0.9, null, 0.1)]
    [InlineData("other: 1\n", 0.9, null, 0.1)]
    [InlineData("rules:\n", 0.9, null, 0.1)]
    [InlineData("rules: {}\n", 0.9, null, 0.1)]
    [InlineData("rules: {lowestEfficiency: '0.5', \"highestWastedBytes\": 7}", 0.5, 7L, 0.1)]
    [InlineData("rules:\n  lowestEfficiency:\n  highestUserWastedPercent: ~\n", 0.9, null, 0.1)]
    [InlineData("rules:\n  lowestEfficiency: disabled\n  highestWastedBytes: off\n  highestUserWastedPercent: False\n", null, null, null)]
    [InlineData("rules:\n  lowestEfficiency: ''\n  highestUserWastedPercent: ' OFF '\n", null, null, null)]
    [InlineData("rules:\n  lowestEfficiency: &a 0.25\n  highestUserWastedPercent: *a\n", 0.25, null, 0.25)]
    [InlineData("x: &a 0.25\nrules:\n  ? [odd, key]\n  : 3\n  lowestEfficiency: *a\n", 0.25, null, 0.1)]
    [InlineData("rules:\n  lowestEfficiency: 1e-1\n", 0.1, null, 0.1)]
    public void Rules_are_read_as_dive_reads_them(string text, double? lowest, long? wasted, double? percent)
    {
        DiveRules rules = Read(text);

        Assert.Equal((lowest, wasted, percent), (rules.LowestEfficiency, rules.HighestWastedBytes, rules.HighestUserWastedPercent));
    }

    [Theory]
    [InlineData("0", 0L)]
    [InlineData("42", 42L)]
    [InlineData("42 B", 42L)]
    [InlineData("1.5kB", 1500L)]
    [InlineData("1.5 KiB", 1536L)]
    [InlineData("2k", 2000L)]
    [InlineData("2Ki", 2048L)]
    [InlineData("1,000 mb", 1_000_000_000L)]
    [InlineData("1GiB", 1L << 30)]
    [InlineData("3tb", 3_000_000_000_000L)]
    [InlineData("10EB", long.MaxValue)]
    public void Sizes_have_the_units_of_the_SI_and_those_of_1024(string text, long bytes) =>
        Assert.Equal(bytes, Read($"rules:\n  highestWastedBytes: {text}\n").HighestWastedBytes);

    [Theory]
    [InlineData("rules:\n  lowestEfficiency: much\n", "line 2: lowestEfficiency has \"much\"")]
    [InlineData("rules:\n  lowestEfficiency: 1.1\n", "0 to 1 is allowed")]
    [InlineData("rules:\n\n  highestUserWastedPercent: -0.1\n", "line 3: highestUserWastedPercent")]
    [InlineData("rules:\n  lowestEfficiency: [0.9]\n", "is not a number")]
    [InlineData("rules:\n  highestWastedBytes: 20XB\n", "not a size")]
    [InlineData("rules:\n  highestWastedBytes: MB\n", "not a size")]
    [InlineData("rules:\n  highestWastedBytes: -5MB\n", "not a size")]
    [InlineData("rules:\n  highestWastedBytes: 99999EB\n", "too large")]
    [InlineData("rules:\n  - lowestEfficiency: 1\n", "\"rules\" is not a mapping")]
    [InlineData("just text", "not a mapping")]
    [InlineData("rules:\n  lowestEfficiency: 1\n  lowestEfficiency: 0\n", "twice")]
    [InlineData("rules: {}\nrules: {}\n", "twice")]
    [InlineData("rules: {\n", "line ")]
    [InlineData("rules:\n\tlowestEfficiency: 1\n", "line ")]
    public void What_cannot_be_read_is_an_error_that_says_where(string text, string expected)
    {
        GoCrossException error = Assert.Throws<GoCrossException>(() => Read(text));

        Assert.Equal(("RuleFileInvalid", ErrorKind.InvalidData), (error.ErrorId, error.Kind));
        Assert.Contains(expected, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_rule_that_dive_passes_over_is_mentioned()
    {
        string warning = Assert.Single(Read("rules:\n  lowest-efficiency: 0.99\n  lowestEfficiency: 0.5\n").Warnings);

        Assert.Contains("\"lowest-efficiency\" in line 2", warning, StringComparison.Ordinal);
    }

    [Fact]
    public void Depth_and_length_are_no_danger()
    {
        // 400,000 brackets, which a reader that recurses dies of, and one that goes over all open ones takes hours for; and a
        // file that is too long.
        string deep = "rules: {x: " + new string('[', 400_000) + new string(']', 400_000) + "}";
        string bare = new('[', 400_000);

        foreach (string text in (string[])[deep, bare, "#" + new string('x', 1 << 20)])
        {
            Assert.Equal("RuleFileInvalid", Assert.Throws<GoCrossException>(() => Read(text)).ErrorId);
        }

        Assert.Equal(0.9, Read("rules: {x: " + new string('[', 90) + new string(']', 90) + "}").LowestEfficiency);
    }

    [Fact]
    public void What_is_no_file_is_an_error()
    {
        Assert.Equal("PathNotFound", Assert.Throws<GoCrossException>(() => DiveRules.Read(Path.Combine(_folder.Path, "none"), new IsolatedLibraries())).ErrorId);
        Assert.Equal("PathIsDirectory", Assert.Throws<GoCrossException>(() => DiveRules.Read(_folder.Path, new IsolatedLibraries())).ErrorId);
    }

    private DiveRules Read(string text)
    {
        string path = Path.Combine(_folder.Path, ".dive-ci");
        File.WriteAllText(path, text);
        return DiveRules.Read(path, new IsolatedLibraries());
    }
}
