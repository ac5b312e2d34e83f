using GoCross.Builds;
using GoCross.Errors;
using GoCross.Names;
using GoCross.Targets;

namespace GoCross.Tests.Builds;

public sealed class BuildTargetsTests
{
    private static readonly GoTarget[] Known =
    [
        new("darwin", "arm64", true, true),
        new("js", "wasm", false, false),
        new("linux", "386", true, true),
        new("linux", "amd64", true, true),
        new("linux", "arm", true, true),
        new("linux", "arm64", true, true),
        new("linux", "riscv64", true, false),
        new("windows", "amd64", true, true),
    ];

    // The values are those of go help environment.
    [Theory]
    [InlineData("linux/amd64", "GOAMD64", "v1", "linux/amd64")]
    [InlineData("linux/amd64/v3", "GOAMD64", "v3", "linux/amd64/v3")]
    [InlineData("Linux/AMD64", "GOAMD64", "v1", "linux/amd64")]
    [InlineData("linux/arm", "GOARM", "7", "linux/arm")]
    [InlineData("linux/arm/v6", "GOARM", "6", "linux/arm/v6")]
    [InlineData("linux/arm/6", "GOARM", "6", "linux/arm/v6")]
    [InlineData("linux/arm/7,softfloat", "GOARM", "7,softfloat", "linux/arm/v7,softfloat")]
    [InlineData("linux/arm64", "GOARM64", "v8.0", "linux/arm64")]
    [InlineData("linux/arm64/v8", "GOARM64", "v8.0", "linux/arm64/v8.0")]
    [InlineData("linux/arm64/v9.2,lse", "GOARM64", "v9.2,lse", "linux/arm64/v9.2,lse")]
    [InlineData("linux/386/softfloat", "GO386", "softfloat", "linux/386/softfloat")]
    [InlineData("linux/riscv64/rva22u64", "GORISCV64", "rva22u64", "linux/riscv64/rva22u64")]
    public void A_target_sets_its_variables_whether_a_variant_is_given_or_not(
        string text, string variable, string value, string name)
    {
        BuildTarget target = Assert.Single(BuildTargets.Parse([text], Known));

        Dictionary<string, string> variables = new(target.Variables());
        string[] parts = name.Split('/');
        Assert.Equal(parts[0], variables["GOOS"]);
        Assert.Equal(parts[1], variables["GOARCH"]);
        Assert.Equal(value, variables[variable]);
        Assert.Equal(name, target.Name);
    }

    // What uname -m, Debian and Windows call them; containerd's platforms (database.go) takes the same.
    [Theory]
    [InlineData("linux/aarch64", "linux/arm64")]
    [InlineData("linux/x86_64", "linux/amd64")]
    [InlineData("windows/x64", "windows/amd64")]
    [InlineData("linux/i386", "linux/386")]
    [InlineData("linux/x86", "linux/386")]
    [InlineData("linux/armhf", "linux/arm/v7")]
    [InlineData("linux/armv7l", "linux/arm/v7")]
    [InlineData("linux/armv6/v5", "linux/arm/v5")]
    [InlineData("linux/aarch64/v8.2", "linux/arm64/v8.2")]
    public void An_architecture_may_have_its_other_names(string text, string name) =>
        Assert.Equal(name, Assert.Single(BuildTargets.Parse([text], Known)).Name);

    [Theory]
    [InlineData("arm64", "linux/arm64")]
    [InlineData("aarch64", "linux/arm64")]
    [InlineData("armv7", "linux/arm/v7")]
    [InlineData("wasm", "js/wasm")]
    public void An_architecture_alone_is_led_to_a_target(string text, string name)
    {
        GoCrossException error = Assert.Throws<GoCrossException>(() => BuildTargets.Parse([text], Known));
        Assert.Equal("TargetWithoutSystem", error.ErrorId);
        Assert.Contains($" {name},", error.Fix, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("linux/aarch", "linux/arm64")]
    [InlineData("aarch64", "linux/arm64 darwin/arm64")]
    [InlineData("linux/x86_", "linux/amd64")]
    [InlineData("linux/armv7", "linux/arm/v7")]
    [InlineData("amd", "linux/amd64 windows/amd64")]
    [InlineData("linux/nonsense", "")]
    public void A_word_that_begins_another_name_becomes_a_target(string word, string names) =>
        Assert.Equal(names, string.Join(' ', BuildTargets.Suggest(word, Known).Select(suggestion => suggestion.Text)));

    [Fact]
    public void A_pattern_stands_for_all_targets_that_it_matches_and_none_comes_twice()
    {
        string[] names = [.. BuildTargets.Parse(["linux/arm*", "linux/arm64", "*/wasm"], Known).Select(target => target.Name)];

        Assert.Equal(["linux/arm", "linux/arm64", "js/wasm"], names);
    }

    [Theory]
    [InlineData("linux/amd46", "linux/amd64")]
    [InlineData("linux/arm46", "linux/arm64")]
    [InlineData("lunix/riscv64", "linux/riscv64")]
    [InlineData("darwin/arm46", "darwin/arm64")]
    [InlineData("window/amd64", "windows/amd64")]
    public void An_unknown_target_is_told_with_the_nearest_name_first(string text, string nearest)
    {
        GoCrossException e = Assert.Throws<GoCrossException>(() => BuildTargets.Parse([text], Known));

        Assert.Equal("TargetUnknown", e.ErrorId);
        Assert.Contains(text, e.Message, StringComparison.Ordinal);
        Assert.Contains($"names are {nearest},", e.Fix, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("linux", "TargetMalformed")]
    [InlineData("linux/", "TargetMalformed")]
    [InlineData("linux/arm/v7/x", "TargetMalformed")]
    [InlineData("beos/*", "TargetNoMatch")]
    [InlineData("linux/amd64/v5", "TargetVariantUnknown")]
    [InlineData("linux/arm/v8", "TargetVariantUnknown")]
    [InlineData("js/wasm/v1", "TargetHasNoVariants")]
    public void A_text_that_is_no_target_is_refused(string text, string errorId) =>
        Assert.Equal(errorId, Assert.Throws<GoCrossException>(() => BuildTargets.Parse([text], Known)).ErrorId);

    // Distances counted by hand.
    [Theory]
    [InlineData("", "", 0)]
    [InlineData("abc", "", 3)]
    [InlineData("linux/amd46", "linux/amd64", 1)]
    [InlineData("kitten", "sitting", 3)]
    [InlineData("ca", "abc", 3)]
    public void The_distance_of_names_counts_edits(string first, string second, int expected)
    {
        Assert.Equal(expected, EditDistance.Between(first, second));
        Assert.Equal(expected, EditDistance.Between(second, first));
    }

    [ToolFact("go")]
    public async Task The_toolchain_s_targets_are_those_that_go_lists()
    {
        GoToolchain toolchain = await GoToolchain.FindAsync(null, Path.GetTempPath(), CancellationToken.None);

        string[] expected = Programs.Output("go", ["tool", "dist", "list"]).Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal(expected, toolchain.Targets.Select(target => target.Name));
        Assert.Equal(Programs.Output("go", ["env", "GOVERSION"]).Trim(), toolchain.Version);
        Assert.Equal(Programs.Output("go", ["env", "GOROOT"]).Trim(), toolchain.Root);
        Assert.True(toolchain.Targets.Single(target => target.Name == "linux/amd64") is { FirstClass: true, CgoSupported: true });
        Assert.False(toolchain.Targets.Single(target => target.Name == "js/wasm").CgoSupported);
    }

    [ToolFact("go")]
    public async Task Go_takes_every_default_of_a_variant()
    {
        // go version refuses to start with a value that it does not know.
        GoToolchain toolchain = await GoToolchain.FindAsync(null, Path.GetTempPath(), CancellationToken.None);
        foreach (GoTarget known in toolchain.Targets.DistinctBy(target => target.Architecture))
        {
            BuildTarget target = Assert.Single(BuildTargets.Parse([known.Name], toolchain.Targets));
            var variables = target.Variables().ToDictionary(pair => pair.Key, pair => (string?)pair.Value);
            Programs.Output("go", ["list", "-e", "-find", "runtime"], environment: variables);
        }
    }
}
