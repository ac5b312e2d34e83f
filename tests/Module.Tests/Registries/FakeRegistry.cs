using System.Globalization;
using System.Security.Cryptography.X509Certificates;
using GoCross.Errors;
using GoCross.Images;
using GoCross.Oci;
using GoCross.Registries;
using GoCross.Tests.Images;

namespace GoCross.Tests.Registries;

/// <summary>A registry with one repository, team/api, that the test fills, and that does wrong where the test says so.</summary>
internal sealed class FakeRegistry : IDisposable
{
    internal const string ManifestType = "application/vnd.oci.image.manifest.v1+json";
    internal const string IndexType = "application/vnd.oci.image.index.v1+json";
    internal const string LayerType = "application/vnd.oci.image.layer.v1.tar+gzip";

    private const string Root = "/v2/team/api/";

    private readonly Dictionary<string, (string? Type, byte[] Content)> _content = [];

    internal FakeRegistry(X509Certificate2? certificate = null, bool wantsClient = false) =>
        Server = new TestServer(AnswerAsync, certificate, wantsClient);

    internal TestServer Server { get; }

    /// <summary>Answers a request in the registry's place; false leaves it to the registry.</summary>
    internal Func<TestCall, Task<bool>> Before { get; set; } = _ => Task.FromResult(false);

    internal string Reference => $"docker://{Server.Authority}/team/api:v1";

    /// <summary>Adds blobs.</summary>
    internal FakeRegistry Blobs(params byte[][] blobs)
    {
        foreach (byte[] blob in blobs)
        {
            _content[$"{Root}blobs/{TestImage.Sha256(blob)}"] = ("application/octet-stream", blob);
        }

        return this;
    }

    /// <summary>Adds a manifest or an index, by its digest and a tag.</summary>
    internal FakeRegistry Manifest(byte[] manifest, string? type = ManifestType, string? tag = null)
    {
        _content[$"{Root}manifests/{TestImage.Sha256(manifest)}"] = (type, manifest);
        if (tag is not null)
        {
            _content[$"{Root}manifests/{tag}"] = (type, manifest);
        }

        return this;
    }

    /// <summary>Adds an image of gzip layers, and returns its manifest.</summary>
    internal byte[] Image(byte[][] layers, string? tag = "v1", byte[]? config = null)
    {
        config ??= TestImage.Config(layers);
        byte[][] stored = [.. layers.Select(TestImage.Gzip)];
        byte[] manifest = TestImage.Manifest(config, [.. stored.Select(layer => (layer, LayerType))]);
        Blobs([config, .. stored]).Manifest(manifest, tag: tag);
        return manifest;
    }

    /// <summary>Puts an answer at a path below the repository.</summary>
    internal void Put(string path, byte[] content, string? type = null) => _content[Root + path] = (type, content);

    /// <summary>The requests for a kind of thing, as METHOD and what follows the repository.</summary>
    internal string[] Requests(string kind) =>
        [.. Server.Requests.Where(request => request.Contains($"{Root}{kind}", StringComparison.Ordinal)).Select(request => request.Replace(Root, "", StringComparison.Ordinal))];

    /// <summary>Settings that know nothing of this machine's, and short timeouts.</summary>
    internal static RegistryOptions Options(string folder) => new()
    {
        ConfigurationFolder = folder,
        CertificateFolders = [Path.Combine(folder, "certs.d")],
        DaemonConfigurations = [Path.Combine(folder, "daemon.json")],
        FirstPause = TimeSpan.FromMilliseconds(5),
        MaxPause = TimeSpan.FromSeconds(3),
        AnswerTimeout = TimeSpan.FromSeconds(20),
        Attempts = 3,
    };

    internal static ImageReader Reader(RegistryOptions options, ImagePlatform? platform = null) =>
        new() { Registries = options, Platform = platform ?? new ImagePlatform("linux", "amd64") };

    internal static ContainerImage Read(string reference, RegistryOptions options, ImagePlatform? platform = null) =>
        Reader(options, platform).ReadAsync(ImageLocation.Parse(reference, name => name), CancellationToken.None).GetAwaiter().GetResult();

    internal static GoCrossException Fails(string errorId, string reference, RegistryOptions options)
    {
        GoCrossException failure = Assert.Throws<GoCrossException>(() => Read(reference, options));
        Assert.True(failure.ErrorId == errorId, $"{failure.ErrorId}: {failure}");
        Assert.DoesNotContain("{", failure.Message + failure.Fix, StringComparison.Ordinal);
        return failure;
    }

    public void Dispose() => Server.Dispose();

    private async Task AnswerAsync(TestCall call)
    {
        if (await Before(call))
        {
            return;
        }

        if (!_content.TryGetValue(call.Path, out (string? Type, byte[] Content) found))
        {
            await call.RespondAsync(404, """{"errors":[{"code":"MANIFEST_UNKNOWN","message":"not here"}]}""");
            return;
        }

        string[] headers = found.Type is null ? [] : [$"Content-Type: {found.Type}"];
        if (call.Headers.TryGetValue("Range", out string? range))
        {
            int from = int.Parse(range["bytes=".Length..^1], CultureInfo.InvariantCulture);
            await call.RespondAsync(206, found.Content[from..], [.. headers, $"Content-Range: bytes {from}-{found.Content.Length - 1}/{found.Content.Length}"]);
            return;
        }

        await call.RespondAsync(200, found.Content, headers);
    }
}
