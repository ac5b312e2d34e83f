using System.Diagnostics;
using System.Text;
using System.Text.Json;
using GoCross.Errors;
using GoCross.Files;
using GoCross.Images;
using GoCross.Oci;
using GoCross.Registries;
using GoCross.Tests.Images;

namespace GoCross.Tests.Registries;

/// <summary>Images of a registry that does what the test says. The expectation is the same image as an archive.</summary>
public sealed class RegistryImageTests : IDisposable
{
    private static readonly byte[] Base = new TarBytes().Directory("etc").File("etc/a", new byte[300_000]).End();
    private static readonly byte[] Top = new TarBytes().File("etc/b", "22").File("etc/.wh.a", "").End();

    private readonly TemporaryDirectory _folder = new();
    private readonly FakeRegistry _registry = new();

    private RegistryOptions Options => FakeRegistry.Options(_folder.Path);

    public void Dispose()
    {
        _registry.Dispose();
        _folder.Dispose();
    }

    [Fact]
    public void It_reads_as_the_archive_of_the_same_and_asks_for_each_thing_once()
    {
        byte[] manifest = _registry.Image([Base, Top, Base]);

        ContainerImage image = FakeRegistry.Read(_registry.Reference, Options);

        Assert.Equal(TestImage.Tree(TestImage.Read(TestImage.DockerArchive([Base, Top, Base]))), TestImage.Tree(image));
        Assert.Equal(TestImage.Sha256(manifest), image.ManifestDigest);
        Assert.Equal(TestImage.Sha256(TestImage.Config([Base, Top, Base])), image.ConfigDigest);
        Assert.Equal([TestImage.Gzip(Base).Length, TestImage.Gzip(Top).Length, TestImage.Gzip(Base).Length], image.Layers.Select(layer => layer.StoredSize));
        Assert.Equal((_registry.Reference, 3), (image.Name, image.Layers.Count));
        Assert.Equal(["GET manifests/v1"], _registry.Requests("manifests/"));

        // The configuration and two layers: the repeated one is one blob.
        Assert.Equal(3, _registry.Requests("blobs/").Length);
    }

    // Windows' images of one architecture differ by the version of the system: of an index that says it, none is asked for
    // but the wanted one; of one that says it in the configurations alone, these are.
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Images_that_only_os_version_tells_apart_can_be_chosen(bool isSaidByIndex)
    {
        byte[] old = _registry.Image([Base], tag: null, Windows("10.0.17763.6414", Base));
        byte[] wanted = _registry.Image([Top], tag: null, Windows("10.0.20348.2762", Top));
        _registry.Manifest(TestImage.Index(For(old, "10.0.17763.6414"), For(wanted, "10.0.20348.2762")), FakeRegistry.IndexType, "v1");

        Assert.Equal(TestImage.Sha256(wanted), Read("windows(10.0.20348)/amd64").ManifestDigest);
        GoCrossException e = Assert.Throws<GoCrossException>(() => Read("windows/amd64"));
        Assert.Equal("PlatformAmbiguous", e.ErrorId);
        Assert.Contains("windows(10.0.17763.6414)/amd64", e.Message, StringComparison.Ordinal);
        Assert.Contains("-Platform 'windows(10.0.20348.2762)/amd64'", e.Fix, StringComparison.Ordinal);
        Assert.Equal(isSaidByIndex, !_registry.Requests("manifests/").Any(request => request.EndsWith(TestImage.Sha256(old), StringComparison.Ordinal)));

        ContainerImage Read(string platform) => FakeRegistry.Read(_registry.Reference, Options, ImagePlatform.Parse(platform));

        static byte[] Windows(string version, byte[] layer) => Encoding.UTF8.GetBytes(
            $$$"""{"architecture":"amd64","os":"windows","os.version":"{{{version}}}","rootfs":{"type":"layers","diff_ids":["{{{TestImage.Sha256(layer)}}}"]}}""");

        Dictionary<string, object> For(byte[] manifest, string version)
        {
            Dictionary<string, object> descriptor = TestImage.Descriptor(manifest, "application/vnd.oci.image.manifest.v1+json");
            if (isSaidByIndex)
            {
                descriptor["platform"] = new Dictionary<string, string> { ["os"] = "windows", ["architecture"] = "amd64", ["os.version"] = version };
            }

            return descriptor;
        }
    }

    [Fact]
    public void Of_an_index_only_the_image_for_the_platform_is_asked_for()
    {
        byte[] wanted = _registry.Image([Base], tag: null);
        byte[] other = _registry.Image([Top], tag: null, TestImage.Config([Top], architecture: "arm64"));
        byte[] attestation = TestImage.Manifest("{}"u8.ToArray(), []);
        byte[] inner = TestImage.Index(For(wanted, "amd64"), For(other, "arm64"), For(attestation, "unknown", "unknown"));
        byte[] outer = TestImage.Index(TestImage.Descriptor(inner, FakeRegistry.IndexType));
        _registry.Manifest(inner, FakeRegistry.IndexType).Manifest(outer, FakeRegistry.IndexType, "v1");

        ContainerImage image = FakeRegistry.Read(_registry.Reference, Options);

        Assert.Equal(TestImage.Sha256(wanted), image.ManifestDigest);
        Assert.Equal(
            new[] { "GET manifests/v1", $"GET manifests/{TestImage.Sha256(inner)}", $"GET manifests/{TestImage.Sha256(wanted)}" }.Order(StringComparer.Ordinal),
            _registry.Requests("manifests/"));
        Assert.Equal("arm64", FakeRegistry.Read(_registry.Reference, Options, new ImagePlatform("linux", "arm64")).Platform.Architecture);
        GoCrossException missing = Assert.Throws<GoCrossException>(() => FakeRegistry.Read(_registry.Reference, Options, new ImagePlatform("linux", "s390x")));
        Assert.Equal("PlatformNotFound", missing.ErrorId);
        Assert.Contains("linux/amd64, linux/arm64.", missing.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void An_index_that_tells_no_platform_is_asked_further()
    {
        byte[] wanted = _registry.Image([Base], tag: null);
        byte[] other = _registry.Image([Top], tag: null, TestImage.Config([Top], architecture: "arm64"));
        Dictionary<string, object> untyped = TestImage.Descriptor(other, FakeRegistry.ManifestType);
        untyped.Remove("mediaType");
        _registry.Manifest(TestImage.Index(untyped, TestImage.Descriptor(wanted, FakeRegistry.ManifestType)), "application/json", "v1");

        Assert.Equal(TestImage.Sha256(wanted), FakeRegistry.Read(_registry.Reference, Options).ManifestDigest);
        Assert.Equal(TestImage.Sha256(other), FakeRegistry.Read(_registry.Reference, Options, new ImagePlatform("linux", "arm64")).ManifestDigest);
    }

    [Fact]
    public void A_digest_says_which_and_is_verified()
    {
        byte[] first = _registry.Image([Base]);
        byte[] second = _registry.Image([Top]);
        string repository = $"docker://{_registry.Server.Authority}/team/api";

        Assert.Equal(TestImage.Sha256(first), FakeRegistry.Read($"{repository}@{TestImage.Sha256(first)}", Options).ManifestDigest);
        Assert.Equal(TestImage.Sha256(first), FakeRegistry.Read($"{repository}:v1@{TestImage.Sha256(first)}", Options).ManifestDigest);
        Assert.Equal(TestImage.Sha256(second), FakeRegistry.Read($"{repository}:v1", Options).ManifestDigest);
        _registry.Put($"manifests/{TestImage.Sha256(first)}", second, FakeRegistry.ManifestType);
        FakeRegistry.Fails("DigestMismatch", $"{repository}@{TestImage.Sha256(first)}", Options);
    }

    [Fact]
    public async Task A_layer_that_two_images_share_comes_once()
    {
        _registry.Image([Base]);
        _registry.Image([Base, Top], tag: "v2");
        ImageReader reader = FakeRegistry.Reader(Options);
        ContainerImage first = await reader.ReadAsync(ImageLocation.Parse(_registry.Reference, name => name), CancellationToken.None);

        ImageComparison comparison = await TestImage.CompareAsync(
            first, ImageLocation.Parse(_registry.Reference.Replace(":v1", ":v2", StringComparison.Ordinal), name => name), reader);

        Assert.Equal(["==", "=>"], comparison.Layers.Select(layer => layer.SideIndicator));
        Assert.Single(_registry.Requests($"blobs/{TestImage.Sha256(TestImage.Gzip(Base))}"));
    }

    [Fact]
    public void A_foreign_layer_that_the_registry_does_not_have_is_a_warning_and_one_that_it_has_is_read()
    {
        byte[] stored = TestImage.Gzip(Base);
        byte[] config = TestImage.Config([Base]);
        byte[] manifest = TestImage.Manifest(config, [(stored, "application/vnd.docker.image.rootfs.foreign.diff.tar.gzip")]);
        _registry.Blobs(config).Manifest(manifest, tag: "v1");

        ContainerImage without = FakeRegistry.Read(_registry.Reference, Options);
        Assert.True(without.Layers[0].IsMissing);
        Assert.Contains(TestImage.Sha256(Base), Assert.Single(without.Warnings), StringComparison.Ordinal);

        _registry.Blobs(stored);
        Assert.Equal(300_000, FakeRegistry.Read(_registry.Reference, Options).Size);
    }

    [Theory]
    [InlineData("docker://", "ImageSourceInvalid")]
    [InlineData("docker://host.example/UPPER", "ImageReferenceInvalid")]
    [InlineData("docker://host.example/a:b c", "ImageReferenceInvalid")]
    [InlineData("docker://host.example/a@sha512:00", "ImageReferenceInvalid")]
    [InlineData("docker://host.example/../a", "ImageReferenceInvalid")]
    [InlineData("docker://user:secret@host.example/a", "ImageReferenceInvalid")]
    public void What_is_no_name_is_an_error(string text, string errorId) =>
        Assert.Equal(errorId, Assert.Throws<GoCrossException>(() => ImageLocation.Parse(text, name => name)).ErrorId);

    // distribution/reference, reference_test.go: what docker pull takes and how it completes it.
    [Theory]
    [InlineData("debian", "docker.io/library/debian:latest", "registry-1.docker.io")]
    [InlineData("team/api:1.2", "docker.io/team/api:1.2", "registry-1.docker.io")]
    [InlineData("localhost/api", "localhost/api:latest", "localhost")]
    [InlineData("host.example:5000/team/api", "host.example:5000/team/api:latest", "host.example:5000")]
    [InlineData("[::1]:5000/api:v1", "[::1]:5000/api:v1", "[::1]:5000")]
    public void A_name_is_completed_as_Docker_does_it(string text, string full, string authority)
    {
        var location = ImageLocation.Parse("docker://" + text, name => name);

        Assert.Equal((full, authority), (location.Address, RegistryClient.AuthorityOf(location.Reference!)));
    }

    [Fact]
    public void What_is_not_there_is_named_with_what_is_near()
    {
        _registry.Image([Base]);
        _registry.Put("tags/list?n=1000", """{"name":"team/api","tags":["v1","v10","v2","nightly","1.2.3"]}"""u8.ToArray());
        string repository = $"docker://{_registry.Server.Authority}/team/api";

        Assert.EndsWith(
            "The nearest tags there: v1, v10.",
            FakeRegistry.Fails("RegistryImageNotFound", repository + ":v11", Options).Message,
            StringComparison.Ordinal);

        // Where none is near, some of those that there are; where there are none, none.
        Assert.Contains("nightly", FakeRegistry.Fails("RegistryImageNotFound", repository, Options).Message, StringComparison.Ordinal);
        Assert.EndsWith(
            "there: none.",
            FakeRegistry.Fails("RegistryImageNotFound", $"docker://{_registry.Server.Authority}/team/none:v1", Options).Message,
            StringComparison.Ordinal);
        GoCrossException blob = FakeRegistry.Fails("RegistryBlobMissing", WithoutBlob(), Options);
        Assert.Contains(TestImage.Sha256(TestImage.Gzip(Top)), blob.Message, StringComparison.Ordinal);

        string WithoutBlob()
        {
            byte[] config = TestImage.Config([Top]);
            _registry.Blobs(config).Manifest(TestImage.Manifest(config, [(TestImage.Gzip(Top), FakeRegistry.LayerType)]), tag: "partial");
            return repository + ":partial";
        }
    }

    [Fact]
    public void What_passes_is_waited_for_as_the_registry_asks()
    {
        _registry.Image([Base]);
        int failures = 0;
        _registry.Before = async call =>
        {
            int number = Interlocked.Increment(ref failures);
            if (number > 2)
            {
                return false;
            }

            await call.RespondAsync(number == 1 ? 429 : 503, "busy", "Retry-After: 1");
            return true;
        };
        long start = Stopwatch.GetTimestamp();

        Assert.Single(FakeRegistry.Read(_registry.Reference, Options).Layers);
        Assert.InRange(Stopwatch.GetElapsedTime(start), TimeSpan.FromSeconds(1.9), TimeSpan.FromSeconds(30));
    }

    [Theory]
    [InlineData(429, "Retry-After: 3600", "RegistryBusy", "3600 s", 1)]
    [InlineData(429, "X: y", "RegistryBusy", "TOOMANYREQUESTS: slow down", 3)]
    [InlineData(500, "X: y", "RegistryFailed", "HTTP 500", 3)]
    [InlineData(503, "Retry-After: 0", "RegistryFailed", "HTTP 503", 3)]
    [InlineData(403, "X: y", "RegistryForbidden", "team/api", 1)]
    [InlineData(401, "X: y", "RegistryAnswerInvalid", "neither Basic nor Bearer", 1)]
    [InlineData(418, "X: y", "RegistryFailed", "HTTP 418", 1)]
    public void A_refusal_is_an_error_of_its_own_after_as_many_attempts_as_make_sense(
        int status, string header, string errorId, string said, int attempts)
    {
        _registry.Before = async call =>
        {
            await call.RespondAsync(status, """{"errors":[{"code":"TOOMANYREQUESTS","message":"slow\r\n down"}]}""", header);
            return true;
        };

        Assert.Contains(said, FakeRegistry.Fails(errorId, _registry.Reference, Options).Message, StringComparison.Ordinal);
        Assert.Equal(attempts, _registry.Requests("manifests/").Length);
    }

    [Fact]
    public void A_redirect_to_another_server_gets_no_login()
    {
        _registry.Image([Base]);
        File.WriteAllText(Path.Combine(_folder.Path, "config.json"), Login("sam", "secret-word"));
        using var store = new FakeRegistry();
        store.Image([Base]);
        _registry.Before = async call =>
        {
            if (call.Authorization is null)
            {
                await call.RespondAsync(401, "", "WWW-Authenticate: Basic realm=\"r\"");
                return true;
            }

            if (!call.Path.Contains("blobs/", StringComparison.Ordinal))
            {
                return false;
            }

            await call.RespondAsync(307, "", $"Location: http://{store.Server.Authority}{call.Path}");
            return true;
        };

        Assert.Equal(300_000, FakeRegistry.Read(_registry.Reference, Options).Size);
        Assert.Equal(2, store.Server.Calls.Count);
        Assert.All(store.Server.Calls, call => Assert.Null(call.Authorization));
        Assert.Contains(_registry.Server.Calls, call => call.Authorization is not null);
    }

    [Fact]
    public void Redirects_in_a_circle_and_into_the_clear_are_errors()
    {
        _registry.Before = async call =>
        {
            await call.RespondAsync(302, "", "Location: " + call.Path);
            return true;
        };
        FakeRegistry.Fails("RegistryRedirects", _registry.Reference, Options);

        using var certificates = new TestCertificates();
        using var secure = new FakeRegistry(certificates.IssueServer());
        Trust(secure, certificates);
        secure.Before = async call =>
        {
            await call.RespondAsync(302, "", $"Location: http://{_registry.Server.Authority}/x?signature=secret");
            return true;
        };
        GoCrossException refused = FakeRegistry.Fails("RegistryRedirectRefused", secure.Reference, Options);
        Assert.DoesNotContain("secret", refused.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_transfer_that_breaks_off_is_taken_up_where_it_was(bool knowsRanges)
    {
        byte[] unpacked = new TarBytes().File("x", RandomBytes(400_000)).End();
        byte[] layer = TestImage.Gzip(unpacked);
        _registry.Image([unpacked]);
        int requests = 0;
        _registry.Before = async call =>
        {
            if (!call.Path.EndsWith(TestImage.Sha256(layer), StringComparison.Ordinal))
            {
                return false;
            }

            // 100,000 bytes at first, then none, then all that is asked for.
            int number = Interlocked.Increment(ref requests);
            if (number > 2)
            {
                return !knowsRanges && await Whole(call);
            }

            await call.HeadAsync(200, $"Content-Length: {layer.Length}");
            await call.Stream.WriteAsync(layer.AsMemory(0, number == 1 ? 100_000 : 0));
            return true;
        };

        Assert.Equal(400_000, FakeRegistry.Read(_registry.Reference, Options).Size);
        Assert.Equal(3, requests);
        Assert.Equal(2, _registry.Server.Calls.Count(call => call.Headers.GetValueOrDefault("Range") == "bytes=100000-"));

        async Task<bool> Whole(TestCall call)
        {
            await call.RespondAsync(200, layer);
            return true;
        }
    }

    [Fact]
    public void A_length_that_is_wrong_is_an_error()
    {
        byte[] layer = TestImage.Gzip(Base);
        _registry.Image([Base]);
        foreach ((string length, int sent, string errorId) in new[]
        {
            ($"Content-Length: {layer.Length - 1}", layer.Length - 1, "BlobSizeMismatch"),
            ($"Content-Length: {layer.Length + 1}", layer.Length, "BlobSizeMismatch"),
            ($"Content-Length: {layer.Length}", layer.Length - 1, "RegistryTransferBroken"),
            ("X: y", layer.Length - 1, "BlobSizeMismatch"),
            ("X: y", layer.Length + 1, "BlobSizeMismatch"),
        })
        {
            _registry.Before = async call =>
            {
                if (!call.Path.EndsWith(TestImage.Sha256(layer), StringComparison.Ordinal))
                {
                    return false;
                }

                await call.HeadAsync(200, length);
                byte[] more = [.. layer, 0];
                await call.Stream.WriteAsync(more.AsMemory(0, sent));
                return true;
            };
            FakeRegistry.Fails(errorId, _registry.Reference, Options);
        }
    }

    [Fact]
    public void Silence_is_an_error_after_a_while_and_ends_at_once_when_cancelled()
    {
        byte[] layer = TestImage.Gzip(Base);
        _registry.Image([Base]);
        RegistryOptions options = Options with { AnswerTimeout = TimeSpan.FromMilliseconds(300), Attempts = 2 };
        string silent = "manifests/";
        _registry.Before = async call =>
        {
            if (!call.Path.Contains(silent, StringComparison.Ordinal))
            {
                return false;
            }

            if (silent != "manifests/")
            {
                await call.HeadAsync(200, $"Content-Length: {layer.Length}");
                await call.Stream.WriteAsync(layer.AsMemory(0, 10));
            }

            await Task.Delay(Timeout.Infinite, call.Stopped);
            return true;
        };

        FakeRegistry.Fails("RegistryStalled", _registry.Reference, options);
        silent = TestImage.Sha256(layer);
        Assert.Contains("nothing came", FakeRegistry.Fails("RegistryTransferBroken", _registry.Reference, options).Message, StringComparison.Ordinal);

        using var stop = new CancellationTokenSource(TimeSpan.FromMilliseconds(300));
        long start = Stopwatch.GetTimestamp();
        Assert.ThrowsAny<OperationCanceledException>(() => FakeRegistry.Reader(Options)
            .ReadAsync(ImageLocation.Parse(_registry.Reference, name => name), stop.Token).GetAwaiter().GetResult());
        Assert.InRange(Stopwatch.GetElapsedTime(start), TimeSpan.Zero, TimeSpan.FromSeconds(15));
    }

    [Fact]
    public void Documents_without_end_and_with_wrong_digests_are_errors()
    {
        byte[] manifest = _registry.Image([Base]);
        string endless = "manifests/v1";
        _registry.Before = async call =>
        {
            if (!call.Path.EndsWith(endless, StringComparison.Ordinal))
            {
                return false;
            }

            await call.HeadAsync(200, $"Content-Type: {FakeRegistry.ManifestType}");
            byte[] spaces = [.. Enumerable.Repeat((byte)' ', 1 << 20)];
            while (true)
            {
                await call.Stream.WriteAsync(spaces, call.Stopped);
            }
        };
        FakeRegistry.Fails("ImageJsonLimit", _registry.Reference, Options);
        endless = TestImage.Sha256(TestImage.Config([Base]));
        FakeRegistry.Fails("ImageJsonLimit", _registry.Reference, Options);

        _registry.Before = _ => Task.FromResult(false);
        _registry.Put($"blobs/{endless}", TestImage.Config([Top]));
        FakeRegistry.Fails("DigestMismatch", _registry.Reference, Options);
        _registry.Image([Base]);
        _registry.Put($"blobs/{TestImage.Sha256(TestImage.Gzip(Base))}", new byte[TestImage.Gzip(Base).Length]);
        FakeRegistry.Fails("DigestMismatch", _registry.Reference, Options);
        _registry.Before = async call =>
        {
            await call.RespondAsync(200, manifest, $"Content-Type: {FakeRegistry.ManifestType}", $"Docker-Content-Digest: {TestImage.Sha256(Base)}");
            return true;
        };
        FakeRegistry.Fails("DigestMismatch", _registry.Reference, Options);
    }

    [Theory]
    [InlineData(100_000, "ImageJsonLimit")]
    [InlineData(20_000, "ImageLayersLimit")]
    public void More_layers_than_an_image_has_are_an_error(int count, string errorId)
    {
        byte[] config = TestImage.Config([Base]);
        var manifest = new StringBuilder($$"""{"schemaVersion":2,"config":{{JsonSerializer.Serialize(TestImage.Descriptor(config, "application/vnd.oci.image.config.v1+json"))}},"layers":[""");
        manifest.AppendJoin(',', Enumerable.Repeat($$"""{"digest":"{{TestImage.Sha256(Base)}}","size":1}""", count)).Append("]}");
        _registry.Blobs(config).Manifest(Encoding.UTF8.GetBytes(manifest.ToString()), tag: "v1");

        FakeRegistry.Fails(errorId, _registry.Reference, Options);
    }

    [Fact]
    public void What_is_no_image_and_what_is_no_registry_is_named()
    {
        _registry.Put("manifests/v1", "<html>welcome</html>"u8.ToArray(), "text/html");
        Assert.Contains("text/html", FakeRegistry.Fails("MediaTypeNotSupported", _registry.Reference, Options).Message, StringComparison.Ordinal);
        _registry.Put("manifests/v1", """{"schemaVersion":1}"""u8.ToArray(), "application/vnd.docker.distribution.manifest.v1+prettyjws");
        FakeRegistry.Fails("MediaTypeNotSupported", _registry.Reference, Options);
        _registry.Put("manifests/v1", "{"u8.ToArray(), FakeRegistry.ManifestType);
        Assert.Throws<GoCrossException>(() => FakeRegistry.Read(_registry.Reference, Options));
        byte[] config = TestImage.Config([Base]);
        byte[] negative = Encoding.UTF8.GetBytes(Encoding.UTF8.GetString(
            TestImage.Manifest(config, [(TestImage.Gzip(Base), FakeRegistry.LayerType)])).Replace($"\"size\":{TestImage.Gzip(Base).Length}", "\"size\":-1", StringComparison.Ordinal));
        _registry.Blobs(config).Manifest(negative, tag: "v1");
        FakeRegistry.Fails("BlobSizeInvalid", _registry.Reference, Options);

        using var closed = new TestServer(_ => Task.CompletedTask);
        string nobody = closed.Authority;
        closed.Dispose();
        FakeRegistry.Fails("RegistryUnreachable", $"docker://{nobody}/api", Options);
        FakeRegistry.Fails("RegistryUnreachable", "docker://no-such-host.invalid/api", Options);
    }

    [Fact]
    public void Only_servers_that_somebody_vouches_for_are_trusted()
    {
        using var certificates = new TestCertificates();
        using var secure = new FakeRegistry(certificates.IssueServer());
        secure.Image([Base]);
        Assert.Contains("CN=server", FakeRegistry.Fails("RegistryCertificateRefused", secure.Reference, Options).Message, StringComparison.Ordinal);

        Trust(secure, certificates);
        Assert.Single(FakeRegistry.Read(secure.Reference, Options).Layers);

        using var wrongName = new FakeRegistry(certificates.IssueServer("other.example"));
        Trust(wrongName, certificates);
        Assert.Contains("another name", FakeRegistry.Fails("RegistryCertificateRefused", wrongName.Reference, Options).Message, StringComparison.Ordinal);
        Assert.Empty(wrongName.Server.Calls);

        // Where the user has said so for Docker, nobody has to.
        wrongName.Image([Base]);
        File.WriteAllText(Path.Combine(_folder.Path, "daemon.json"), $$"""{"insecure-registries":["{{wrongName.Server.Authority}}"]}""");
        Assert.Single(FakeRegistry.Read(wrongName.Reference, Options).Layers);

        File.WriteAllText(Path.Combine(_folder.Path, "certs.d", secure.Server.Authority, "ca.crt"), "no certificate");
        FakeRegistry.Fails("CertificateUnreadable", secure.Reference, Options);
    }

    [Fact]
    public void A_client_s_certificate_is_shown_to_the_registry_that_it_is_laid_down_for()
    {
        using var certificates = new TestCertificates();
        using System.Security.Cryptography.X509Certificates.X509Certificate2 client = certificates.IssueClient();
        using var registry = new FakeRegistry(certificates.IssueServer(), wantsClient: true);
        registry.Image([Base]);
        Trust(registry, certificates);
        FakeRegistry.Fails("RegistryUnreachable", registry.Reference, Options);

        string folder = Path.Combine(_folder.Path, "certs.d", registry.Server.Authority);
        certificates.Write(folder, client, "cert");
        File.Move(Path.Combine(folder, "cert.pem"), Path.Combine(folder, "me.cert"));
        FakeRegistry.Fails("CertificateUnreadable", registry.Reference, Options);
        File.Move(Path.Combine(folder, "key.pem"), Path.Combine(folder, "me.key"));
        Assert.Single(FakeRegistry.Read(registry.Reference, Options).Layers);
    }

    [Fact]
    public void A_connection_that_is_closed_before_the_answer_is_opened_again()
    {
        _registry.Image([Base]);
        int closed = 0;
        _registry.Before = call => Task.FromResult(call.Path.Contains("manifests/", StringComparison.Ordinal) && ++closed <= 2);

        Assert.Single(FakeRegistry.Read(_registry.Reference, Options).Layers);
        closed = -1000;
        FakeRegistry.Fails("RegistryUnreachable", _registry.Reference, Options);
    }

    private static Dictionary<string, object> For(byte[] manifest, string architecture, string os = "linux") =>
        TestImage.DescriptorFor(manifest, architecture, os, FakeRegistry.ManifestType);

    private static byte[] RandomBytes(int count)
    {
        byte[] bytes = new byte[count];
        new Random(7).NextBytes(bytes);
        return bytes;
    }

    private string Login(string user, string password) => JsonSerializer.Serialize(new
    {
        auths = new Dictionary<string, object>
        {
            [_registry.Server.Authority] = new { auth = Convert.ToBase64String(Encoding.UTF8.GetBytes($"{user}:{password}")) },
        },
    });

    private void Trust(FakeRegistry registry, TestCertificates certificates)
    {
        string folder = Path.Combine(_folder.Path, "certs.d", registry.Server.Authority);
        Directory.CreateDirectory(folder);
        File.WriteAllText(Path.Combine(folder, "ca.crt"), certificates.Authority);
    }
}
