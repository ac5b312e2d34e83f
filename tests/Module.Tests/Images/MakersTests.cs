using System.Globalization;
using System.Text.Json;
using GoCross.Files;
using GoCross.Images;
using GoCross.Oci;
using GoCross.Scratch;
using GoCross.Tests.Scratch;

namespace GoCross.Tests.Images;

/// <summary>
/// Images of different makers: configuration, digests, layers and files are what skopeo, sha256sum, gzip, zstd, tar and
/// docker say, none of which is ours.
/// </summary>
[Collection(DockerDaemon.Collection)]
public sealed class MakersTests(DockerDaemon docker) : IDisposable
{
    private readonly TemporaryDirectory _folder = new();

    public void Dispose() => _folder.Dispose();

    [ToolTheory("umoci", "skopeo", "tar", "sha256sum", "gzip", "zstd")]
    [InlineData("oci:made:v1")]
    [InlineData("oci:copy:v1", "--dest-compress", "--dest-compress-format", "gzip")]
    [InlineData("oci:copy:v1", "--dest-compress", "--dest-compress-format", "zstd")]
    [InlineData("oci-archive:copy.tar:v1")]
    [InlineData("docker-archive:copy.tar:made:v1")]
    public void Umoci_and_skopeo(string target, params string[] options)
    {
        MakeWithUmoci();
        if (!target.StartsWith("oci:made", StringComparison.Ordinal))
        {
            Skopeo(["copy", .. options, "oci:made:v1", target]);
        }

        ContainerImage image = AssertIsWhatToolsSay(target);

        Assert.Equal(2, image.Layers.Count);
        Assert.Equal(("1000", "b"), (image.Configuration.User, image.Configuration.Environment["A"]));
    }

    [ToolFact("umoci", "skopeo", "tar", "sha256sum", "gzip", "zstd")]
    public void A_layer_that_is_there_twice_is_a_link_in_skopeo_s_archive()
    {
        // One layer in two places of a hand-made layout. skopeo stores it once, and links to it.
        byte[] layer = new TarBytes().Directory("d").File("d/x", "12345", mode: 0x1A0, uid: 5, gid: 6).SymbolicLink("l", "d/x").End();
        TestImage.SaveDirectory(In("twice"), TestImage.Layout(TestImage.Config([layer, layer]), layer, layer));
        Skopeo(["copy", "oci:twice", "docker-archive:twice.tar:twice:1"]);
        Assert.Contains(Programs.Output("tar", ["-tvf", In("twice.tar")]).Split('\n'), line => line.StartsWith('l'));

        ContainerImage image = AssertIsWhatToolsSay("docker-archive:twice.tar:twice:1");

        Assert.Equal(2, image.Layers.Count);
        Assert.Same(image.Layers[0].Contents, image.Layers[1].Contents);
    }

    [RootToolFact("buildah", "skopeo", "tar", "sha256sum", "gzip", "zstd")]
    public void Buildah()
    {
        File.WriteAllBytes(In("root.tar"), new TarBytes().Directory("etc").File("etc/passwd", "root:x:0:0::/:\n").SymbolicLink("link", "etc").End());
        File.WriteAllText(In("app"), "the program");
        string[] store = ["--root", In("store"), "--runroot", In("run"), "--storage-driver", "vfs"];
        string Run(params string[] arguments) => Programs.Output("buildah", [.. store, .. arguments], _folder.Path).Trim();
        string container = Run("from", "scratch");
        Run("add", container, In("root.tar"), "/");
        Run("commit", "--quiet", container, "localhost/first:1");
        string second = Run("from", "--pull-never", "localhost/first:1");
        Run("copy", "--chmod", "755", "--chown", "7:8", second, In("app"), "/usr/bin/app");
        Run("config", "--user", "7", "--env", "A=b", "--entrypoint", """["/usr/bin/app"]""", second);
        Run("commit", "--quiet", second, "localhost/second:1");
        Programs.Output("buildah", [.. store, "push", "localhost/second:1", $"oci-archive:{In("buildah.tar")}:second"], _folder.Path);
        Run("rm", "--all");

        ContainerImage image = AssertIsWhatToolsSay("oci-archive:buildah.tar:second");

        Assert.Equal(["/usr/bin/app"], image.Configuration.Entrypoint);
        Assert.Contains("/usr/bin/app -rwxr-xr-x 7/8 11", TarListing.Of(image.GetFiles().Where(file => file.Mode is not null)));
    }

    [ToolFact("go", "skopeo", "tar", "sha256sum", "gzip", "zstd")]
    public void New_ScratchImage()
    {
        // As the cmdlet writes it, by way of skopeo as well as directly.
        GoSources.Build(GoSources.Probe, In("probe"));
        ScratchImageWriter.Write(
            [ScratchProgram.Inspect(In("probe"), CancellationToken.None)],
            In("scratch.tar"),
            ImageReference.Parse("probe:1"),
            new ScratchOptions(),
            new ScratchImageOptions(),
            CancellationToken.None);

        AssertIsWhatToolsSay("oci-archive:scratch.tar");
        AssertIsWhatToolsSay("docker-archive:scratch.tar");
    }

    [DockerFact("tar", "skopeo", "sha256sum", "gzip", "zstd")]
    public async Task Docker_s_legacy_builder_and_save_and_export()
    {
        // The base, imported as a debootstrap root is, has what the layers above remove, replace, chmod, link and empty.
        byte[] root = new TarBytes().Directory("etc").File("etc/gone", "1").File("etc/kept", "22").Directory("dir").Directory("dir/sub").File("dir/sub/x", "333")
            .File("file", "4444").Directory("bin").File("bin/tool", new byte[5000], mode: 0x9ED).SymbolicLink("link", "file").HardLink("hard", "file")
            .Directory("var").Directory("var/tmp", mode: 0x3FF).End();
        File.WriteAllBytes(In("root.tar"), root);
        await docker.RunAsync("import", In("root.tar"), "makers-base:1");
        Directory.CreateDirectory(In("context/dir"));
        File.WriteAllText(In("context/dir/y"), "55555");
        File.WriteAllText(In("context/file"), "666666");
        File.WriteAllText(In("context/Dockerfile"), "FROM makers-base:1\nCOPY dir /dir\nCOPY --chown=7:8 file /etc/kept\nUSER 7\n");
        await docker.BuildAsync(buildKit: false, In("context"), "--tag", "makers-image:1");
        await docker.RunAsync("save", "--output", In("base.tar"), "makers-base:1");
        await docker.RunAsync("save", "--output", In("saved.tar"), "makers-image:1");
        string container = await docker.RunAsync("create", "makers-image:1", "/bin/tool");
        await docker.RunAsync("export", "--output", In("exported.tar"), container);
        await docker.RunAsync("rm", container);

        AssertIsWhatToolsSay("docker-archive:base.tar");
        ContainerImage image = AssertIsWhatToolsSay("docker-archive:saved.tar");

        // docker history has a row for each instruction, 0 bytes for those that make no layer.
        string[] sizes = [.. (await docker.RunAsync("history", "--no-trunc", "--human=false", "--format", "{{.Size}} {{.CreatedBy}}", "makers-image:1"))
            .Split('\n').Reverse().Where(line => !line.Contains("USER", StringComparison.Ordinal))];
        Assert.Equal(sizes, image.Layers.Select(layer => $"{layer.Size} {layer.CreatedBy}"));

        // A container has some paths of its own, which docker export tells, too.
        string[] added = ["/.dockerenv", "/dev", "/proc", "/sys", "/etc/hosts", "/etc/hostname", "/etc/resolv.conf", "/etc/mtab"];
        Assert.Equal(
            TarListing.Of(In("exported.tar")).Where(line => !added.Any(own => line.StartsWith(own + " ", StringComparison.Ordinal) || line.StartsWith(own + "/", StringComparison.Ordinal))),
            TarListing.Of(image.GetFiles()));
    }

    // Reads an image, and compares all that is read with what other programs say.
    private ContainerImage AssertIsWhatToolsSay(string name)
    {
        ContainerImage image = TestImage.Read(ImageLocation.Parse(name, In));
        using JsonDocument config = JsonDocument.Parse(Skopeo(["inspect", "--config", "--raw", name]));
        string[] diffIds = [.. config.RootElement.GetProperty("rootfs").GetProperty("diff_ids").EnumerateArray().Select(id => id.GetString()!)];
        Assert.Equal(diffIds, image.Layers.Select(layer => layer.DiffId));
        Assert.Equal(config.RootElement.GetProperty("architecture").GetString(), image.Platform.Architecture);

        // Each blob as skopeo takes it out, by the digest that it has there.
        string copy = In($"copy-{Guid.NewGuid():N}");
        Skopeo(["copy", "--preserve-digests", name, "dir:" + copy]);
        using JsonDocument manifest = JsonDocument.Parse(File.ReadAllBytes(Path.Combine(copy, "manifest.json")));
        string[] digests = [.. manifest.RootElement.GetProperty("layers").EnumerateArray().Select(layer => layer.GetProperty("digest").GetString()!)];
        Assert.Equal(digests, image.Layers.Select(layer => layer.Content.Digest));
        foreach ((string digest, ImageLayer layer) in digests.Zip(image.Layers))
        {
            string blob = Path.Combine(copy, digest["sha256:".Length..]);
            Assert.Equal(new FileInfo(blob).Length, layer.StoredSize);
            Assert.Equal(digest, Sha256Sum(blob));
            string tar = Unpack(blob);
            Assert.Equal(layer.DiffId, Sha256Sum(tar));
            Assert.Equal(TarListing.Of(tar), TarListing.Of(image.GetFiles([layer])));
            string[] names = Programs.Output("tar", ["-tf", tar]).Split('\n', StringSplitOptions.RemoveEmptyEntries);
            Assert.Equal(names.Count(entry => entry.Contains("/.wh.", StringComparison.Ordinal) || entry.StartsWith(".wh.", StringComparison.Ordinal)), layer.WhiteoutCount);
            Assert.Equal(
                Programs.Output("tar", ["-tvf", tar]).Split('\n').Where(line => line.StartsWith('-'))
                    .Sum(line => long.Parse(line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[2], CultureInfo.InvariantCulture)),
                layer.Size);
        }

        return image;
    }

    // Two layers: the second adds, changes, removes a file and a directory.
    private void MakeWithUmoci()
    {
        Programs.Output("umoci", ["init", "--layout", In("made")]);
        Programs.Output("umoci", ["new", "--image", In("made:v1")]);
        Programs.Output("umoci", ["unpack", "--rootless", "--image", In("made:v1"), In("bundle")]);
        string root = In("bundle/rootfs");
        Directory.CreateDirectory(Path.Combine(root, "etc"));
        Directory.CreateDirectory(Path.Combine(root, "old/deep"));
        File.WriteAllText(Path.Combine(root, "etc/old"), "to be removed");
        File.WriteAllText(Path.Combine(root, "old/deep/file"), "to be removed with its directory");
        File.WriteAllBytes(Path.Combine(root, "data"), [.. Enumerable.Range(0, 100_000).Select(i => (byte)(i * i))]);
        Programs.Output("umoci", ["repack", "--refresh-bundle", "--image", In("made:v1"), In("bundle")]);
        File.Delete(Path.Combine(root, "etc/old"));
        Directory.Delete(Path.Combine(root, "old"), recursive: true);
        File.WriteAllText(Path.Combine(root, "etc/new"), "added");
        File.CreateSymbolicLink(Path.Combine(root, "etc/link"), "../data");
        Programs.Output("umoci", ["repack", "--image", In("made:v1"), In("bundle")]);
        Programs.Output("umoci", ["config", "--image", In("made:v1"), "--config.user", "1000", "--config.env", "A=b"]);
    }

    private static string Sha256Sum(string path) => "sha256:" + Programs.Output("sha256sum", [path]).Split(' ')[0];

    private static string Unpack(string blob)
    {
        using FileStream file = File.OpenRead(blob);
        string? program = (file.ReadByte(), file.ReadByte()) switch { (0x1F, 0x8B) => "gzip", (0x28, 0xB5) => "zstd", _ => null };
        if (program is null)
        {
            return blob;
        }

        Programs.Output("sh", ["-c", "\"$1\" -dcf \"$2\" > \"$2.unpacked\"", "sh", program, blob]);
        return blob + ".unpacked";
    }

    private string Skopeo(string[] arguments) => Programs.Output("skopeo", ["--insecure-policy", .. arguments], _folder.Path);

    private string In(string name) => Path.Combine(_folder.Path, name);
}
