using GoCross.Builds;
using GoCross.Errors;
using GoCross.Targets;

namespace GoCross.Tests.Builds;

public sealed class GoFlagsTests
{
    // The rules are those of Go's cmd/internal/quoted.
    [Theory]
    [InlineData("", new string[0])]
    [InlineData("  -s   -w ", new[] { "-s", "-w" })]
    [InlineData("-X 'main.a=b c'", new[] { "-X", "main.a=b c" })]
    [InlineData("\"it's\" x\"y z", new[] { "it's", "x\"y", "z" })]
    [InlineData("''", new[] { "" })]
    public void Words_are_split_as_go_splits_them(string text, string[] expected)
    {
        Assert.True(GoQuoting.TrySplit(text, out List<string> words));
        Assert.Equal(expected, words);

        Assert.True(GoQuoting.TryJoin(words, out string? joined));
        Assert.True(GoQuoting.TrySplit(joined, out List<string> again));
        Assert.Equal(expected, again);
    }

    [Fact]
    public void A_word_that_is_not_closed_is_refused()
    {
        Assert.False(GoQuoting.TrySplit("-X 'main.a", out _));
        Assert.False(GoQuoting.TryJoin(["it's \"so\""], out _));
        Assert.Equal("FlagsUnclosed", Assert.Throws<GoCrossException>(
            () => new GoFlags(new BuildOptions { LdFlags = "-X 'main.a" }, "")).ErrorId);
    }

    [Fact]
    public void Each_strategy_has_its_tags_and_linker_flags()
    {
        var flags = new GoFlags(new BuildOptions(), "");

        Assert.Empty(flags.TagsFor(BuildStrategy.Static));
        Assert.Equal(["netgo", "osusergo", "sqlite_omit_load_extension"], flags.TagsFor(BuildStrategy.Musl));
        Assert.Equal("-s -w", flags.LinkerFlagsFor(BuildStrategy.Static, "/lib/ld.so", null));
        Assert.Equal("-s -w -linkmode external -extldflags -static", flags.LinkerFlagsFor(BuildStrategy.Musl, "/lib/ld.so", null));
        Assert.Equal("-s -w -I /lib/ld.so", flags.LinkerFlagsFor(BuildStrategy.Glibc, "/lib/ld.so", null));
    }

    [Fact]
    public void What_the_user_says_never_pushes_the_strategy_aside_and_a_parameter_takes_the_place_of_GOFLAGS()
    {
        const string Variable = "-mod=mod -tags=fromenv '-ldflags=-X main.who=me'";
        var options = new BuildOptions { Strip = false, EmbedsTimeZones = true, Defines = [new("main.version", "1.2 3")] };
        var silent = new GoFlags(options, Variable);
        var given = new GoFlags(options with { Tags = ["extra,more"], LdFlags = "-extldflags '-Wl,-z,now -lm' -linkmode=internal" }, Variable);

        Assert.Equal(["fromenv", "timetzdata"], silent.TagsFor(BuildStrategy.Static));
        Assert.Equal(["extra", "more", "timetzdata"], given.TagsFor(BuildStrategy.Static));
        Assert.Equal("-X main.who=me -X \"main.version=1.2 3\"", silent.LinkerFlagsFor(BuildStrategy.Static, null, null));
        Assert.Equal(
            "-linkmode=internal -linkmode external -extldflags \"-static -Wl,-z,now -lm\" -X \"main.version=1.2 3\"",
            given.LinkerFlagsFor(BuildStrategy.Musl, null, null));
    }

    [Fact]
    public void A_loader_that_the_user_names_stays() => Assert.Equal(
        "-s -w -I /nix/ld.so",
        new GoFlags(new BuildOptions { LdFlags = "-I /nix/ld.so" }, "").LinkerFlagsFor(BuildStrategy.Glibc, "/lib/ld.so", null));

    [Theory]
    [InlineData("version")]
    [InlineData("main.")]
    [InlineData(".x")]
    [InlineData("main.a b")]
    public void A_name_that_is_no_variable_is_refused(string name) =>
        Assert.Equal("DefineInvalid", Assert.Throws<GoCrossException>(
            () => new GoFlags(new BuildOptions { Defines = [new(name, "1")] }, "")).ErrorId);
}
