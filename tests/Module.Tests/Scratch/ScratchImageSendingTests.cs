using System.Text;
using System.Text.Json;
using GoCross.ContainerEngines;
using GoCross.Files;
using GoCross.Images;
using GoCross.Isolated;
using GoCross.Oci;
using GoCross.Progress;
using GoCross.Registries;
using GoCross.Scratch;
using GoCross.Tests.Registries;

namespace GoCross.Tests.Scratch;

/// <summary>What was written, in a registry and in an engine: they and skopeo say what came there.</summary>
[Collection(DockerDaemon.Collection)]
public sealed class ScratchImageSendingTests(DockerDaemon docker) : IDisposable
{
    private readonly TemporaryDirectory _folder = new();

    public void Dispose() => _folder.Dispose();

    [ToolTheory("go", "docker-registry", "skopeo")]
    [InlineData(ImageFormat.Hybrid, LayerCompression.None)]
    [InlineData(ImageFormat.OciArchive, LayerCompression.Zstd)]
    [InlineData(ImageFormat.OciDirectory, LayerCompression.None)]
    public async Task A_registry_has_every_platform_and_what_is_attached_under_the_same_digest(ImageFormat format, LayerCompression compression)
    {
        using var registry = new RegistryProcess();
        string sbom = Path.Combine(_folder.Path, "sbom.json");
        await File.WriteAllTextAsync(sbom, """{"bomFormat":"CycloneDX","specVersion":"1.5"}""");
        var reference = ImageReference.Parse($"{registry.Authority}/team/plain:1");
        ScratchImage image = Write(reference, new ScratchImageOptions { Format = format, Compression = compression, Attachments = [sbom] }, "amd64", "arm64");

        PushedImage pushed = await ScratchImageSender.PushAsync(image, reference, null, CancellationToken.None);

        Assert.Equal((reference.CanonicalName, image.Digest), (pushed.Reference, pushed.Digest));
        string copy = Path.Combine(_folder.Path, "copy");
        Skopeo("copy", "--all", "--preserve-digests", "--src-tls-verify=false", $"docker://{pushed.DigestReference}", $"oci:{copy}:1");
        using JsonDocument index = JsonDocument.Parse(await File.ReadAllBytesAsync(Path.Combine(copy, "index.json")));
        Assert.Equal(image.Digest, index.RootElement.GetProperty("manifests")[0].GetProperty("digest").GetString());
        foreach (ScratchImageManifest manifest in image.Manifests)
        {
            Assert.Equal(manifest.Digest, Skopeo("inspect", "--tls-verify=false", "--format", "{{.Digest}}", $"docker://{reference.Domain}/team/plain@{manifest.Digest}"));
        }

        using JsonDocument list = JsonDocument.Parse(Skopeo("inspect", "--raw", "--tls-verify=false", $"docker://{registry.Authority}/team/plain:{image.Digest.Replace(':', '-')}"));
        Assert.Equal(image.Attachments[0].Digest, list.RootElement.GetProperty("manifests")[0].GetProperty("digest").GetString());
    }

    [ToolFact("go", "docker-registry", "skopeo")]
    public async Task A_program_on_top_of_an_image_of_the_registry_takes_that_image_s_layers_over()
    {
        using var registry = new RegistryProcess();
        var baseReference = ImageReference.Parse($"{registry.Authority}/base/os:1");
        await ScratchImageSender.PushAsync(Write(baseReference, new ScratchImageOptions(), "amd64"), baseReference, null, CancellationToken.None);
        var reference = ImageReference.Parse($"{registry.Authority}/team/top:1");
        ScratchImage image = Write(
            reference,
            new ScratchImageOptions
            {
                Base = ImageLocation.Parse($"docker://{baseReference.CanonicalName}", path => path),
                BaseReader = platform => new ImageReader { Platform = platform, Registries = RegistryOptions.FromEnvironment() },
                Overwrite = true,
            },
            "amd64");

        PushedImage pushed = await ScratchImageSender.PushAsync(image, reference, null, CancellationToken.None);

        Assert.Equal(image.Layers.Count(layer => layer.IsOfBase), pushed.BlobsMounted);
        Assert.NotEqual(0, pushed.BlobsMounted);
        Assert.Equal(image.Digest, Skopeo("inspect", "--tls-verify=false", "--format", "{{.Digest}}", $"docker://{reference.CanonicalName}"));
    }

    [DockerFact("go")]
    public async Task An_engine_gets_the_image_of_its_own_platform()
    {
        using IContainerEngine engine = new IsolatedLibraries().Connect(new EngineEndpoint { Address = await docker.GetEndpointAsync() });
        EngineFacts facts = await engine.GetFactsAsync(CancellationToken.None);
        var reports = new List<TransferProgress>();
        foreach (string architecture in (string[])["arm64", facts.Platform.Architecture])
        {
            ScratchImage image = Write(
                ImageReference.Parse("gocross-test/sent:1"),
                new ScratchImageOptions { ArchivePlatform = "linux/" + architecture, Overwrite = true },
                "amd64",
                "arm64");

            ScratchImage loaded = await ScratchImageSender.LoadAsync(image, image.Path!, engine, reports.Add, CancellationToken.None);

            Assert.Equal("gocross-test/sent:1", loaded.LoadedImage);
            Assert.Equal($"{image.ImageId} {architecture}", await docker.RunAsync("image", "inspect", "--format", "{{.Id}} {{.Architecture}}", "gocross-test/sent:1"));
        }

        Assert.Equal(reports[^1].TotalBytes, reports[^1].BytesSent);
        await docker.RunAsync("image", "rm", "gocross-test/sent:1");
    }

    private static string Skopeo(params string[] arguments) => Programs.Output("skopeo", arguments).TrimEnd('\n');

    private ScratchImage Write(ImageReference reference, ScratchImageOptions options, params string[] architectures) => ScratchImageWriter.Write(
        [.. architectures.Select(architecture => ScratchProgram.Inspect(
            GoSources.Build(GoSources.Plain, Path.Combine(_folder.Path, architecture, "plain"), "linux/" + architecture), CancellationToken.None))],
        Path.Combine(_folder.Path, "image"),
        reference,
        new ScratchOptions(),
        options,
        CancellationToken.None);
}
