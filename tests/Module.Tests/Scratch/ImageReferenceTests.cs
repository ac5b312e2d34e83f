using GoCross.Errors;
using GoCross.Oci;

namespace GoCross.Tests.Scratch;

/// <summary>The expectations are those of distribution/reference, normalize_test.go and reference_test.go.</summary>
public sealed class ImageReferenceTests
{
    [Theory]
    [InlineData("api", "docker.io/library/api:latest", "api:latest")]
    [InlineData("api:1.2", "docker.io/library/api:1.2", "api:1.2")]
    [InlineData("docker.io/library/api:1", "docker.io/library/api:1", "api:1")]
    [InlineData("index.docker.io/api:1", "docker.io/library/api:1", "api:1")]
    [InlineData("team/api:1", "docker.io/team/api:1", "team/api:1")]
    [InlineData("docker.io/library/a/b:1", "docker.io/library/a/b:1", "library/a/b:1")]
    [InlineData("localhost/api", "localhost/api:latest", "localhost/api:latest")]
    [InlineData("localhost:5000/api:V_1-x", "localhost:5000/api:V_1-x", "localhost:5000/api:V_1-x")]
    [InlineData("registry.example:5000/a/b_c/d__e/f---g", "registry.example:5000/a/b_c/d__e/f---g:latest", "registry.example:5000/a/b_c/d__e/f---g:latest")]
    [InlineData("[2001:db8::1]:5000/api:1", "[2001:db8::1]:5000/api:1", "[2001:db8::1]:5000/api:1")]
    public void A_name_is_read(string text, string canonical, string familiar)
    {
        var reference = ImageReference.Parse(text);

        Assert.Equal(canonical, reference.CanonicalName);
        Assert.Equal(familiar, reference.FamiliarName);
    }

    [Theory]
    [InlineData("")]
    [InlineData(":tag")]
    [InlineData("API")]
    [InlineData("api:")]
    [InlineData("api:-1")]
    [InlineData("api:a b")]
    [InlineData("a//b")]
    [InlineData("a/b/")]
    [InlineData("a___b")]
    [InlineData("a..b")]
    [InlineData("-api")]
    [InlineData("api-")]
    [InlineData("https://registry.example/api")]
    [InlineData("a/B")]
    [InlineData("registry.example/API")]
    [InlineData("api:1\n")]
    [InlineData("b7e45d6c7c1d0f0f4a0d0c8d6b9a6f4b2d8e7a1f0c3b5d7e9f1a2b3c4d5e6f70")]
    public void What_is_no_name_is_refused(string text)
    {
        GoCrossException e = Assert.Throws<GoCrossException>(() => ImageReference.Parse(text));

        Assert.Equal("ImageReferenceInvalid", e.ErrorId);
    }

    [Fact]
    public void Lengths_have_their_limits()
    {
        string tag = new('t', 128);
        Assert.Equal(tag, ImageReference.Parse("api:" + tag).Tag);
        Assert.Throws<GoCrossException>(() => ImageReference.Parse($"api:{tag}t"));

        // docker.io/library/ is part of the 255.
        string longest = new('a', 255 - "docker.io/library/".Length);
        Assert.NotNull(ImageReference.Parse(longest));
        Assert.Throws<GoCrossException>(() => ImageReference.Parse(longest + "a"));
    }

    [Fact]
    public void A_digest_is_refused_with_the_reason()
    {
        GoCrossException e = Assert.Throws<GoCrossException>(() => ImageReference.Parse("api@sha256:" + new string('0', 64)));

        Assert.Equal("ImageReferenceHasDigest", e.ErrorId);
    }

    [Theory]
    [InlineData("api", "api:latest")]
    [InlineData("Hello_World.linux-amd64", "hello-world-linux-amd64:latest")]
    [InlineData("--", "program:latest")]
    [InlineData("größe", "gr-e:latest")]
    public void A_program_gives_its_name(string program, string expected) =>
        Assert.Equal(expected, ImageReference.Parse(ImageReference.ForProgram(program).CanonicalName).FamiliarName);
}
