using GoCross.Builds;

namespace GoCross.Tests.Builds;

/// <summary>The images that are known by their names.</summary>
public sealed class KnownBuildImageTests
{
    [Theory]
    [InlineData("techknowlogick/xgo:go-1.23.x", "xgo")]
    [InlineData("registry.example:5000/fork/xgo@sha256:0123", "xgo")]
    [InlineData("goreleaser/goreleaser-cross", "goreleaser-cross")]
    [InlineData("registry.example/goreleaser/goreleaser-cross-pro:v1.23.4", "goreleaser-cross")]
    [InlineData("example/my-xgo", null)]
    [InlineData("xgo/golang:1", null)]
    [InlineData("golang:1.23-alpine", null)]
    public void A_name_tells_whose_image_it_is(string reference, string? name) =>
        Assert.Equal(name, KnownBuildImage.Of(reference)?.Name);

    [Fact]
    public void No_compiler_of_theirs_is_one_with_musl() =>
        Assert.DoesNotContain(
            new[] { "xgo", "goreleaser-cross" }.SelectMany(name => KnownBuildImage.Of(name)!.Compilers),
            compiler => compiler.Contains("musl", StringComparison.Ordinal));
}
