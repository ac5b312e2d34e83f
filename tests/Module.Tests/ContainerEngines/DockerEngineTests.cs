using System.Globalization;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using System.Text.Json;
using GoCross.ContainerEngines;
using GoCross.Errors;
using GoCross.Files;
using GoCross.Images;
using GoCross.Isolated;
using GoCross.Tests.Images;

namespace GoCross.Tests.ContainerEngines;

/// <summary>
/// The client of the Docker Engine API against an engine that does what the test says (Docker Engine API, "ImageInspect",
/// "ImageGetAll", "ImageList"), and a real one with TLS.
/// </summary>
public sealed class DockerEngineTests : IDisposable
{
    private static readonly byte[] Layer = new TarBytes().File("a", new byte[100_000]).End();
    private static readonly byte[] Archive = TestImage.DockerArchive([Layer]);

    private readonly TemporaryDirectory _folder = new();

    private string SocketPath => Path.Combine(_folder.Path, "engine.sock");

    public void Dispose() => _folder.Dispose();

    [UnixFact]
    public async Task An_image_streams_from_a_socket()
    {
        using TestServer engine = Engine(call => Chunked(call, Archive, Archive.Length));

        Assert.Equal(TestImage.Tree(TestImage.Read(Archive)), TestImage.Tree(await ReadAsync("api:v1")));
        Assert.Equal(["GET /images/api:v1/json", "GET /images/get?names=api:v1"], engine.Requests.Select(Uri.UnescapeDataString).Order(StringComparer.Ordinal));
    }

    [UnixFact]
    public async Task An_image_that_is_not_there_is_named_with_those_that_are_near()
    {
        using TestServer engine = Engine(call => Chunked(call, Archive, Archive.Length));

        GoCrossException near = await FailsAsync("ImageNotInEngine", "api:v2");
        Assert.EndsWith("The nearest names there: api:v1.", near.Message, StringComparison.Ordinal);
        Assert.EndsWith("there: none.", (await FailsAsync("ImageNotInEngine", "something-else")).Message, StringComparison.Ordinal);
        Assert.Contains(SocketPath, near.Message, StringComparison.Ordinal);
    }

    [UnixFact]
    public async Task Names_are_those_with_tags()
    {
        using TestServer engine = Engine(_ => Task.CompletedTask);
        using IContainerEngine client = Connect();

        Assert.Equal(["api:v1", "web:latest"], await client.ListImageNamesAsync(CancellationToken.None));
    }

    [UnixFact]
    public async Task A_transfer_that_breaks_off_or_is_killed_is_an_error_with_what_came()
    {
        foreach (bool isChunked in new[] { true, false })
        {
            File.Delete(SocketPath);
            using TestServer engine = Engine(async call =>
            {
                if (isChunked)
                {
                    await Chunked(call, Archive, 50_000);
                    return;
                }

                await call.HeadAsync(200, string.Create(CultureInfo.InvariantCulture, $"Content-Length: {Archive.Length}"));
                await call.Stream.WriteAsync(Archive.AsMemory(0, 50_000));
            });

            Assert.Contains("50000", (await FailsAsync("ImageStreamBroken", "api:v1")).Message, StringComparison.Ordinal);
        }
    }

    [UnixTheory]
    [InlineData(200, "<html>welcome</html>", "EngineAnswerInvalid", "")]
    [InlineData(200, "[1,2]", "EngineAnswerInvalid", "")]
    [InlineData(400, """{"message":"client version 1.22 is too old. Minimum supported API version is 1.44"}""", "EngineFailed", "HTTP 400, client version 1.22 is too old")]
    [InlineData(500, """{"message":"no space\n left"}""", "EngineFailed", "HTTP 500, no space left")]
    [InlineData(502, "<html>Bad Gateway</html>", "EngineFailed", "HTTP 502")]
    public async Task What_does_not_answer_as_an_engine_does_is_an_error_of_its_own(int status, string body, string errorId, string said)
    {
        using var engine = new TestServer(SocketPath, call => call.RespondAsync(status, body, "Content-Type: application/json"));

        Assert.Contains(said, (await FailsAsync(errorId, "api:v1")).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("unix:///no/such/docker.sock", "EngineUnreachable")]
    [InlineData("tcp://127.0.0.1:1", "EngineUnreachable")]
    [InlineData("tcp://no-such-host.invalid:2375", "EngineUnreachable")]
    [InlineData("ssh://user@engine.example", "EngineSshNotSupported")]
    [InlineData("ftp://engine.example", "EngineEndpointInvalid")]
    [InlineData("unix://", "EngineEndpointInvalid")]
    [InlineData("nonsense", "EngineEndpointInvalid")]
    public async Task Where_there_is_no_engine_is_an_error_that_names_the_place(string address, string errorId)
    {
        GoCrossException failure = await FailsAsync(errorId, "api:v1", new EngineEndpoint { Address = address, Origin = "the context x" });

        Assert.Contains($"{address} (the context x)", failure.Message, StringComparison.Ordinal);
    }

    [UnixFact]
    public async Task A_socket_that_is_not_there_is_said_to_be_missing() => Assert.Contains(
        "No such file or directory",
        (await FailsAsync("EngineUnreachable", "api:v1", new EngineEndpoint { Address = "unix:///no/such/docker.sock", Origin = "DOCKER_HOST" })).Message,
        StringComparison.Ordinal);

    [UnixFact]
    public async Task An_engine_that_stays_silent_is_left_at_once_when_cancelled()
    {
        using var engine = new TestServer(SocketPath, call => Task.Delay(Timeout.Infinite, call.Stopped));
        using var stop = new CancellationTokenSource(TimeSpan.FromMilliseconds(200));
        using IContainerEngine client = Connect();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => client.SaveImagesAsync(["api:v1"], null, stop.Token));
    }

    [UnixFact]
    public async Task A_container_that_removes_itself_is_waited_for_until_it_is_gone()
    {
        int looks = 0;
        using var engine = new TestServer(SocketPath, call => (call.Method, call.Path.Split('?')[0]) switch
        {
            ("DELETE", "/containers/c1") => call.RespondAsync(409, """{"message":"removal of container c1 is already in progress"}"""),
            ("GET", "/containers/c1/json") when ++looks < 3 => call.RespondAsync(200, """{"Id":"c1"}""", "Content-Type: application/json"),
            _ => call.RespondAsync(404, """{"message":"No such container: c1"}"""),
        });
        using IContainerEngine client = Connect();

        await client.RemoveContainerAsync("c1", CancellationToken.None);
        await client.RemoveContainerAsync("c2", CancellationToken.None);

        Assert.Equal(3, looks);
        Assert.Equal(5, engine.Calls.Count);
    }

    // An engine, or a proxy before it, that fails in the midst of it may have made the container all the same.
    [UnixTheory]
    [InlineData(500, "EngineFailed")]
    [InlineData(502, "EngineFailed")]
    public async Task A_container_whose_making_fails_is_removed_by_its_name(int status, string errorId)
    {
        using var engine = new TestServer(SocketPath, call => call.Method == "POST"
            ? call.RespondAsync(status, """{"message":"unexpected EOF"}""")
            : call.RespondAsync(204));
        using IContainerEngine client = Connect();

        GoCrossException e = await Assert.ThrowsAsync<GoCrossException>(() => client.CreateContainerAsync(Specification, CancellationToken.None));

        Assert.Equal(errorId, e.ErrorId);
        string name = engine.Calls.First().Path.Split("name=")[1].Split('&')[0];
        TestCall removal = engine.Calls.Last();
        Assert.Equal(("DELETE", $"/containers/{name}"), (removal.Method, removal.Path.Split('?')[0]));
    }

    // Podman's forced removal sends the stop signal and waits; a mount that is a text ends at a path's colon.
    [UnixFact]
    public async Task What_an_engine_is_asked_for_is_a_container_that_is_killed_when_it_is_removed_and_mounts_whatever_they_are_called()
    {
        using var engine = new TestServer(SocketPath, call => call.Method == "POST"
            ? call.RespondAsync(201, """{"Id":"c1","Warnings":[]}""", "Content-Type: application/json")
            : call.RespondAsync(204));
        using IContainerEngine client = Connect();

        string id = await client.CreateContainerAsync(Specification, CancellationToken.None);
        await client.RemoveContainerAsync(id, CancellationToken.None);

        JsonElement body = JsonDocument.Parse(engine.Calls.First().Body).RootElement;
        Assert.Equal("SIGKILL", body.GetProperty("StopSignal").GetString());
        JsonElement host = body.GetProperty("HostConfig");
        Assert.False(host.TryGetProperty("Binds", out JsonElement binds) && binds.GetArrayLength() > 0);
        JsonElement mount = Assert.Single(host.GetProperty("Mounts").EnumerateArray());
        Assert.Equal(
            ("bind", "/run/user:1000/agent", "/agent"),
            (mount.GetProperty("Type").GetString(), mount.GetProperty("Source").GetString(), mount.GetProperty("Target").GetString()));
        TestCall removal = engine.Calls.Last();
        Assert.Equal("DELETE", removal.Method);
        Assert.Matches("[?&]force=(1|true)", removal.Path.ToLowerInvariant());
    }

    [UnixTheory]
    [InlineData("x86_64", "amd64")]
    [InlineData("aarch64", "arm64")]
    [InlineData("ppc64le", "ppc64le")]
    [InlineData("loongarch64", "loong64")]
    public async Task The_architecture_of_an_engine_is_Go_s_name_of_the_machine_s(string machine, string architecture)
    {
        using var engine = new TestServer(SocketPath, call => call.RespondAsync(
            200, $$"""{"OSType":"linux","Architecture":"{{machine}}","NCPU":2}""", "Content-Type: application/json"));
        using IContainerEngine client = Connect();

        Assert.Equal($"linux/{architecture}", (await client.GetFactsAsync(CancellationToken.None)).Platform.ToString());
    }

    // "error" is deprecated since API 1.48, and a later engine says errorDetail alone.
    [UnixTheory]
    [InlineData("""{"errorDetail":{"code":404,"message":"manifest unknown"}}""", "manifest unknown")]
    [InlineData("""{"error":"no basic auth credentials"}""", "no basic auth credentials")]
    [InlineData("""{"errorDetail":{"message":"a fuller text"},"error":"a text"}""", "a fuller text")]
    public async Task What_an_engine_says_of_a_pull_that_fails_is_quoted(string line, string said)
    {
        using var engine = new TestServer(SocketPath, call => call.RespondAsync(
            200, """{"status":"Pulling from team/api","id":"v1"}""" + "\n" + line + "\n", "Content-Type: application/json"));
        using IContainerEngine client = Connect();
        List<string> status = [];

        GoCrossException e = await Assert.ThrowsAsync<GoCrossException>(
            () => client.PullImageAsync("registry.example/team/api:v1", status.Add, CancellationToken.None));

        Assert.Equal("ImagePullFailed", e.ErrorId);
        Assert.EndsWith(": " + said, e.Message, StringComparison.Ordinal);
        Assert.Equal(["v1: Pulling from team/api"], status);
    }

    // Docker 29, of an image that was pulled for another platform alone: nothing, but in what it lists of its manifests.
    [UnixFact]
    public async Task The_platform_of_an_image_that_the_engine_cannot_run_is_that_of_the_manifest_it_has()
    {
        using var engine = new TestServer(SocketPath, call => call.RespondAsync(
            200,
            call.Path.Contains("manifests=1", StringComparison.Ordinal)
                ? """
                  {"Id":"sha256:1","Os":"","Architecture":"","Manifests":[
                    {"Available":false,"Kind":"image","ImageData":{"Platform":{"os":"linux","architecture":"amd64"}}},
                    {"Available":true,"Kind":"attestation","AttestationData":{}},
                    {"Available":true,"Kind":"image","ImageData":{"Platform":{"os":"linux","architecture":"arm64","variant":"v8"}}}]}
                  """
                : """{"Id":"sha256:1","Os":"","Architecture":"","Config":{"Env":["A=b"]}}""",
            "Content-Type: application/json"));
        using IContainerEngine client = Connect();

        EngineImage image = await client.InspectImageAsync("api:v1", CancellationToken.None);

        Assert.Equal(("linux", "arm64", "b"), (image.Platform?.Os, image.Platform?.Architecture, image.Environment["A"]));
    }

    [RootToolFact("setpriv", "dotnet")]
    public void A_user_who_may_not_use_the_engine_is_told_so()
    {
        using TestServer engine = Engine(_ => Task.CompletedTask);
        if (OperatingSystem.IsLinux())
        {
            File.SetUnixFileMode(SocketPath, UnixFileMode.None);
        }

        // Without its capabilities, root is a user like any other, who still may read the tools in root's home.
        string said = Programs.Output(
            "setpriv",
            [
                "--bounding-set=-all", "--inh-caps=-all", Tools.Require("dotnet"),
                .. PowerShellProcess.Arguments("try { Compare-ImageLayer docker-daemon:a docker-daemon:b } catch { $_.FullyQualifiedErrorId }"),
            ],
            environment: new Dictionary<string, string?> { ["DOCKER_HOST"] = "unix://" + SocketPath, ["HOME"] = _folder.Path });

        Assert.Equal("EngineAccessDenied,GoCross.Cmdlets.Commands.CompareImageLayerCommand\n", said);
    }

    [Fact]
    public async Task Only_an_engine_that_somebody_vouches_for_is_trusted()
    {
        using var certificates = new TestCertificates();
        using var others = new TestCertificates();
        using X509Certificate2 server = certificates.IssueServer();
        using X509Certificate2 client = certificates.IssueClient();
        using var engine = new TestServer(AnswerAs(call => Chunked(call, Archive, Archive.Length)), server);
        certificates.Write(_folder.Path, client, "cert");
        string foreign = Path.Combine(_folder.Path, "foreign.pem");
        File.WriteAllText(foreign, others.Authority);
        EngineEndpoint Endpoint(string? authority, bool trustsAnybody = false) => new()
        {
            Address = "tcp://" + engine.Authority,
            Tls = new EngineTls { AuthorityPath = authority, TrustsAnybody = trustsAnybody },
        };

        Assert.Single((await ReadAsync("api:v1", Endpoint(Path.Combine(_folder.Path, "ca.pem")))).Layers);
        Assert.Contains("CN=server", (await FailsAsync("EngineCertificateRefused", "api:v1", Endpoint(foreign))).Message, StringComparison.Ordinal);
        await FailsAsync("EngineCertificateRefused", "api:v1", Endpoint(null));
        Assert.Single((await ReadAsync("api:v1", Endpoint(null, trustsAnybody: true))).Layers);
        File.WriteAllText(foreign, "no certificate");
        await FailsAsync("CertificateUnreadable", "api:v1", Endpoint(foreign));
    }

    [DockerFact("tar")]
    public async Task An_engine_with_TLS_is_reached_by_its_context_and_by_the_environment()
    {
        using var certificates = new TestCertificates();
        using X509Certificate2 server = certificates.IssueServer();
        using X509Certificate2 client = certificates.IssueClient();
        string files = Path.Combine(_folder.Path, "files");
        certificates.Write(files, server, "server");
        certificates.Write(files, client, "cert");
        await using var docker = new DockerDaemon(files);
        string root = Path.Combine(_folder.Path, "root.tar");
        File.WriteAllBytes(root, Layer);
        await docker.RunAsync("import", root, "tls-image:1");
        var settings = new Dictionary<string, string?> { ["DOCKER_CONFIG"] = _folder.Path, ["DOCKER_HOST"] = null };
        Programs.Output(
            "docker",
            ["context", "create", "far", "--docker", $"host={docker.TlsEndpoint},ca={files}/ca.pem,cert={files}/cert.pem,key={files}/key.pem"],
            environment: settings);

        ContainerImage image = await ReadAsync("tls-image:1", Find(("DOCKER_CONTEXT", "far")));
        Assert.Equal(await docker.RunAsync("inspect", "--format", "{{.Id}} {{.Size}}", "tls-image:1"), string.Create(CultureInfo.InvariantCulture, $"{image.ConfigDigest} {image.Size}"));
        Assert.Equal(100_000, (await ReadAsync("tls-image:1", Find(("DOCKER_HOST", docker.TlsEndpoint), ("DOCKER_TLS_VERIFY", "1"), ("DOCKER_CERT_PATH", files)))).Size);

        // Without a certificate of its own the client is sent away, and without TLS it is not understood.
        File.Delete(Path.Combine(files, "cert.pem"));
        await FailsAsync("EngineUnreachable", "tls-image:1", Find(("DOCKER_HOST", docker.TlsEndpoint), ("DOCKER_TLS_VERIFY", "1"), ("DOCKER_CERT_PATH", files)));
        Assert.Contains("HTTPS", (await FailsAsync("EngineFailed", "tls-image:1", Find(("DOCKER_HOST", docker.TlsEndpoint)))).Message, StringComparison.Ordinal);
    }

    private static EngineEndpoint Find(string folder, (string Name, string Value)[] variables) =>
        EngineEndpointFinder.Find(folder, name => variables.FirstOrDefault(pair => pair.Name == name).Value);

    // As the engine answers, with an image in chunks.
    private static async Task Chunked(TestCall call, byte[] content, int count)
    {
        const int Part = 10_000;
        await call.HeadAsync(200, "Transfer-Encoding: chunked", "Content-Type: application/x-tar");
        for (int start = 0; start < count; start += Part)
        {
            int length = Math.Min(Part, count - start);
            await call.Stream.WriteAsync(Encoding.ASCII.GetBytes(length.ToString("x", CultureInfo.InvariantCulture) + "\r\n"));
            await call.Stream.WriteAsync(content.AsMemory(start, length));
            await call.Stream.WriteAsync("\r\n"u8.ToArray());
        }

        if (count == content.Length)
        {
            await call.Stream.WriteAsync("0\r\n\r\n"u8.ToArray());
        }
    }

    private static Func<TestCall, Task> AnswerAs(Func<TestCall, Task> get) => call => call.Path switch
    {
        "/images/api:v1/json" => call.RespondAsync(200, """{"Id":"sha256:1","RepoTags":["api:v1"],"NewInVersion99":{"a":[1]}}""", "Content-Type: application/json"),
        _ when call.Path.StartsWith("/images/get?names=", StringComparison.Ordinal) => get(call),
        _ when call.Path.StartsWith("/images/json", StringComparison.Ordinal) => call.RespondAsync(
            200,
            """[{"Id":"a","RepoTags":["web:latest","api:v1"]},{"Id":"b","RepoTags":null},{"Id":"c","RepoTags":["<none>:<none>"]},{"Id":"d"}]""",
            "Content-Type: application/json"),
        _ => call.RespondAsync(404, """{"message":"No such image"}""", "Content-Type: application/json"),
    };

    private static ContainerSpecification Specification { get; } = new()
    {
        Image = "api:v1",
        Command = ["/bin/sh"],
        Purpose = "tests",
        Mounts = [KeyValuePair.Create("/run/user:1000/agent", "/agent")],
    };

    private TestServer Engine(Func<TestCall, Task> get) => new(SocketPath, AnswerAs(get));

    private EngineEndpoint Find(params (string Name, string Value)[] variables) => Find(_folder.Path, variables);

    private IContainerEngine Connect(EngineEndpoint? endpoint = null) =>
        new IsolatedLibraries().Connect(endpoint ?? new EngineEndpoint { Address = "unix://" + SocketPath });

    private Task<ContainerImage> ReadAsync(string name, EngineEndpoint? endpoint = null) =>
        new ImageReader { ConnectEngine = () => Connect(endpoint) }
            .ReadAsync(ImageLocation.Parse("docker-daemon:" + name, path => path), CancellationToken.None);

    private async Task<GoCrossException> FailsAsync(string errorId, string name, EngineEndpoint? endpoint = null)
    {
        GoCrossException failure = await Assert.ThrowsAsync<GoCrossException>(() => ReadAsync(name, endpoint));
        Assert.True(failure.ErrorId == errorId, $"{failure.ErrorId}: {failure}");
        return failure;
    }
}
