using GoCross.Errors;
using GoCross.Oci;

namespace GoCross.Tests.Oci;

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
        GoCrossException e = Assert.Throws<GoCrossException>(() => ImageReference.ParseTagged("api@sha256:" + new string('0', 64)));

        Assert.Equal("ImageReferenceHasDigest", e.ErrorId);
        Assert.Equal("api:latest", ImageReference.ParseTagged("api").FamiliarName);
    }

    // reference_test.go: a digest beside a tag, and alone. Where it is alone there is no tag, and none is made up.
    [Theory]
    [InlineData("api", null, "docker.io/library/api")]
    [InlineData("host.example:5000/team/api:1.2", "1.2", "host.example:5000/team/api")]
    public void A_name_may_have_a_digest(string name, string? tag, string repository)
    {
        string digest = "sha256:" + new string('a', 64);

        var reference = ImageReference.Parse($"{name}@{digest}");

        Assert.Equal((tag, digest, repository, digest), (reference.Tag, reference.Digest, reference.Repository, reference.TagOrDigest));
        Assert.EndsWith($"@{digest}", reference.CanonicalName, StringComparison.Ordinal);
        Assert.Equal(ImageReference.Parse(name + (tag is null ? ":latest" : "")).WithDigest(digest).Digest, reference.Digest);
    }

    [Theory]
    [InlineData("api@")]
    [InlineData("api@sha256:abc")]
    [InlineData("api@md5:d41d8cd98f00b204e9800998ecf8427e")]
    [InlineData("@sha256:aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa")]
    public void What_is_not_a_digest_is_refused(string text) =>
        Assert.Equal("ImageReferenceInvalid", Assert.Throws<GoCrossException>(() => ImageReference.Parse(text)).ErrorId);

    [Fact]
    public void Names_of_the_same_image_are_equal_and_each_is_shown_as_it_was_written()
    {
        var brief = ImageReference.Parse("golang:1");
        var full = ImageReference.Parse("docker.io/library/golang:1");

        Assert.Equal(brief, full);
        Assert.Equal(brief.GetHashCode(), full.GetHashCode());
        Assert.Equal(("golang:1", "docker.io/library/golang:1"), (brief.ToString(), full.ToString()));
        Assert.NotEqual(brief, ImageReference.Parse("golang"));
        Assert.True(brief.IsOfficial);
        Assert.False(ImageReference.Parse("ghcr.io/library/golang").IsOfficial);
        Assert.False(ImageReference.Parse("team/golang").IsOfficial);
    }

    [Theory]
    [InlineData("api", "api:latest")]
    [InlineData("Hello_World.linux-amd64", "hello-world-linux-amd64:latest")]
    [InlineData("--", "program:latest")]
    [InlineData("größe", "gr-e:latest")]
    public void A_program_gives_its_name(string program, string expected) =>
        Assert.Equal(expected, ImageReference.Parse(ImageReference.ForProgram(program).CanonicalName).FamiliarName);
}
