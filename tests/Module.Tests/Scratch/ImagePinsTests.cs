using GoCross.ContainerEngines;
using GoCross.Files;
using GoCross.Isolated;
using GoCross.Oci;
using GoCross.Scratch;
using GoCross.Tests.Images;
using GoCross.Tests.Registries;

namespace GoCross.Tests.Scratch;

/// <summary>Digests that a real engine knows: what it says itself is the expectation.</summary>
[Collection(DockerDaemon.Collection)]
public sealed class ImagePinsTests(DockerDaemon docker) : IDisposable
{
    private readonly TemporaryDirectory _directory = new();

    public void Dispose() => _directory.Dispose();

    [DockerFact("docker-registry", "skopeo")]
    public async Task An_image_that_came_from_a_registry_is_pinned_and_one_that_did_not_keeps_its_tag()
    {
        string archive = Path.Combine(_directory.Path, "image.tar");
        File.WriteAllBytes(archive, TestImage.DockerArchive([new TarBytes().File("a", "a").End()]));
        using var registry = new RegistryProcess();
        string image = $"{registry.Authority}/team/go:1";
        Programs.Output("skopeo", ["copy", "--dest-tls-verify=false", "docker-archive:" + archive, "docker://" + image]);
        await docker.RunAsync("pull", image);
        await docker.RunAsync("tag", image, "gocross-test/local:1");
        string digest = (await docker.RunAsync("image", "inspect", "--format", "{{index .RepoDigests 0}}", image)).Split('@')[1];
        string endpoint = await docker.GetEndpointAsync();
        var pins = new ImagePins(() => new IsolatedLibraries().Connect(new EngineEndpoint { Address = endpoint }));

        Assert.Equal($"{image}@{digest}", await FindAsync(image));
        Assert.Equal("gocross-test/local:1", await FindAsync("gocross-test/local:1"));
        Assert.Equal("gocross-test/none:1", await FindAsync("gocross-test/none:1"));
        Assert.Equal($"{image}@{digest}", await FindAsync($"{image}@{digest}"));

        async Task<string> FindAsync(string name) =>
            (await pins.FindAsync(ImageReference.Parse(name), CancellationToken.None)).Image.ToString();
    }

    [Fact]
    public async Task Without_an_engine_a_tag_stays_a_tag_and_that_is_said()
    {
        int asked = 0;
        var pins = new ImagePins(() =>
        {
            asked++;
            return new IsolatedLibraries().Connect(new EngineEndpoint { Address = $"unix://{_directory.Path}/none.sock" });
        });

        (ImageReference image, string note) = await pins.FindAsync(ImageReference.Parse("golang:1.23"), CancellationToken.None);
        await pins.FindAsync(ImageReference.Parse("golang:1.24"), CancellationToken.None);

        Assert.Equal("golang:1.23", image.ToString());
        Assert.Contains("No local engine", note, StringComparison.Ordinal);
        Assert.Equal(1, asked);
    }
}
