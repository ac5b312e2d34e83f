using System.Collections.Concurrent;
using System.Text.Json;
using GoCross.Errors;
using GoCross.Files;
using GoCross.Oci;
using GoCross.Progress;
using GoCross.Registries;
using GoCross.Tests.Images;

namespace GoCross.Tests.Registries;

/// <summary>Pushes to a registry that does what the test says. OCI distribution-spec 1.1 says what is right.</summary>
public sealed class ImagePushTests : IDisposable
{
    private static readonly byte[] Large = TestPackage.Bytes(450_000);
    private static readonly byte[] Small = TestPackage.Bytes(20_000, seed: 2);

    private readonly TemporaryDirectory _folder = new();
    private readonly UploadRegistry _registry = new();

    private RegistryOptions Options => UploadRegistry.Options(_folder.Path);

    private static string LargeDigest => TestImage.Sha256(Large);

    public void Dispose()
    {
        _registry.Dispose();
        _folder.Dispose();
    }

    [Fact]
    public async Task All_that_is_named_comes_before_what_names_it_and_the_tag_at_the_end()
    {
        ImagePackage package = TestPackage.Index(Large, Small, "sbom"u8.ToArray());
        var reports = new List<TransferProgress>();

        PushedImage pushed = await TestPackage.PushAsync(_registry.Reference, package, Options, reports.Add);

        Assert.All(package.Blobs, blob => Assert.Equal(blob.Digest, TestImage.Sha256(_registry.Blob(blob.Digest)!)));
        Assert.Equal(
            [package.Children[0].Digest, package.Children[1].Digest, "v1", package.Referrers[0].Digest, package.Root.Digest.Replace(':', '-')],
            _registry.Manifests);
        Assert.Equal(["0-99999", "100000-199999", "200000-299999", "300000-399999", "400000-449999"], _registry.Chunks);
        long length = package.Blobs.Sum(blob => blob.Length);
        Assert.Equal((length, 6, 0, 0), (pushed.BytesSent, pushed.BlobsSent, pushed.BlobsThere, pushed.BlobsMounted));
        Assert.Equal($"{_registry.Server.Authority}/team/api@{package.Root.Digest}", pushed.DigestReference);
        Assert.Equal((_registry.Reference, package.Root.Digest), (pushed.Reference, pushed.Digest));
        Assert.Equal((length, length), (reports[^1].BytesSent, reports[^1].TotalBytes));
        Assert.Equal(reports.Select(report => report.BytesSent).Order(), reports.Select(report => report.BytesSent));
        Assert.Equal(0, _registry.OpenUploads);

        PushedImage again = await TestPackage.PushAsync(_registry.Reference, package, Options);
        Assert.Equal((0, 0, 6), (again.BytesSent, again.BlobsSent, again.BlobsThere));
    }

    [Fact]
    public async Task A_blob_of_another_repository_is_taken_over_and_not_sent()
    {
        ImageBlob blob = TestPackage.Blob(Large) with { FoundIn = ImageReference.Parse($"{_registry.Server.Authority}/base/os:1") };
        _registry.Content[$"/v2/base/os/blobs/{blob.Digest}"] = Large;
        ImagePackage package = TestPackage.Of(TestPackage.Manifest(Large), blob, TestPackage.BlobsOf(Large).First());

        PushedImage pushed = await TestPackage.PushAsync(_registry.Reference, package, Options);

        Assert.Equal((1, 1), (pushed.BlobsMounted, pushed.BlobsSent));
        Assert.Contains($"/v2/team/api/blobs/uploads/?mount={Uri.EscapeDataString(blob.Digest)}&from=base%2Fos", _registry.Calls("POST"));
        Assert.Empty(_registry.Chunks);
    }

    [Theory]
    [InlineData(202)]
    [InlineData(401)]
    [InlineData(403)]
    [InlineData(404)]
    public async Task What_cannot_be_taken_over_is_sent(int status)
    {
        if (status != 202)
        {
            _registry.Answer("POST", "mount=", status, headers: "WWW-Authenticate: Basic realm=\"r\"");
        }

        ImageBlob blob = TestPackage.Blob(Large) with { FoundIn = ImageReference.Parse($"{_registry.Server.Authority}/base/os:1") };
        ImagePackage package = TestPackage.Of(TestPackage.Manifest(Large), blob, TestPackage.BlobsOf(Large).First());

        Assert.Equal(2, (await TestPackage.PushAsync(_registry.Reference, package, Options)).BlobsSent);
        Assert.Equal(0, _registry.OpenUploads);

        // What a mount that does not come about has begun is gone on with.
        Assert.Equal(status == 202 ? 2 : 3, _registry.Calls("POST").Length);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_chunk_that_breaks_off_is_taken_up_where_the_registry_says(bool isKept)
    {
        _registry.CutChunks(at: 30_000, times: 2, isKept);
        var reports = new ConcurrentQueue<TransferProgress>();

        await TestPackage.PushAsync(_registry.Reference, TestPackage.Image(Large), Options, reports.Enqueue);

        string[] expected = isKept
            ? ["60000-159999", "160000-259999", "260000-359999", "360000-449999"]
            : ["0-99999", "100000-199999", "200000-299999", "300000-399999", "400000-449999"];
        Assert.Equal(expected, _registry.Chunks);
        Assert.Equal(LargeDigest, TestImage.Sha256(_registry.Blob(LargeDigest)!));
        Assert.Equal(2, _registry.Calls("GET").Count(path => path.Contains("/uploads/", StringComparison.Ordinal)));
        Assert.Equal(reports.Last().TotalBytes, reports.Last().BytesSent);
    }

    [Fact]
    public async Task A_break_with_no_end_is_an_error_and_leaves_nothing()
    {
        _registry.CutChunks(at: 30_000, times: int.MaxValue, isKept: false);
        GoCrossException failure = await _registry.FailsAsync("RegistryTransferBroken", TestPackage.Image(Large), Options);
        Assert.Contains("of 450000 bytes", failure.Message, StringComparison.Ordinal);
        Assert.Equal(0, _registry.OpenUploads);
        Assert.Empty(_registry.Manifests);

        // Each time a little more: there is no end to that either.
        _registry.CutChunks(at: 1, times: int.MaxValue, isKept: true);
        await _registry.FailsAsync("RegistryTransferBroken", TestPackage.Image(Large), Options);
        Assert.Equal(0, _registry.OpenUploads);
    }

    [Fact]
    public async Task An_upload_that_the_registry_has_forgotten_begins_anew()
    {
        int patches = 0;
        _registry.Before = call =>
        {
            if (call.Method == "PATCH" && Interlocked.Increment(ref patches) == 3)
            {
                _registry.Forget();
            }

            return Task.FromResult(false);
        };
        await TestPackage.PushAsync(_registry.Reference, TestPackage.Image(Large), Options);
        Assert.Equal(["0-99999", "100000-199999", "0-99999", "100000-199999"], _registry.Chunks.Take(4));
        Assert.Equal(7, _registry.Chunks.Count);

        _registry.Content.Clear();
        _registry.Answer("PATCH", "", 404);
        await TestPackage.PushAsync(_registry.Reference, TestPackage.Image(Large), Options);
    }

    [Fact]
    public async Task A_registry_with_no_chunks_gets_the_blob_in_one_request()
    {
        foreach (int status in (int[])[201, 400, 404, 405, 411, 501])
        {
            _registry.Content.Clear();
            _registry.Answer("PATCH", "", status);
            await TestPackage.PushAsync(_registry.Reference, TestPackage.Image(Large), Options);
            Assert.Equal(LargeDigest, TestImage.Sha256(_registry.Blob(LargeDigest)!));
            Assert.Equal(0, _registry.OpenUploads);
        }

        // One that takes the first and throws the others away, and says so in its Range.
        _registry.Content.Clear();
        _registry.Before = async call =>
        {
            if (call.Method != "PATCH" || call.Headers["Content-Range"].StartsWith("0-", StringComparison.Ordinal))
            {
                return false;
            }

            await call.ReceiveAsync();
            await call.RespondAsync(202, "", "Range: 0-99999");
            return true;
        };
        await TestPackage.PushAsync(_registry.Reference, TestPackage.Image(Large), Options);
        Assert.Equal(LargeDigest, TestImage.Sha256(_registry.Blob(LargeDigest)!));
    }

    [Fact]
    public async Task A_registry_says_how_large_chunks_are_to_be()
    {
        _registry.BeginHeaders = ["OCI-Chunk-Min-Length: 300000"];
        await TestPackage.PushAsync(_registry.Reference, TestPackage.Image(Large), Options);
        Assert.Equal(["0-299999", "300000-449999"], _registry.Chunks);

        // GitHub's: 416 for what is over 4 MiB. Others say 413.
        byte[] layer = TestPackage.Bytes(9_000_000, seed: 3);
        foreach (int status in (int[])[413, 416])
        {
            using var registry = new UploadRegistry();
            registry.Before = async call =>
            {
                if (call.Method != "PATCH" || int.Parse(call.Headers["Content-Length"], System.Globalization.CultureInfo.InvariantCulture) <= 4 << 20)
                {
                    return false;
                }

                await call.RespondAsync(status, """{"errors":[{"message":"the request body is too large and exceeds the maximum permissible limit of 4.00MiB"}]}""");
                return true;
            };
            await TestPackage.PushAsync(registry.Reference, TestPackage.Image(layer), UploadRegistry.Options(_folder.Path, chunk: 5 << 20));
            Assert.Equal(["0-3999999", "4000000-7999999", "8000000-8999999"], registry.Chunks);

            // Also of a blob that would have gone in one request.
            using var proxied = new UploadRegistry();
            proxied.Before = async call =>
            {
                bool isRefused = call.Method == "PUT" && call.Headers["Content-Length"] == "9000000";
                if (isRefused)
                {
                    await call.RespondAsync(413);
                }

                return isRefused;
            };
            await TestPackage.PushAsync(proxied.Reference, TestPackage.Image(layer), UploadRegistry.Options(_folder.Path, chunk: 16 << 20));
            Assert.Equal(3, proxied.Chunks.Count);
        }
    }

    [Fact]
    public async Task What_passes_is_waited_for()
    {
        _registry.Answer("PATCH", "", 500, times: 1);
        await TestPackage.PushAsync(_registry.Reference, TestPackage.Image(Large), Options);
        _registry.Content.Clear();
        _registry.Answer("PATCH", "", 429, times: 2, headers: "Retry-After: 0");
        await TestPackage.PushAsync(_registry.Reference, TestPackage.Image(Large), Options);
        _registry.Content.Clear();
        _registry.Answer("PUT", "/uploads/", 503, times: 2);
        await TestPackage.PushAsync(_registry.Reference, TestPackage.Image(Large), Options);
        _registry.Content.Clear();
        _registry.Answer("PUT", "/manifests/", 502, times: 2);
        await TestPackage.PushAsync(_registry.Reference, TestPackage.Image(Large), Options);
        _registry.Content.Clear();
        _registry.Answer("POST", "/uploads/", 500, times: 2);
        await TestPackage.PushAsync(_registry.Reference, TestPackage.Image(Large), Options);
        Assert.Equal(LargeDigest, TestImage.Sha256(_registry.Blob(LargeDigest)!));
        Assert.Equal(0, _registry.OpenUploads);
    }

    [Theory]
    [InlineData("POST", "/uploads/", 401, "RegistryNeedsLogin", "docker login")]
    [InlineData("POST", "/uploads/", 403, "RegistryPushForbidden", "docker login")]
    [InlineData("POST", "/uploads/", 404, "RegistryRepositoryMissing", "--repository-name team/api")]
    [InlineData("POST", "/uploads/", 405, "RegistryPushUnsupported", "read-only")]
    [InlineData("POST", "/uploads/", 429, "RegistryBusy", "Wait")]
    [InlineData("POST", "/uploads/", 500, "RegistryFailed", "log")]
    [InlineData("PATCH", "", 403, "RegistryPushForbidden", "docker login")]
    [InlineData("PATCH", "", 413, "RegistryTooLarge", "client_max_body_size")]
    [InlineData("PATCH", "", 429, "RegistryBusy", "Wait")]
    [InlineData("PATCH", "", 507, "RegistryFailed", "log")]
    [InlineData("PATCH", "", 500, "RegistryFailed", "log")]
    [InlineData("PUT", "/uploads/", 400, "RegistryBlobRefused", "proxy")]
    [InlineData("PUT", "/uploads/", 413, "RegistryTooLarge", "client_max_body_size")]
    [InlineData("PUT", "/uploads/", 500, "RegistryFailed", "log")]
    [InlineData("PUT", "/manifests/", 400, "RegistryManifestRefused", "old")]
    [InlineData("PUT", "/manifests/", 401, "RegistryNeedsLogin", "docker login")]
    [InlineData("PUT", "/manifests/", 403, "RegistryPushForbidden", "docker login")]
    [InlineData("PUT", "/manifests/", 404, "RegistryManifestRefused", "old")]
    [InlineData("PUT", "/manifests/", 429, "RegistryBusy", "Wait")]
    [InlineData("PUT", "/manifests/", 500, "RegistryFailed", "log")]
    public async Task A_refusal_is_an_error_that_says_what_to_do(string method, string part, int status, string errorId, string fix)
    {
        string challenge = status == 401 ? "WWW-Authenticate: Basic realm=\"r\"" : "X: y";
        _registry.Answer(method, part, status, """{"errors":[{"code":"CODE","message":"why it is so"}]}""", headers: challenge);

        GoCrossException failure = await _registry.FailsAsync(errorId, TestPackage.Image(Large, Small), Options);

        Assert.True(status == 401 || failure.Message.Contains("why it is so", StringComparison.Ordinal), failure.Message);
        Assert.Contains(fix, failure.Fix, StringComparison.Ordinal);
        Assert.Equal(0, _registry.OpenUploads);
        Assert.DoesNotContain("v1", _registry.Manifests);
    }

    [Fact]
    public async Task One_that_asks_for_a_longer_pause_than_it_gets_is_an_error_that_says_so()
    {
        foreach ((string method, string part) in ((string, string)[])[("POST", "/uploads/"), ("PATCH", ""), ("PUT", "/manifests/")])
        {
            _registry.Answer(method, part, 429, headers: "Retry-After: 3600");
            Assert.Contains("3600 s", (await _registry.FailsAsync("RegistryBusy", TestPackage.Image(Large), Options)).Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task A_tag_that_must_not_change_is_an_error_unless_it_is_this_image_s()
    {
        ImagePackage package = TestPackage.Image(Small);
        foreach (int status in (int[])[400, 403, 409, 412])
        {
            _registry.Answer("PUT", "/manifests/v1", status, """{"errors":[{"code":"TAG_INVALID","message":"the tag is immutable"}]}""");
            GoCrossException failure = await _registry.FailsAsync("RegistryTagImmutable", package, Options);
            Assert.Contains(_registry.Reference, failure.Message, StringComparison.Ordinal);
        }

        _registry.Content["/v2/team/api/manifests/v1"] = package.Root.Content.ToArray();
        Assert.Equal(package.Root.Digest, (await TestPackage.PushAsync(_registry.Reference, package, Options)).Digest);
    }

    [Fact]
    public async Task Another_digest_than_ours_is_an_error()
    {
        string other = TestImage.Sha256(Small);
        _registry.Answer("PUT", "/manifests/", 201, headers: "Docker-Content-Digest: " + other);
        Assert.Contains(other, (await _registry.FailsAsync("RegistryDigestDiffers", TestPackage.Image(Large), Options)).Message, StringComparison.Ordinal);
        _registry.Content.Clear();
        _registry.Answer("PUT", "/uploads/", 201, headers: "Docker-Content-Digest: " + other);
        await _registry.FailsAsync("RegistryDigestDiffers", TestPackage.Image(Large), Options);

        // One that does not say is asked.
        _registry.Content.Clear();
        _registry.Content["/v2/team/api/manifests/v1"] = TestPackage.Manifest(Small).Content.ToArray();
        _registry.Answer("PUT", "/manifests/", 201);
        await _registry.FailsAsync("RegistryDigestDiffers", TestPackage.Image(Large), Options);

        // What changes on the way the registry sees.
        _registry.Content.Clear();
        _registry.Before = _ => Task.FromResult(false);
        ImageBlob damaged = TestPackage.Blob(Large) with { Open = () => new MemoryStream(TestPackage.Bytes(Large.Length, seed: 9)) };
        GoCrossException refused = await _registry.FailsAsync(
            "RegistryBlobRefused", TestPackage.Of(TestPackage.Manifest(Large), damaged, TestPackage.BlobsOf(Large).First()), Options);
        Assert.Contains("DIGEST_INVALID", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_file_that_goes_away_meanwhile_is_an_error_of_its_own()
    {
        ImageBlob gone = TestPackage.Blob(Large) with { Open = () => File.OpenRead(Path.Combine(_folder.Path, "none")) };
        ImageBlob shorter = TestPackage.Blob(Large) with { Open = () => new MemoryStream(Large, 0, 150_000) };
        foreach (ImageBlob blob in (ImageBlob[])[gone, shorter])
        {
            await _registry.FailsAsync("PackageFileUnreadable", TestPackage.Of(TestPackage.Manifest(Large), blob), Options);
            Assert.Equal(0, _registry.OpenUploads);
        }
    }

    [Fact]
    public async Task A_cancelled_push_ends_at_once_and_is_forgotten_by_the_registry()
    {
        // The others are there already: one that was just being begun could be begun without our knowing.
        using var cancellation = new CancellationTokenSource();
        byte[] config = TestImage.Config([Large]);
        _registry.Content[$"/v2/team/api/blobs/{TestImage.Sha256(config)}"] = config;
        _registry.Before = async call =>
        {
            if (call.Method == "PATCH")
            {
                await cancellation.CancelAsync();
                await Task.Delay(Timeout.Infinite, call.Stopped);
            }

            return false;
        };

        await Assert.ThrowsAnyAsync<OperationCanceledException>(
            () => TestPackage.PushAsync(_registry.Reference, TestPackage.Image(Large), Options, cancellation: cancellation.Token));

        Assert.Contains(_registry.Server.Calls, call => call.Method == "DELETE");
        Assert.Equal(0, _registry.OpenUploads);
        Assert.Empty(_registry.Manifests);
    }

    [Fact]
    public async Task One_that_stays_silent_is_an_error()
    {
        _registry.Before = async call =>
        {
            if (call.Method is "PATCH" or "DELETE")
            {
                await Task.Delay(Timeout.Infinite, call.Stopped);
            }

            return false;
        };
        RegistryOptions options = Options with { AnswerTimeout = TimeSpan.FromSeconds(1), StoreTimeout = TimeSpan.FromSeconds(1), Attempts = 2 };
        Assert.Contains("stays silent", (await _registry.FailsAsync("RegistryTransferBroken", TestPackage.Image(Large), options)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_upload_may_go_to_another_host_which_gets_no_login()
    {
        Login();
        using var storage = new UploadRegistry();
        _registry.Before = async call =>
        {
            if (call.Authorization is null)
            {
                await call.RespondAsync(401, "", "WWW-Authenticate: Basic realm=\"r\"");
                return true;
            }

            if (call.Method == "POST")
            {
                // It begins there what it answers here.
                using var http = new HttpClient();
                using HttpResponseMessage begun = await http.PostAsync(new Uri($"http://{storage.Server.Authority}/v2/team/api/blobs/uploads/"), null);
                await call.RespondAsync(202, "", $"Location: http://{storage.Server.Authority}{begun.Headers.Location}");
                return true;
            }

            // They share what they store.
            foreach ((string path, byte[] content) in storage.Content)
            {
                _registry.Content[path] = content;
            }

            return false;
        };

        await TestPackage.PushAsync(_registry.Reference, TestPackage.Image(Large, Small), Options);

        Assert.NotEmpty(storage.Chunks);
        Assert.All(storage.Server.Calls, call => Assert.Null(call.Authorization));
        Assert.Contains("v1", _registry.Manifests);
    }

    [Fact]
    public async Task What_was_secret_does_not_become_readable()
    {
        using var certificates = new TestCertificates();
        using var registry = new UploadRegistry(certificates.IssueServer()) { LocationPrefix = $"http://{_registry.Server.Authority}" };
        string trusted = Path.Combine(_folder.Path, "certs.d", registry.Server.Authority);
        Directory.CreateDirectory(trusted);
        File.WriteAllText(Path.Combine(trusted, "ca.crt"), certificates.Authority);

        await registry.FailsAsync("RegistryRedirectRefused", TestPackage.Image(Small), Options);
        Assert.Empty(_registry.Server.Calls);
        registry.LocationPrefix = $"https://{registry.Server.Authority}";
        await TestPackage.PushAsync(registry.Reference, TestPackage.Image(Small), Options);
    }

    [Fact]
    public async Task A_moved_registry_is_followed_with_what_is_sent()
    {
        using var moved = new UploadRegistry();
        _registry.Before = async call =>
        {
            await call.RespondAsync(307, "", $"Location: http://{moved.Server.Authority}{call.Path}");
            return true;
        };
        await TestPackage.PushAsync(_registry.Reference, TestPackage.Image(Small), Options);
        Assert.Equal(TestImage.Sha256(Small), TestImage.Sha256(moved.Blob(TestImage.Sha256(Small))!));
    }

    [Fact]
    public async Task What_is_attached_is_listed_where_the_registry_does_not_list_it_and_what_is_listed_stays()
    {
        ImagePackage package = TestPackage.Index(Large, Small, "sbom"u8.ToArray());
        string tag = package.Root.Digest.Replace(':', '-');
        string path = $"/v2/team/api/manifests/{tag}";
        byte[] other = TestImage.Manifest("{}"u8.ToArray(), []);
        Dictionary<string, object> known = TestImage.Descriptor(other, FakeRegistry.ManifestType);
        known["artifactType"] = "application/of+others";
        _registry.Content[path] = TestImage.Index(known);

        _registry.Content[$"/v2/team/api/manifests/{TestImage.Sha256(other)}"] = other;
        await TestPackage.PushAsync(_registry.Reference, package, Options);
        await TestPackage.PushAsync(_registry.Reference, package, Options);

        using JsonDocument list = JsonDocument.Parse(_registry.Content[path]);
        JsonElement[] entries = [.. list.RootElement.GetProperty("manifests").EnumerateArray()];
        Assert.Equal("application/vnd.oci.image.index.v1+json", list.RootElement.GetProperty("mediaType").GetString());
        Assert.Equal([TestImage.Sha256(other), package.Referrers[0].Digest], entries.Select(entry => entry.GetProperty("digest").GetString()));
        Assert.Equal(["application/of+others", "application/vnd.cyclonedx+json"], entries.Select(entry => entry.GetProperty("artifactType").GetString()));
        Assert.Equal("by <hand>", entries[1].GetProperty("annotations").GetProperty("made").GetString());
        Assert.Equal(package.Referrers[0].Content.Length, entries[1].GetProperty("size").GetInt32());

        // Something else is there: the image is pushed, and what is attached is not listed.
        _registry.Content[path] = TestPackage.Manifest(Small).Content.ToArray();
        await _registry.FailsAsync("ReferrersTagTaken", package, Options);

        _registry.Content.TryRemove(path, out _);
        _registry.ListsReferrers = true;
        await TestPackage.PushAsync(_registry.Reference, package, Options);
        Assert.False(_registry.Content.ContainsKey(path));
    }

    [Fact]
    public async Task A_token_is_asked_for_all_that_a_push_needs_and_once()
    {
        Login();
        var asked = new ConcurrentQueue<string>();
        using var tokens = new TestServer(async call =>
        {
            asked.Enqueue(Uri.UnescapeDataString(call.Path));
            await call.RespondAsync(200, """{"token":"t1"}""");
        });
        _registry.Before = async call =>
        {
            if (call.Authorization == "Bearer t1")
            {
                return false;
            }

            string actions = call.Method is "GET" or "HEAD" ? "pull" : "pull,push";
            await call.RespondAsync(
                401, "", $"WWW-Authenticate: Bearer realm=\"http://{tokens.Authority}/token\",service=\"s\",scope=\"repository:team/api:{actions}\"");
            return true;
        };
        ImageBlob found = TestPackage.Blob(Large) with { FoundIn = ImageReference.Parse($"{_registry.Server.Authority}/base/os:1") };
        _registry.Content[$"/v2/base/os/blobs/{found.Digest}"] = Large;

        await TestPackage.PushAsync(_registry.Reference, TestPackage.Of(TestPackage.Manifest(Large), found, TestPackage.BlobsOf(Large).First()), Options);

        Assert.Equal(["/token?service=s&scope=repository:team/api:pull,push&scope=repository:base/os:pull"], asked);
    }

    [Fact]
    public async Task A_token_with_fewer_rights_is_an_error_and_one_for_other_repositories_is_not_needed()
    {
        Login();
        using var tokens = new TestServer(async call =>
        {
            await (call.Path.Contains("base", StringComparison.Ordinal)
                ? call.RespondAsync(403)
                : call.RespondAsync(200, """{"token":"t1"}"""));
        });
        string challenge = $"WWW-Authenticate: Bearer realm=\"http://{tokens.Authority}/token\",service=\"s\"";
        _registry.Before = async call =>
        {
            bool isKnown = call.Authorization == "Bearer t1" && !call.Path.Contains("mount", StringComparison.Ordinal);
            if (!isKnown)
            {
                await call.RespondAsync(401, "", challenge);
            }

            return !isKnown;
        };
        ImageBlob found = TestPackage.Blob(Large) with { FoundIn = ImageReference.Parse($"{_registry.Server.Authority}/base/os:1") };
        ImagePackage package = TestPackage.Of(TestPackage.Manifest(Large), found, TestPackage.BlobsOf(Large).First());
        Assert.Equal(2, (await TestPackage.PushAsync(_registry.Reference, package, Options)).BlobsSent);

        _registry.Content.Clear();
        _registry.Before = async call =>
        {
            bool isRead = call.Authorization == "Bearer t1" && call.Method is "GET" or "HEAD";
            if (!isRead)
            {
                string error = call.Authorization is null ? "" : ",error=\"insufficient_scope\"";
                await call.RespondAsync(401, """{"errors":[{"code":"DENIED","message":"access to the resource is denied"}]}""", challenge + error);
            }

            return !isRead;
        };
        Assert.Contains("access to the resource", (await _registry.FailsAsync("RegistryPushForbidden", package, Options)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_name_with_a_digest_is_an_error_before_anything_is_sent()
    {
        await _registry.FailsAsync("ImageReferenceHasDigest", TestPackage.Image(Small), Options, $"{_registry.Reference}@{LargeDigest}");
        Assert.Empty(_registry.Server.Calls);
    }

    private void Login() => File.WriteAllText(Path.Combine(_folder.Path, "config.json"), JsonSerializer.Serialize(new
    {
        auths = new Dictionary<string, object> { [_registry.Server.Authority] = new { auth = Convert.ToBase64String("sam:secret"u8) } },
    }));
}
