using System.IO.Compression;
using System.Security.Cryptography;
using GoCross.Errors;
using GoCross.Files;
using GoCross.Images;

namespace GoCross.Tests.Images;

/// <summary>What honest images unpack to, and where that ends. A limit is not damage: it says so, and what helps.</summary>
public sealed class UnpackingLimitTests : IDisposable
{
    private static readonly byte[] Layer = new TarBytes().File("a", new string('x', 100_000)).End();

    private readonly TemporaryDirectory _folder = new();

    public void Dispose() => _folder.Dispose();

    [Trait("Speed", "Slow")]
    [Fact]
    public void A_lastlog_of_zeros_is_read()
    {
        // useradd with the uid 5,000,000: 292 bytes a uid. gzip stores it in a thousandth.
        const long Size = 292L * 5_000_000;
        using var stored = new MemoryStream();
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        using (var gzip = new GZipStream(stored, CompressionLevel.SmallestSize, leaveOpen: true))
        {
            Put(TarBytes.Header("var/log/lastlog", Size, '0'));
            byte[] zeros = new byte[1 << 20];
            for (long left = Size + (512 - (Size % 512)) + 1024; left > 0; left -= zeros.Length)
            {
                Put(zeros[..(int)Math.Min(left, zeros.Length)]);
            }

            void Put(byte[] part)
            {
                gzip.Write(part);
                hash.AppendData(part);
            }
        }

        string diffId = "sha256:" + Convert.ToHexString(hash.GetCurrentHash()).ToLowerInvariant();
        byte[] config = System.Text.Encoding.UTF8.GetBytes(
            $$$"""{"architecture":"amd64","os":"linux","rootfs":{"type":"layers","diff_ids":["{{{diffId}}}"]}}""");
        Assert.InRange(stored.Length, 1, Size / 200);

        ContainerImage image = TestImage.Read(TestImage.SaveDirectory(_folder.Path, TestImage.Layout(config, stored.ToArray())));

        Assert.Equal(["/var/log/lastlog 1460000000"], image.GetFiles().Where(file => file.Type == ImageFileType.File).Select(file => $"{file.Path} {file.Size}"));
    }

    [Fact]
    public async Task The_limit_is_for_all_layers_together()
    {
        // Three layers of 1 MiB of zeros, where 2 MiB beyond what is stored is the limit.
        byte[][] layers = [.. Enumerable.Range(0, 3).Select(i => new TarBytes().File($"zeros{i}", new byte[1 << 20]).End())];
        ImageLocation image = TestImage.SaveDirectory(
            _folder.Path, TestImage.Layout(TestImage.Config(layers), [.. layers.Select(TestImage.Gzip)]));

        Assert.Equal("LayerUnpackLimit", Fails(image, new ImageLimits { UnpackedBytes = 2 << 20, UnpackRatio = 1 }).ErrorId);
        ContainerImage read = await new ImageReader(new ImageLimits { UnpackedBytes = 4 << 20, UnpackRatio = 1 })
            .ReadAsync(image, CancellationToken.None);
        Assert.Equal(3, read.Layers.Count);
    }

    [ToolTheory("zstd")]
    [InlineData(24)]
    [InlineData(26)]
    [InlineData(27)]
    public void Windows_that_zstd_unpacks_without_an_option_are_unpacked(int windowBits)
    {
        ImageLocation image = SaveZstd(windowBits);

        Assert.Equal(100_000, TestImage.Read(image).Size);
    }

    [ToolFact("zstd")]
    public void Several_wide_windows_go_one_after_the_other()
    {
        byte[][] layers = [.. Enumerable.Range(0, 4).Select(i => new TarBytes().File($"f{i}", new string('x', 1000)).End())];
        ImageLocation image = TestImage.SaveDirectory(
            _folder.Path, TestImage.Layout(TestImage.Config(layers), [.. layers.Select(layer => Zstd(layer, 27))]));

        Assert.Equal(4000, TestImage.Read(image).Size);
    }

    [ToolTheory("zstd", "skopeo")]
    [InlineData(28)]
    [InlineData(29)]
    public void A_wider_window_is_a_limit_and_what_is_advised_helps(int windowBits)
    {
        ImageLocation image = SaveZstd(windowBits);

        GoCrossException e = Fails(image);

        Assert.Equal(("ZstdWindowLimit", ErrorKind.LimitExceeded), (e.ErrorId, e.Kind));
        Assert.Contains("128 MiB", e.Message, StringComparison.Ordinal);
        Assert.Contains("skopeo copy --dest-decompress oci:SOURCE dir:TARGET", e.Fix, StringComparison.Ordinal);
        string target = Path.Combine(_folder.Path, "unpacked");
        Programs.Output("skopeo", ["copy", "--dest-decompress", "oci:" + image.Address, "dir:" + target]);
        Assert.Equal(100_000, TestImage.Read(TestImage.At(target)).Size);
    }

    // A layer of several frames, one after the other (RFC 8878, 3.1): any of them may have the widest window.
    [ToolFact("zstd")]
    public void A_later_frame_may_have_a_wider_window_than_the_first()
    {
        byte[] stored = [.. Zstd(Layer[..1024], 20), .. Zstd(Layer[1024..], 27)];

        Assert.Equal(100_000, TestImage.Read(TestImage.SaveDirectory(
            Path.Combine(_folder.Path, "frames"), TestImage.Layout(TestImage.Config([Layer]), stored))).Size);
        Assert.Equal("ZstdWindowLimit", Fails(TestImage.SaveDirectory(
            Path.Combine(_folder.Path, "wider"),
            TestImage.Layout(TestImage.Config([Layer]), [.. Zstd(Layer[..1024], 20), .. Zstd(Layer[1024..], 28)]))).ErrorId);
    }

    [ToolFact("zstd")]
    public void An_archive_that_is_packed_with_a_wider_window_is_a_limit_and_what_is_advised_helps()
    {
        string path = Path.Combine(_folder.Path, "image.tar.zst");
        File.WriteAllBytes(path, Zstd(TestImage.DockerArchive([Layer]), 31));

        GoCrossException e = Fails(TestImage.At(path));

        Assert.Equal("ZstdWindowLimit", e.ErrorId);
        Assert.Contains("zstd -d --long=31", e.Fix, StringComparison.Ordinal);
        Programs.Output("zstd", ["-q", "-d", "--long=31", path]);
        Assert.Equal(100_000, TestImage.Read(TestImage.At(path[..^".zst".Length])).Size);
    }

    [Fact]
    public void A_map_of_too_many_parts_is_a_limit()
    {
        byte[] map = System.Text.Encoding.ASCII.GetBytes("65537\n" + string.Concat(Enumerable.Range(0, 65537).Select(i => $"{i}\n0\n")));
        byte[] layer = new TarBytes().Pax(
            ("GNU.sparse.major", "1"u8.ToArray()), ("GNU.sparse.minor", "0"u8.ToArray()), ("GNU.sparse.realsize", "70000"u8.ToArray()))
            .File("sparse", map).End();

        GoCrossException e = Fails(TestImage.Save(_folder.Path, TestImage.DockerArchive([layer])));

        Assert.Equal(("TarSparseLimit", ErrorKind.LimitExceeded), (e.ErrorId, e.Kind));
        Assert.Contains("65536", e.Message, StringComparison.Ordinal);
    }

    private ImageLocation SaveZstd(int windowBits) => TestImage.SaveDirectory(
        Path.Combine(_folder.Path, "layout"), TestImage.Layout(TestImage.Config([Layer]), Zstd(Layer, windowBits)));

    // Through a pipe: of a file zstd knows the size, and needs no wider window than that.
    private byte[] Zstd(byte[] content, int windowBits)
    {
        string source = Path.Combine(_folder.Path, "source");
        string target = Path.Combine(_folder.Path, "target");
        File.WriteAllBytes(source, content);
        Programs.Output("sh", ["-c", $"cat '{source}' | zstd -q --ultra --long={windowBits} -c > '{target}'"]);
        return File.ReadAllBytes(target);
    }

    private static GoCrossException Fails(ImageLocation image, ImageLimits? limits = null) =>
        Assert.Throws<GoCrossException>(() => new ImageReader(limits ?? new ImageLimits()).ReadAsync(image, CancellationToken.None).GetAwaiter().GetResult());
}
