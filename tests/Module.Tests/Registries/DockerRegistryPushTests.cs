using System.Diagnostics;
using System.Text;
using System.Text.Json;
using GoCross.Errors;
using GoCross.Files;
using GoCross.Oci;
using GoCross.Registries;
using GoCross.Tests.Images;

namespace GoCross.Tests.Registries;

/// <summary>Pushes to a real registry. What skopeo says of it is the expectation.</summary>
public sealed class DockerRegistryPushTests : IDisposable
{
    private static readonly byte[] Base = TestImage.Gzip(new TarBytes().Directory("etc").File("etc/a", TestPackage.Bytes(3_000_000)).End());
    private static readonly byte[] Top = TestImage.Gzip(new TarBytes().File("etc/b", "b").End());
    private static readonly byte[] Sbom = Encoding.UTF8.GetBytes("""{"bomFormat":"CycloneDX"}""");

    private readonly TemporaryDirectory _folder = new();

    private RegistryOptions Options => UploadRegistry.Options(_folder.Path, chunk: 1 << 20);

    public void Dispose() => _folder.Dispose();

    [ToolFact("docker-registry", "skopeo")]
    public async Task Skopeo_sees_the_index_its_images_and_what_is_attached_by_our_digests()
    {
        using var registry = new RegistryProcess();
        ImagePackage package = TestPackage.Index(Base, Top, Sbom);

        PushedImage pushed = await TestPackage.PushAsync($"{registry.Authority}/team/api:v1", package, Options);

        Assert.Equal(package.Root.Content.ToArray(), Raw(pushed.Reference));
        Assert.Equal(package.Root.Content.ToArray(), Raw(pushed.DigestReference));
        Assert.Equal(TestImage.Sha256(TestImage.Config([Top], architecture: "arm64")), Id(pushed.Reference, "arm64"));
        string copy = Path.Combine(_folder.Path, "copy");
        Programs.Output("skopeo", ["copy", "--all", "--preserve-digests", "--src-tls-verify=false", $"docker://{pushed.Reference}", $"oci:{copy}:v1"]);
        foreach (ImageBlob blob in package.Blobs.Where(blob => blob.Digest != TestImage.Sha256(Sbom) && blob.Length > 2))
        {
            Assert.Equal(blob.Digest, TestImage.Sha256(File.ReadAllBytes(Path.Combine(copy, "blobs", "sha256", blob.Digest["sha256:".Length..]))));
        }

        // docker-registry 2.8 lists no referrers itself.
        using JsonDocument list = JsonDocument.Parse(Raw($"{registry.Authority}/team/api:{package.Root.Digest.Replace(':', '-')}"));
        Assert.Equal(package.Referrers[0].Digest, list.RootElement.GetProperty("manifests")[0].GetProperty("digest").GetString());
        Assert.Equal(package.Referrers[0].Content.ToArray(), Raw($"{registry.Authority}/team/api@{package.Referrers[0].Digest}"));

        PushedImage again = await TestPackage.PushAsync($"{registry.Authority}/team/api:v2", package, Options);
        Assert.Equal((0, 6), (again.BytesSent, again.BlobsThere));
        Assert.Equal(package.Root.Digest, again.Digest);
        Assert.Empty(registry.OpenUploads);
    }

    [ToolFact("docker-registry", "skopeo")]
    public async Task A_base_s_layers_are_mounted()
    {
        using var registry = new RegistryProcess();
        string baseImage = $"{registry.Authority}/base/os:1";
        await TestPackage.PushAsync(baseImage, TestPackage.Image(Base), Options);
        ImagePackage package = TestPackage.Of(
            TestPackage.Manifest(Base, Top),
            [.. TestPackage.BlobsOf(Base, Top).Select(blob => blob with { FoundIn = blob.Length == Base.Length ? ImageReference.Parse(baseImage) : null })]);

        // What goes over is less than the layer.
        using var proxy = new CuttingProxy(registry.Authority, Base.Length, times: 1);
        PushedImage pushed = await TestPackage.PushAsync(
            $"{proxy.Authority}/team/api:v1",
            package with { Blobs = [.. package.Blobs.Select(blob => blob.FoundIn is null ? blob : blob with { FoundIn = ImageReference.Parse($"{proxy.Authority}/base/os:1") })] },
            Options);

        Assert.Equal((1, 2, 0), (pushed.BlobsMounted, pushed.BlobsSent, proxy.Cut));
        Assert.Equal(package.Root.Content.ToArray(), Raw($"{registry.Authority}/team/api:v1"));
    }

    [ToolFact("docker-registry", "skopeo")]
    public async Task With_TLS_and_a_login()
    {
        using var certificates = new TestCertificates();
        using var registry = new RegistryProcess(certificates, withLogin: true);
        string reference = $"{registry.Authority}/team/api:v1";
        ImagePackage package = TestPackage.Image(Base, Top);
        string trusted = Path.Combine(_folder.Path, "certs.d", registry.Authority);

        await FailsAsync("RegistryCertificateRefused", reference, package);
        Directory.CreateDirectory(trusted);
        File.WriteAllText(Path.Combine(trusted, "ca.crt"), certificates.Authority);
        await FailsAsync("RegistryNeedsLogin", reference, package);
        Login("sam:wrong horse");
        Assert.DoesNotContain("wrong horse", (await FailsAsync("RegistryLoginRefused", reference, package)).ToString(), StringComparison.Ordinal);
        Login($"{RegistryProcess.User}:{RegistryProcess.Password}");
        await TestPackage.PushAsync(reference, package, Options);

        Assert.Equal(
            package.Root.Content.ToArray(),
            Said("inspect", "--raw", "--cert-dir", trusted, "--creds", $"{RegistryProcess.User}:{RegistryProcess.Password}", $"docker://{reference}"));

        void Login(string auth) => File.WriteAllText(Path.Combine(_folder.Path, "config.json"), JsonSerializer.Serialize(new
        {
            auths = new Dictionary<string, object> { [registry.Authority] = new { auth = Convert.ToBase64String(Encoding.UTF8.GetBytes(auth)) } },
        }));
    }

    [ToolTheory("docker-registry", "skopeo")]
    [InlineData(1 << 20)]
    [InlineData(16 << 20)]
    public async Task What_breaks_off_on_the_way_arrives_in_the_end(int chunk)
    {
        using var registry = new RegistryProcess();
        using var proxy = new CuttingProxy(registry.Authority, 700_000, times: 2);
        ImagePackage package = TestPackage.Image(Base, Top);

        await TestPackage.PushAsync($"{proxy.Authority}/team/api:v1", package, Options with { ChunkBytes = chunk, Attempts = 5 });

        Assert.Equal(2, proxy.Cut);
        Assert.Equal(package.Root.Content.ToArray(), Raw($"{registry.Authority}/team/api:v1"));
        string copy = Path.Combine(_folder.Path, "copy");
        Programs.Output("skopeo", ["copy", "--src-tls-verify=false", $"docker://{registry.Authority}/team/api:v1", $"dir:{copy}"]);
        Assert.Equal(Base, File.ReadAllBytes(Path.Combine(copy, TestImage.Hex(Base))));
    }

    [ToolFact("docker-registry", "skopeo")]
    public async Task A_way_that_always_breaks_off_is_an_error_and_leaves_no_image()
    {
        using var registry = new RegistryProcess();
        using var proxy = new CuttingProxy(registry.Authority, 700_000, times: int.MaxValue);

        await FailsAsync("RegistryTransferBroken", $"{proxy.Authority}/team/api:v1", TestPackage.Image(Base, Top));

        // docker-registry 2.8 cannot give up what broke off in a chunk, as it finds it longer than it had said. It goes
        // away after a week (maintenance: uploadpurging).
        Assert.NotEqual(0, Programs.Run("skopeo", ["inspect", "--tls-verify=false", $"docker://{registry.Authority}/team/api:v1"]).ExitCode);
    }

    [ToolFact("docker-registry")]
    public async Task A_registry_that_goes_away_is_an_error_soon()
    {
        using var registry = new RegistryProcess();
        byte[] layer = TestPackage.Bytes(20_000_000);
        long start = 0;

        GoCrossException failure = await Assert.ThrowsAsync<GoCrossException>(() => TestPackage.PushAsync(
            $"{registry.Authority}/team/api:v1",
            TestPackage.Image(layer),
            Options,
            progress =>
            {
                if (start == 0 && progress.BytesSent > 5_000_000)
                {
                    start = Stopwatch.GetTimestamp();
                    registry.Kill();
                }
            }));

        Assert.Equal("RegistryTransferBroken", failure.ErrorId);
        Assert.Contains("20000000", failure.Message, StringComparison.Ordinal);
        Assert.True(Stopwatch.GetElapsedTime(start) < TimeSpan.FromSeconds(20));
    }

    private async Task<GoCrossException> FailsAsync(string errorId, string reference, ImagePackage package)
    {
        GoCrossException failure = await Assert.ThrowsAsync<GoCrossException>(() => TestPackage.PushAsync(reference, package, Options));
        Assert.True(failure.ErrorId == errorId, $"{failure.ErrorId}: {failure}");
        return failure;
    }

    private static byte[] Raw(string reference) => Said("inspect", "--raw", "--tls-verify=false", $"docker://{reference}");

    // The configuration's digest: the image's ID.
    private static string Id(string reference, string architecture) => TestImage.Sha256(Said(
        "--override-os", "linux", "--override-arch", architecture, "inspect", "--config", "--raw", "--tls-verify=false", $"docker://{reference}"));

    // skopeo ends what it shows with a line's end.
    private static byte[] Said(params string[] arguments) => Encoding.UTF8.GetBytes(Programs.Output("skopeo", arguments).TrimEnd('\n'));
}
