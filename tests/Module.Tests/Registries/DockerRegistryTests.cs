using System.Text;
using System.Text.Json;
using GoCross.Errors;
using GoCross.Files;
using GoCross.Images;
using GoCross.Registries;
using GoCross.Tests.Images;

namespace GoCross.Tests.Registries;

/// <summary>A real registry, filled by skopeo. What skopeo inspect and the archive say is the expectation.</summary>
public sealed class DockerRegistryTests : IDisposable
{
    private static readonly byte[][] Layers =
    [
        new TarBytes().Directory("etc").File("etc/a", new byte[300_000]).File("etc/b", "b").End(),
        new TarBytes().File("etc/.wh.a", "").File("etc/c", new byte[5000]).End(),
        new TarBytes().File("etc/d", "d").End(),
    ];

    private readonly TemporaryDirectory _folder = new();
    private readonly string _archive;

    public DockerRegistryTests()
    {
        _archive = Path.Combine(_folder.Path, "image.tar");
        File.WriteAllBytes(_archive, TestImage.DockerArchive(Layers));
    }

    private RegistryOptions Options => FakeRegistry.Options(_folder.Path);

    public void Dispose() => _folder.Dispose();

    [ToolTheory("docker-registry", "skopeo")]
    [InlineData("--format", "oci", "--dest-compress-format", "zstd")]
    [InlineData("--format", "v2s2", "--dest-compress-format", "gzip")]
    public void Without_TLS_on_this_machine(params string[] format)
    {
        using var registry = new RegistryProcess();
        string image = $"docker://{registry.Authority}/team/api:v1";
        Programs.Output("skopeo", ["copy", "--dest-tls-verify=false", .. format, "docker-archive:" + _archive, image]);

        AssertIsWhatSkopeoSays(FakeRegistry.Read(image, Options), image, "--tls-verify=false");
        Assert.EndsWith("there: v1.", FakeRegistry.Fails("RegistryImageNotFound", image + "1", Options).Message, StringComparison.Ordinal);
        FakeRegistry.Fails("RegistryImageNotFound", $"docker://{registry.Authority}/team/none", Options);
    }

    [Trait("Speed", "Slow")]
    [ToolFact("docker-registry", "skopeo")]
    public void With_TLS_and_a_login()
    {
        using var certificates = new TestCertificates();
        using var registry = new RegistryProcess(certificates, withLogin: true);
        string image = $"docker://{registry.Authority}/team/api:v1";

        // Docker's directory of certificates, which skopeo takes, too.
        string trusted = Path.Combine(_folder.Path, "certs.d", registry.Authority);
        FakeRegistry.Fails("RegistryCertificateRefused", image, Options);
        Directory.CreateDirectory(trusted);
        File.WriteAllText(Path.Combine(trusted, "ca.crt"), certificates.Authority);
        string login = $"{RegistryProcess.User}:{RegistryProcess.Password}";
        Programs.Output("skopeo", ["copy", "--dest-cert-dir", trusted, "--dest-creds", login, "docker-archive:" + _archive, image]);

        FakeRegistry.Fails("RegistryNeedsLogin", image, Options);
        Login("sam:wrong horse");
        GoCrossException refused = FakeRegistry.Fails("RegistryLoginRefused", image, Options);
        Assert.DoesNotContain("wrong horse", refused.ToString(), StringComparison.Ordinal);
        Login(login);
        AssertIsWhatSkopeoSays(FakeRegistry.Read(image, Options), image, "--cert-dir", trusted, "--creds", login);

        void Login(string auth) => File.WriteAllText(Path.Combine(_folder.Path, "config.json"), JsonSerializer.Serialize(new
        {
            auths = new Dictionary<string, object> { [registry.Authority] = new { auth = Convert.ToBase64String(Encoding.UTF8.GetBytes(auth)) } },
        }));
    }

    private void AssertIsWhatSkopeoSays(ContainerImage image, string reference, params string[] options)
    {
        using JsonDocument inspected = JsonDocument.Parse(Programs.Output("skopeo", ["inspect", .. options, reference]));
        JsonElement truth = inspected.RootElement;
        Assert.Equal(truth.GetProperty("Digest").GetString(), image.ManifestDigest);
        Assert.Equal(truth.GetProperty("Layers").EnumerateArray().Select(layer => layer.GetString()), image.Layers.Select(layer => layer.Digest));
        using JsonDocument manifest = JsonDocument.Parse(Programs.Output("skopeo", ["inspect", "--raw", .. options, reference]));
        Assert.Equal(
            manifest.RootElement.GetProperty("layers").EnumerateArray().Select(layer => (layer.GetProperty("size").GetInt64(), layer.GetProperty("mediaType").GetString())),
            image.Layers.Select(layer => (layer.StoredSize, layer.MediaType)));
        Assert.Equal(truth.GetProperty("Architecture").GetString(), image.Platform.Architecture);
        Assert.Equal(TestImage.Tree(TestImage.Read(TestImage.At(_archive))), TestImage.Tree(image));
    }
}
