using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using GoCross.Errors;
using GoCross.Files;
using GoCross.Oci;
using GoCross.Scratch;

namespace GoCross.Tests.Scratch;

/// <summary>The expectations are what tar, sha256, skopeo and umoci say of an image.</summary>
public sealed class ScratchImageTests : IDisposable
{
    private readonly TemporaryDirectory _directory = new();

    private string Tar => In("image.tar");

    public void Dispose() => _directory.Dispose();

    [ToolFact("go", "tar")]
    public void The_tar_is_a_layout_and_a_docker_archive_and_all_in_it_is_fixed()
    {
        Write(GoSources.Probe);

        string[] lines = Programs.Output("tar", ["--utc", "-tvf", Tar]).TrimEnd('\n').Split('\n');

        Assert.All(lines, line => Assert.Contains(" 0/0 ", line, StringComparison.Ordinal));
        Assert.All(lines, line => Assert.Contains(" 1970-01-01 00:00 ", line, StringComparison.Ordinal));
        Assert.Equal(
            ["oci-layout", "blobs/", "blobs/sha256/"], lines[..3].Select(line => line.Split(' ')[^1]));
        Assert.Equal(["index.json", "manifest.json"], lines[^2..].Select(line => line.Split(' ')[^1]));
    }

    [ToolFact("go", "tar")]
    public void Each_blob_has_the_name_of_its_hash_and_each_digest_names_a_blob()
    {
        ScratchImage image = Write(GoSources.Probe);
        string[] blobs = Extract();

        foreach (string blob in blobs)
        {
            using FileStream stream = File.OpenRead(blob);
            Assert.Equal(Path.GetFileName(blob), Convert.ToHexString(SHA256.HashData(stream)).ToLowerInvariant());
        }

        string[] named = [image.Digest, image.ImageId, .. image.Layers.Select(layer => layer.Digest)];
        Assert.Equal(
            blobs.Select(blob => "sha256:" + Path.GetFileName(blob)).Order(StringComparer.Ordinal),
            named.Order(StringComparer.Ordinal));
        Assert.Equal(new FileInfo(Tar).Length, image.Length);
        Assert.All(image.Layers, layer => Assert.Equal(
            new FileInfo(blobs.Single(blob => layer.Digest.EndsWith(Path.GetFileName(blob), StringComparison.Ordinal))).Length,
            layer.Length));
    }

    [ToolFact("go", "tar")]
    public void The_layers_hold_what_the_program_needs_and_then_the_program()
    {
        ScratchImage image = Write(GoSources.Probe);
        string[] blobs = Extract();

        string[] lower = List(0);
        string[] upper = List(1);

        Assert.Equal(2, image.Layers.Count);
        Assert.Contains("drwxrwxrwt 0/0 tmp/", lower);
        Assert.Contains("drwx------ 65532/65532 home/nonroot/", lower);
        Assert.Contains("-rw-r--r-- 0/0 etc/passwd", lower);
        Assert.Contains("-rw-r--r-- 0/0 etc/group", lower);
        Assert.Contains("-rw-r--r-- 0/0 etc/ssl/certs/ca-certificates.crt", lower);
        Assert.Contains(lower, line => line.EndsWith("usr/share/zoneinfo/Europe/Berlin", StringComparison.Ordinal));
        Assert.Equal(lower.Length, lower.Select(line => line.Split(' ')[2]).Distinct().Count());
        Assert.Equal(["-rwxr-xr-x 0/0 probe"], upper);

        string[] List(int layer)
        {
            string blob = blobs.Single(b => image.Layers[layer].Digest.EndsWith(Path.GetFileName(b), StringComparison.Ordinal));
            return
            [
                .. Programs.Output("tar", ["-tvf", blob]).TrimEnd('\n').Split('\n')
                    .Select(line => line.Split(' ', StringSplitOptions.RemoveEmptyEntries))
                    .Select(words => $"{words[0]} {words[1]} {words[5]}"),
            ];
        }
    }

    [ToolFact("go", "tar")]
    public void A_program_that_needs_nothing_gets_nothing()
    {
        ScratchImage image = Write(GoSources.Plain);

        ScratchImageLayer layer = Assert.Single(image.Layers);
        Assert.Equal(layer.Digest, layer.DiffId);
        Assert.Empty(image.Needs);
        Assert.Empty(image.Environment);
        Assert.Empty(image.Warnings);
        string blob = Extract().Single(b => layer.Digest.EndsWith(Path.GetFileName(b), StringComparison.Ordinal));
        Assert.Equal("probe\n", Programs.Output("tar", ["-tf", blob]));
    }

    [ToolFact("go", "skopeo")]
    public void Skopeo_reads_it_in_both_forms_and_says_what_was_asked_for()
    {
        ScratchImage image = Write(
            GoSources.Probe,
            options: new ScratchOptions
            {
                User = ContainerUser.Parse("1001:0"),
                Arguments = ["serve", "a \"b\" $c"],
                Labels = new Dictionary<string, string> { ["org.opencontainers.image.title"] = "T + ü", ["x"] = "" },
                Environment = new Dictionary<string, string> { ["LOG"] = "a=b", ["HOME"] = "/tmp" },
                Ports = [8443, 80, 80],
                Created = DateTimeOffset.FromUnixTimeSeconds(1_700_000_000),
            },
            reference: "registry.example:5000/team/api:1.2");

        foreach (string source in (string[])[$"oci-archive:{Tar}", $"oci-archive:{Tar}:1.2", $"docker-archive:{Tar}"])
        {
            using JsonDocument document = JsonDocument.Parse(Programs.Output("skopeo", ["inspect", "--config", source]));
            JsonElement root = document.RootElement;
            JsonElement config = root.GetProperty("config");
            Assert.Equal("amd64", root.GetProperty("architecture").GetString());
            Assert.Equal("linux", root.GetProperty("os").GetString());
            Assert.Equal("2023-11-14T22:13:20Z", root.GetProperty("created").GetString());
            Assert.Equal("1001:0", config.GetProperty("User").GetString());
            Assert.Equal(["/probe", "serve", "a \"b\" $c"], Strings(config.GetProperty("Entrypoint")));
            Assert.Equal(["HOME=/tmp", "LOG=a=b", "USER=nonroot"], Strings(config.GetProperty("Env")));
            Assert.Equal("T + ü", config.GetProperty("Labels").GetProperty("org.opencontainers.image.title").GetString());
            Assert.Equal(["80/tcp", "8443/tcp"], config.GetProperty("ExposedPorts").EnumerateObject().Select(port => port.Name));
            Assert.Equal(image.Layers.Select(layer => layer.DiffId), Strings(root.GetProperty("rootfs").GetProperty("diff_ids")));
        }

        string tags = Programs.Output("skopeo", ["list-tags", $"docker-archive:{Tar}"]);
        Assert.Contains("registry.example:5000/team/api:1.2", tags, StringComparison.Ordinal);
        using JsonDocument inspected = JsonDocument.Parse(Programs.Output("skopeo", ["inspect", $"oci-archive:{Tar}"]));
        Assert.Equal(image.Digest, inspected.RootElement.GetProperty("Digest").GetString());
    }

    [ToolFact("go", "skopeo", "umoci", "tar")]
    public void Umoci_unpacks_the_layout_to_the_files_with_their_modes_and_owners()
    {
        Write(GoSources.Probe);
        string layout = In("layout");
        Directory.CreateDirectory(layout);
        Programs.Output("tar", ["-xf", Tar, "-C", layout]);

        Programs.Output("umoci", ["unpack", "--rootless", "--image", layout + ":latest", In("bundle")]);

        string root = Path.Combine(In("bundle"), "rootfs");
        Assert.Equal("1777\n700\n755\n", Programs.Output("stat", ["--format=%a", "tmp", "home/nonroot", "probe"], root));
        Assert.Equal(File.ReadAllBytes(In("probe")), File.ReadAllBytes(Path.Combine(root, "probe")));
        Assert.Equal(
            Programs.Output("sha256sum", ["/usr/share/zoneinfo/Europe/Berlin"]).Split(' ')[0],
            Programs.Output("sha256sum", [Path.Combine(root, "usr/share/zoneinfo/Europe/Berlin")]).Split(' ')[0]);
    }

    [ToolTheory("go", "skopeo")]
    [InlineData("linux/arm64", "arm64", null)]
    [InlineData("linux/arm/v6", "arm", "v6")]
    [InlineData("linux/arm/v7", "arm", "v7")]
    [InlineData("linux/386", "386", null)]
    [InlineData("linux/riscv64", "riscv64", null)]
    [InlineData("linux/s390x", "s390x", null)]
    [InlineData("linux/ppc64le", "ppc64le", null)]
    public void The_platform_is_the_binary_s_own(string platform, string architecture, string? variant)
    {
        ScratchImage image = Write(GoSources.Plain, platform);

        Assert.Equal(platform, image.Platform);
        using JsonDocument document = JsonDocument.Parse(Programs.Output("skopeo", ["inspect", "--raw", "--config", $"oci-archive:{Tar}"]));
        Assert.Equal(architecture, document.RootElement.GetProperty("architecture").GetString());
        Assert.Equal(variant, document.RootElement.TryGetProperty("variant", out JsonElement v) ? v.GetString() : null);
    }

    [ToolFact("go")]
    public void Two_runs_give_the_same_bytes()
    {
        Write(GoSources.Probe);
        byte[] first = File.ReadAllBytes(Tar);

        // Another time, another mode, and another user's, where this one may give files away.
        File.SetLastWriteTimeUtc(In("probe"), DateTime.UtcNow.AddDays(-3));
        Programs.Output("chmod", ["700", In("probe")]);
        if (Environment.IsPrivilegedProcess)
        {
            Programs.Output("chown", ["1234:4321", In("probe")]);
        }

        ScratchImageWriter.Write([Inspect("probe")], In("again.tar"), null, new ScratchOptions(), new ScratchImageOptions(), CancellationToken.None);

        Assert.Equal(first, File.ReadAllBytes(In("again.tar")));
    }

    [ToolFact("go")]
    public void A_changed_program_leaves_the_lower_layer_as_it_was()
    {
        ScratchImage first = Write(GoSources.Probe);
        ScratchImage second = Write(GoSources.Probe.Replace("write home ok", "written", StringComparison.Ordinal));

        Assert.Equal(first.Layers[0], second.Layers[0]);
        Assert.NotEqual(first.Layers[1], second.Layers[1]);
    }

    [ToolFact("go")]
    public void Memory_does_not_grow_with_the_program()
    {
        string path = GoSources.Build(GoSources.Plain, In("probe"));
        using (FileStream stream = File.OpenWrite(path))
        {
            stream.SetLength(300L << 20);
        }

        ScratchProgram program = Inspect("probe");
        long before = GC.GetAllocatedBytesForCurrentThread();
        ScratchImage image = ScratchImageWriter.Write([program], Tar, null, new ScratchOptions(), new ScratchImageOptions(), CancellationToken.None);
        long allocated = GC.GetAllocatedBytesForCurrentThread() - before;

        Assert.True(image.Length > 300L << 20);
        Assert.True(allocated < 16L << 20, $"{allocated} bytes were allocated.");
    }

    [ToolFact("go")]
    public void A_program_that_changes_meanwhile_is_an_error_and_leaves_nothing()
    {
        GoSources.Build(GoSources.Plain, In("probe"));
        ScratchProgram program = Inspect("probe");

        File.SetLastWriteTimeUtc(In("probe"), DateTime.UtcNow.AddSeconds(5));
        Assert.Equal("BinaryChanged", Error(program));

        program = Inspect("probe");
        File.AppendAllText(In("probe"), "more");
        Assert.Equal("BinaryChanged", Error(program));

        program = Inspect("probe");
        using (FileStream stream = File.OpenWrite(In("probe")))
        {
            stream.SetLength(stream.Length - 1);
        }

        Assert.Equal("BinaryChanged", Error(program));
        Assert.Equal(["probe"], Directory.EnumerateFileSystemEntries(_directory.Path).Select(Path.GetFileName));

        string Error(ScratchProgram changed) => Assert.Throws<GoCrossException>(
            () => ScratchImageWriter.Write([changed], Tar, null, new ScratchOptions(), new ScratchImageOptions(), CancellationToken.None)).ErrorId;
    }

    [ToolFact("go")]
    public void A_cancelled_write_leaves_nothing()
    {
        GoSources.Build(GoSources.Plain, In("probe"));

        Assert.ThrowsAny<OperationCanceledException>(() => ScratchImageWriter.Write(
            [Inspect("probe")], Tar, null, new ScratchOptions(), new ScratchImageOptions(), new CancellationToken(canceled: true)));

        Assert.Equal(["probe"], Directory.EnumerateFileSystemEntries(_directory.Path).Select(Path.GetFileName));
    }

    [ToolFact("go")]
    public void What_stands_there_is_kept_unless_it_is_to_be_replaced()
    {
        Write(GoSources.Plain);
        File.WriteAllText(Tar, "mine");

        GoCrossException e = Assert.Throws<GoCrossException>(
            () => ScratchImageWriter.Write([Inspect("probe")], Tar, null, new ScratchOptions(), new ScratchImageOptions(), CancellationToken.None));
        Assert.Equal("FileExists", e.ErrorId);
        Assert.Equal("mine", File.ReadAllText(Tar));

        ScratchImageWriter.Write([Inspect("probe")], Tar, null, new ScratchOptions(), new ScratchImageOptions { Overwrite = true }, CancellationToken.None);
        Assert.NotEqual("mine", File.ReadAllText(Tar));
    }

    [ToolFact("go", "tar")]
    public void An_archive_is_replaced_unasked_as_long_as_it_is_as_it_was_written()
    {
        Write(GoSources.Plain);
        byte[] Make(ScratchOptions options)
        {
            ScratchImageWriter.Write([Inspect("probe")], Tar, null, options, new ScratchImageOptions(), CancellationToken.None);
            return File.ReadAllBytes(Tar);
        }

        byte[] first = Make(new ScratchOptions());
        byte[] second = Make(new ScratchOptions { Arguments = ["other"] });
        Assert.NotEqual(first, second);

        // The hash is one that sha256sum confirms: of the file with zeros where it stands. Behind it zeros fill the block.
        string text = Encoding.ASCII.GetString(second[^512..]).TrimEnd('\0', '\n');
        string hash = text[^64..];
        byte[] blank = [.. second[..^512], .. Encoding.ASCII.GetBytes((text[..^64] + new string('0', 64) + "\n").PadRight(512, '\0'))];
        File.WriteAllBytes(In("blank"), blank);
        Assert.StartsWith(hash, Programs.Output("sha256sum", [In("blank")]), StringComparison.Ordinal);
        Programs.Output("tar", ["-tf", Tar]);

        foreach (int at in (int[])[0, second.Length / 2, second.Length - 600])
        {
            byte[] changed = [.. second];
            changed[at] ^= 1;
            File.WriteAllBytes(Tar, changed);
            Assert.Equal("FileExists", Assert.Throws<GoCrossException>(() => Make(new ScratchOptions())).ErrorId);
            Assert.Equal(changed, File.ReadAllBytes(Tar));
        }
    }

    [ToolFact("go", "tar")]
    public void Given_certificates_and_zones_go_in_whether_or_not_they_are_needed()
    {
        File.WriteAllText(In("ca.pem"), File.ReadAllText("/etc/ssl/certs/ca-certificates.crt").Split("-----END CERTIFICATE-----\n")[0] + "-----END CERTIFICATE-----\n");
        Directory.CreateDirectory(In("zones"));
        File.WriteAllText(Path.Combine(In("zones"), "UTC"), "TZif2");

        ScratchImage image = Write(
            GoSources.Plain, options: new ScratchOptions { CaBundlePath = In("ca.pem"), ZoneDataPath = In("zones") });

        string blob = Extract().Single(b => image.Layers[0].Digest.EndsWith(Path.GetFileName(b), StringComparison.Ordinal));
        Assert.Equal(
            "etc/\netc/ssl/\netc/ssl/certs/\netc/ssl/certs/ca-certificates.crt\nusr/\nusr/share/\nusr/share/zoneinfo/\nusr/share/zoneinfo/UTC\n",
            Programs.Output("tar", ["-tf", blob]));
    }

    private static string[] Strings(JsonElement array) => [.. array.EnumerateArray().Select(item => item.GetString()!)];

    private string In(string name) => Path.Combine(_directory.Path, name);

    private ScratchProgram Inspect(string name) => ScratchProgram.Inspect(In(name), CancellationToken.None);

    private ScratchImage Write(
        string source, string platform = "linux/amd64", ScratchOptions? options = null, string? reference = null)
    {
        GoSources.Build(source, In("probe"), platform);
        return ScratchImageWriter.Write(
            [Inspect("probe")],
            Tar,
            reference is null ? null : ImageReference.Parse(reference),
            options ?? new ScratchOptions(),
            new ScratchImageOptions { Overwrite = true },
            CancellationToken.None);
    }

    /// <summary>Unpacks the tar and gives its blobs.</summary>
    private string[] Extract()
    {
        string layout = In("extracted");
        Directory.CreateDirectory(layout);
        Programs.Output("tar", ["-xf", Tar, "-C", layout]);
        return Directory.GetFiles(Path.Combine(layout, "blobs", "sha256"));
    }
}
