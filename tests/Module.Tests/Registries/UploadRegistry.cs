using System.Collections.Concurrent;
using System.Globalization;
using System.Security.Cryptography.X509Certificates;
using System.Text.Json;
using GoCross.Errors;
using GoCross.Oci;
using GoCross.Registries;
using GoCross.Tests.Images;

namespace GoCross.Tests.Registries;

/// <summary>
/// A registry that takes images, by the OCI distribution-spec 1.1, and does wrong where the test says so. All that the
/// specification leaves to it can be set.
/// </summary>
internal sealed class UploadRegistry : IDisposable
{
    private readonly ConcurrentDictionary<string, MemoryStream> _uploads = new();
    private int _begun;

    internal UploadRegistry(X509Certificate2? certificate = null) => Server = new TestServer(AnswerAsync, certificate);

    internal TestServer Server { get; }

    /// <summary>Answers in the registry's place; false leaves it to the registry.</summary>
    internal Func<TestCall, Task<bool>> Before { get; set; } = _ => Task.FromResult(false);

    /// <summary>What there is: blobs by /v2/NAME/blobs/DIGEST, manifests by /v2/NAME/manifests/TAG or DIGEST.</summary>
    internal ConcurrentDictionary<string, byte[]> Content { get; } = new();

    /// <summary>The manifests in the order in which they came, by what they are called.</summary>
    internal ConcurrentQueue<string> Manifests { get; } = new();

    /// <summary>The chunks that came, as their Content-Range.</summary>
    internal ConcurrentQueue<string> Chunks { get; } = new();

    /// <summary>The uploads that are begun, and neither ended nor given up.</summary>
    internal int OpenUploads => _uploads.Count;

    /// <summary>What Location headers begin with: nothing, or scheme and host.</summary>
    internal string LocationPrefix { get; set; } = "";

    /// <summary>Headers of the answer that begins an upload.</summary>
    internal string[] BeginHeaders { get; set; } = [];

    /// <summary>Whether it keeps lists of referrers itself.</summary>
    internal bool ListsReferrers { get; set; }

    internal string Reference => $"{Server.Authority}/team/api:v1";

    /// <summary>The requests as METHOD and path without the query, in order.</summary>
    internal string[] Calls(string method) =>
        [.. Server.Calls.Where(call => call.Method == method).Select(call => call.Path)];

    internal byte[]? Blob(string digest, string repository = "team/api") => Content.GetValueOrDefault($"/v2/{repository}/blobs/{digest}");

    internal static RegistryOptions Options(string folder, int chunk = 100_000) => FakeRegistry.Options(folder) with { ChunkBytes = chunk };

    /// <summary>Answers of a kind of request, a number of times.</summary>
    internal void Answer(string method, string part, int status, string body = "", int times = int.MaxValue, params string[] headers) =>
        Before = async call =>
        {
            if (call.Method != method || !call.Path.Contains(part, StringComparison.Ordinal) || Interlocked.Decrement(ref times) < 0)
            {
                return false;
            }

            await call.ReceiveAsync();
            await call.RespondAsync(status, body, headers);
            return true;
        };

    /// <summary>Cuts the connection in the middle of chunks, a number of times.</summary>
    /// <param name="at">How many bytes of the chunk come.</param>
    /// <param name="times">How often.</param>
    /// <param name="isKept">Whether what has come is kept.</param>
    internal void CutChunks(int at, int times, bool isKept) => Before = async call =>
    {
        if (call.Method != "PATCH" || Interlocked.Decrement(ref times) < 0)
        {
            return false;
        }

        byte[] part = await call.ReceiveAsync(at);
        if (isKept)
        {
            await _uploads[IdOf(call)].WriteAsync(part);
        }

        return true;
    };

    /// <summary>Forgets all uploads that are begun.</summary>
    internal void Forget() => _uploads.Clear();

    internal async Task<GoCrossException> FailsAsync(string errorId, ImagePackage package, RegistryOptions options, string? reference = null)
    {
        GoCrossException failure = await Assert.ThrowsAsync<GoCrossException>(() => TestPackage.PushAsync(reference ?? Reference, package, options));
        Assert.True(failure.ErrorId == errorId, $"{failure.ErrorId}: {failure}");
        Assert.DoesNotContain("{", failure.Message + failure.Fix, StringComparison.Ordinal);
        return failure;
    }

    public void Dispose() => Server.Dispose();

    private static string IdOf(TestCall call) => call.Path.Split('?')[0].Split('/')[^1];

    private async Task AnswerAsync(TestCall call)
    {
        if (await Before(call))
        {
            return;
        }

        string path = call.Path.Split('?')[0];
        if (path.EndsWith("/blobs/uploads/", StringComparison.Ordinal))
        {
            await BeginAsync(call, path);
        }
        else if (path.Contains("/blobs/uploads/", StringComparison.Ordinal))
        {
            await GoOnAsync(call, path);
        }
        else if (call.Method == "PUT")
        {
            await TakeManifestAsync(call, path);
        }
        else if (Content.TryGetValue(path, out byte[]? content))
        {
            await call.RespondAsync(200, content, "Content-Type: " + TypeOf(path, content), "Docker-Content-Digest: " + TestImage.Sha256(content));
        }
        else
        {
            await call.RespondAsync(404, """{"errors":[{"code":"UNKNOWN","message":"not here"}]}""");
        }
    }

    private async Task BeginAsync(TestCall call, string path)
    {
        string query = call.Path.Contains('?', StringComparison.Ordinal) ? Uri.UnescapeDataString(call.Path.Split('?')[1]) : "";
        string[] parts = query.Split('&', '=');
        if (parts is ["mount", var digest, "from", var source] && Content.TryGetValue($"/v2/{source}/blobs/{digest}", out byte[]? found))
        {
            Content[path.Replace("uploads/", digest, StringComparison.Ordinal)] = found;
            await call.RespondAsync(201, "", $"Location: /v2/x/blobs/{digest}");
            return;
        }

        string id = string.Create(CultureInfo.InvariantCulture, $"u{Interlocked.Increment(ref _begun)}");
        _uploads[id] = new MemoryStream();
        await call.RespondAsync(202, "", [$"Location: {LocationPrefix}{path}{id}?state=a%2Fb", "Range: 0-0", .. BeginHeaders]);
    }

    private async Task GoOnAsync(TestCall call, string path)
    {
        if (!_uploads.TryGetValue(IdOf(call), out MemoryStream? upload))
        {
            await call.ReceiveAsync();
            await call.RespondAsync(404, """{"errors":[{"code":"BLOB_UPLOAD_UNKNOWN"}]}""");
            return;
        }

        string[] status = [$"Location: {LocationPrefix}{path}?state=a%2Fb", $"Range: 0-{Math.Max(upload.Length - 1, 0)}"];
        switch (call.Method)
        {
            case "GET":
                await call.RespondAsync(204, "", status);
                break;
            case "DELETE":
                _uploads.TryRemove(IdOf(call), out _);
                await call.RespondAsync(204);
                break;
            case "PATCH" when call.Headers["Content-Range"].Split('-')[0] != upload.Length.ToString(CultureInfo.InvariantCulture):
                await call.ReceiveAsync();
                await call.RespondAsync(416, "", status);
                break;
            case "PATCH":
                Chunks.Enqueue(call.Headers["Content-Range"]);
                upload.Write(await call.ReceiveAsync());
                await call.RespondAsync(202, "", [status[0], $"Range: 0-{upload.Length - 1}"]);
                break;
            default:
                upload.Write(await call.ReceiveAsync());
                string digest = Uri.UnescapeDataString(call.Path.Split("digest=")[1]);
                if (TestImage.Sha256(upload.ToArray()) != digest)
                {
                    await call.RespondAsync(400, """{"errors":[{"code":"DIGEST_INVALID","message":"provided digest did not match uploaded content"}]}""");
                    return;
                }

                _uploads.TryRemove(IdOf(call), out _);
                Content[$"{path[..path.IndexOf("/blobs/", StringComparison.Ordinal)]}/blobs/{digest}"] = upload.ToArray();
                await call.RespondAsync(201, "", "Docker-Content-Digest: " + digest);
                break;
        }
    }

    private async Task TakeManifestAsync(TestCall call, string path)
    {
        byte[] manifest = await call.ReceiveAsync();
        string name = path.Split('/')[^1];
        string repository = path[..path.IndexOf("/manifests/", StringComparison.Ordinal)];
        using JsonDocument json = JsonDocument.Parse(manifest);
        string[] missing =
        [
            .. json.RootElement.TryGetProperty("manifests", out JsonElement children)
                ? children.EnumerateArray().Select(child => $"{repository}/manifests/{child.GetProperty("digest").GetString()}")
                : json.RootElement.GetProperty("layers").EnumerateArray().Append(json.RootElement.GetProperty("config"))
                    .Select(blob => $"{repository}/blobs/{blob.GetProperty("digest").GetString()}"),
        ];
        if (missing.Any(needed => !Content.ContainsKey(needed)))
        {
            await call.RespondAsync(404, """{"errors":[{"code":"MANIFEST_BLOB_UNKNOWN"}]}""");
            return;
        }

        Manifests.Enqueue(name);
        Content[path] = manifest;
        Content[$"{repository}/manifests/{TestImage.Sha256(manifest)}"] = manifest;
        string[] subject = ListsReferrers && json.RootElement.TryGetProperty("subject", out JsonElement about)
            ? ["OCI-Subject: " + about.GetProperty("digest").GetString()]
            : [];
        await call.RespondAsync(201, "", ["Docker-Content-Digest: " + TestImage.Sha256(manifest), .. subject]);
    }

    private static string TypeOf(string path, byte[] content) => !path.Contains("/manifests/", StringComparison.Ordinal) ? "application/octet-stream"
        : JsonDocument.Parse(content).RootElement.GetProperty("mediaType").GetString()!;
}
