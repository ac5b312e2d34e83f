using System.Text;
using System.Text.Json;
using GoCross.Formatting;
using GoCross.Oci;

namespace GoCross.Tests.Oci;

/// <summary>
/// The bytes of documents, by which images are named. The order of the names is that of image-spec's own examples
/// (config.md, manifest.md, image-index.md), where GoCross writes them; it must never change.
/// </summary>
public sealed class ImageDocumentTests
{
    private const string Digest = "sha256:44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a";

    [Fact]
    public void A_configuration_has_these_bytes()
    {
        var document = new ConfigDocument
        {
            Created = Rfc3339.Format(new DateTimeOffset(2024, 1, 2, 5, 4, 5, TimeSpan.FromHours(2))),
            Author = "a <b>",
            Architecture = "arm",
            Os = "linux",
            Variant = "v7",
            Config = new ImageConfiguration
            {
                User = "65532:65532",
                WorkingDirectory = "/",
                Entrypoint = ["/api", "a+b"],
                Environment = new Dictionary<string, string> { ["b"] = "2", ["B"] = "1" },
                Labels = new Dictionary<string, string> { ["ü"] = "\"", ["a"] = "" },
                ExposedPorts = ["80/tcp"],
                Volumes = ["/data"],
                StopSignal = "SIGINT",
                HealthCheck = new ImageHealthCheck { Test = ["CMD", "/api"], Interval = TimeSpan.FromSeconds(30), Retries = 3 },
                Shell = ["/bin/sh", "-c"],
            }.ToDocument(),
            Rootfs = new RootFsDocument { Type = "layers", DiffIds = [Digest] },
            History = [new HistoryDocument { Created = "2024-01-02T03:04:05Z", CreatedBy = "x" }, new HistoryDocument { EmptyLayer = true }],
        };

        string expected = """
            {"created":"2024-01-02T03:04:05Z","author":"a <b>","architecture":"arm","os":"linux","variant":"v7",
            "config":{"User":"65532:65532","ExposedPorts":{"80/tcp":{}},"Env":["B=1","b=2"],"Entrypoint":["/api","a+b"],
            "Healthcheck":{"Test":["CMD","/api"],"Interval":30000000000,"Retries":3},"Volumes":{"/data":{}},"WorkingDir":"/",
            "Labels":{"a":"","ü":"\""},"StopSignal":"SIGINT","Shell":["/bin/sh","-c"]},
            "rootfs":{"type":"layers","diff_ids":["DIGEST"]},
            "history":[{"created":"2024-01-02T03:04:05Z","created_by":"x"},{"empty_layer":true}]}
            """;
        Assert.Equal(expected.ReplaceLineEndings("").Replace("DIGEST", Digest, StringComparison.Ordinal), Encoding.UTF8.GetString(ImageJson.Write(document)));
    }

    [Fact]
    public void A_manifest_and_an_index_have_these_bytes()
    {
        var config = new Descriptor { MediaType = "c", Digest = Digest, Size = 2 };
        var manifest = ImageDocument.Of(new ManifestDocument
        {
            MediaType = MediaTypes.OciManifest,
            ArtifactType = "a",
            Config = config,
            Layers = [config with { Annotations = new Dictionary<string, string?> { ["t"] = "x" } }],
            Subject = config,
            Annotations = new Dictionary<string, string?> { ["b"] = "1" },
        });
        var index = ImageDocument.Of(new ManifestDocument
        {
            MediaType = MediaTypes.OciIndex,
            Manifests = [config with { Platform = new ImagePlatform("linux", "arm", "v7").ToDocument(), ArtifactType = "a" }],
        });

        string descriptor = $$"""{"mediaType":"c","digest":"{{Digest}}","size":2""";
        string whole = descriptor + "}";
        Assert.Equal(
            """{"schemaVersion":2,"mediaType":"application/vnd.oci.image.manifest.v1+json","artifactType":"a","config":"""
                + whole + ""","layers":[""" + descriptor + ""","annotations":{"t":"x"}}],"subject":""" + whole
                + ""","annotations":{"b":"1"}}""",
            Encoding.UTF8.GetString(manifest.Content.Span));
        Assert.Equal(
            """{"schemaVersion":2,"mediaType":"application/vnd.oci.image.index.v1+json","manifests":["""
                + descriptor + ""","platform":{"architecture":"arm","os":"linux","variant":"v7"},"artifactType":"a"}]}""",
            Encoding.UTF8.GetString(index.Content.Span));
        Assert.Equal((Digests.Of(manifest.Content.Span), manifest.Content.Length), (manifest.Digest, manifest.Descriptor.Size));
    }

    [Fact]
    public void What_is_written_reads_as_the_same_and_what_Go_writes_is_read_whatever_its_case()
    {
        var configuration = new ImageConfiguration
        {
            User = "1",
            WorkingDirectory = "/w",
            ExposedPorts = ["90/udp"],
            HealthCheck = new ImageHealthCheck { Test = ["NONE"], StartPeriod = TimeSpan.FromTicks(7) },
            OnBuild = ["RUN x"],
        };

        var read = ImageConfiguration.Of(Read(ImageJson.Write(new ConfigDocument { Config = configuration.ToDocument() })));
        var go = ImageConfiguration.Of(Read("""{"CONFIG":{"exposedports":{"1/tcp":null,"1/tcp":{"x":[1]}},"entrypoint":"/a b","cmd":["a",null],"env":["A","B=c=d",null],"Healthcheck":{"Interval":0,"Retries":0}}}"""u8));

        Assert.Equal(("1", "/w", "90/udp", "RUN x"), (read.User, read.WorkingDirectory, Assert.Single(read.ExposedPorts), Assert.Single(read.OnBuild)));
        Assert.Equal(configuration.HealthCheck, read.HealthCheck);
        Assert.Equal(["1/tcp"], go.ExposedPorts);
        Assert.Equal(["/a b"], go.Entrypoint);
        Assert.Equal(["a", ""], go.Command);
        Assert.Equal([KeyValuePair.Create("A", ""), KeyValuePair.Create("B", "c=d")], go.Environment);
        Assert.Equal(new ImageHealthCheck(), go.HealthCheck);
    }

    [Theory]
    [InlineData("""{"config":{"ExposedPorts":[1]}}""")]
    [InlineData("""{"config":{"Volumes":"x"}}""")]
    [InlineData("""{"config":{"Entrypoint":[1]}}""")]
    [InlineData("""{"config":{"Volumes":{"\ud800":{}}}}""")]
    public void What_is_not_such_a_document_is_an_error_of_JSON(string text) =>
        Assert.ThrowsAny<JsonException>(() => Read(Encoding.UTF8.GetBytes(text)));

    private static ConfigDocument Read(ReadOnlySpan<byte> json) => JsonSerializer.Deserialize(json, ImageJson.Default.ConfigDocument)!;
}
