using System.Globalization;
using System.IO.Compression;
using System.Text;
using GoCross.Files;
using GoCross.Images;

namespace GoCross.Tests.Images;

/// <summary>
/// Images made to use up memory or time, read by the cmdlet in a process of its own: each is a named error or a right
/// result, and at its peak the process takes no more than 192 MiB beyond what an ordinary image takes it to; with the widest
/// window of Zstandard that is unpacked, 128 MiB, so much more. What .NET and PowerShell take themselves, some 120 MiB, is not
/// the images' matter.
/// </summary>
/// <remarks>
/// 192 MiB are the sum of the index of the largest (32 MiB and 16 times its 2.6 MB, <see cref="ImageLimits"/>), of the two
/// windows of 32 MiB of layers side by side, and of what the collector has not looked at yet.
/// </remarks>
public sealed class HostileMemoryTests : IDisposable
{
    private const long MaxMemory = 192L << 20;
    private const long WidestWindow = 128L << 20;

    private readonly TemporaryDirectory _folder = new();

    public void Dispose() => _folder.Dispose();

    [Trait("Speed", "Slow")]
    [Fact]
    public void No_image_takes_more_than_192_MiB_beyond_an_ordinary_one()
    {
        // Members of gzip and frames of zstd one after the other unpack to one stream: 2 GiB of zeros in 2 MiB. That is less
        // than the limit: what is asked here is the memory.
        byte[] zeros = new byte[16 << 20];
        byte[] zerosGzip = CompressSmallest(zeros);
        byte[] start = TarBytes.Header("zeros", 2L << 30, '0');
        WriteLayout("gzip-bomb", [.. TestImage.Gzip(start), .. Repeat(zerosGzip, 128)]);
        WriteLayout("zstd-bomb", [.. TestImage.Zstd(start), .. Repeat(TestImage.Zstd(zeros), 128)]);
        File.WriteAllBytes(In("whole-bomb"), [.. TestImage.Gzip(start), .. Repeat(zerosGzip, 128)]);
        WriteLayout("sparse-bomb", new TarBytes().Pax(
            ("GNU.sparse.major", "1"u8.ToArray()), ("GNU.sparse.minor", "0"u8.ToArray()), ("GNU.sparse.realsize", "1152921504606846976"u8.ToArray()))
            .File("huge", [.. Encoding.ASCII.GetBytes("1\n0\n1\n"), .. new byte[506], (byte)'x']).End());

        // 100 MB of JSON: as it is, in a stream, and as the index of a directory.
        byte[] json = [(byte)'[', .. Enumerable.Repeat((byte)' ', 100_000_000), (byte)']'];
        byte[] archive = new TarBytes().File("manifest.json", json).End();
        File.WriteAllBytes(In("json"), archive);
        File.WriteAllBytes(In("json-streamed"), TestImage.Gzip(archive));
        TestImage.SaveDirectory(In("json-directory"), [new("oci-layout", "{}"u8.ToArray()), new("index.json", json)]);

        // Headers that claim what is not there, or cannot be.
        foreach ((string name, long size) in (ReadOnlySpan<(string, long)>)[("size-negative", -1), ("size-absurd", long.MaxValue), ("size-missing", 1L << 50)])
        {
            byte[] header = TarBytes.Header("f", 0, '0', sizeField: TarBytes.Base256(size, 12));
            WriteLayout(name, [.. header, .. new byte[1024]]);
        }

        // Four million empty files of 48 bytes each in memory, in a thousandth of the two gigabytes of their
        // headers: what unpacks or what they need is too much, whichever comes first.
        byte[] header512 = TarBytes.Header("f", 0, '0');
        WriteLayout("many-files", Repeat(CompressSmallest(Repeat(header512, 8192)), 512));

        AssertErrors(
            MaxMemory,
            "gzip-bomb DiffIdMismatch", "json ImageJsonLimit", "json-directory ImageJsonLimit", "json-streamed ImageJsonLimit", "many-files LayerUnpackLimit",
            "size-absurd TarDamaged", "size-missing ImageTruncated", "size-negative TarDamaged", "sparse-bomb LayerUnpackLimit", "whole-bomb ImageTruncatedBefore",
            "zstd-bomb DiffIdMismatch");
    }

    [Trait("Speed", "Slow")]
    [Fact]
    public void Wide_windows_take_their_memory_one_at_a_time()
    {
        byte[] zeros = new byte[16 << 20];
        WriteLayout("zstd-window", Wide(zeros, 20), Wide(zeros, 21));

        AssertErrors(MaxMemory + WidestWindow, "zstd-window DiffIdMismatch");
    }

    private void AssertErrors(long mostMemory, params string[] expected)
    {
        byte[] layer = new TarBytes().File("a", "1").End();
        File.WriteAllBytes(Path.Combine(_folder.Path, "ordinary.tar"), TestImage.Tar(TestImage.Layout(TestImage.Config([layer]), TestImage.Gzip(layer))));
        PowerShellResult result = PowerShellProcess.Run(
            """
            $process = [System.Diagnostics.Process]::GetCurrentProcess()
            $null = Get-ImageLayer ../ordinary.tar
            $process.Refresh(); $ordinary = $process.PeakWorkingSet64
            $names = [System.IO.Directory]::GetFileSystemEntries("$PWD")
            [Array]::Sort($names, [StringComparer]::Ordinal)
            foreach ($name in $names) {
                $failure = $null
                $layers = Get-ImageLayer $name -ErrorAction SilentlyContinue -ErrorVariable failure
                '{0} {1}' -f [System.IO.Path]::GetFileName($name), $(if ($failure) { $failure[0].FullyQualifiedErrorId.Split(',')[0] } else { 'read' })
            }
            $process.Refresh(); $process.PeakWorkingSet64 - $ordinary
            """,
            Images);

        Assert.Equal((string.Empty, 0), (result.Error, result.ExitCode));
        string[] lines = result.Output.TrimEnd('\n').Split('\n');
        Assert.Equal(
            expected,
            lines[..^1].Select(line => line.Replace("LayerIndexLimit", "LayerUnpackLimit", StringComparison.Ordinal)));
        Assert.InRange(long.Parse(lines[^1], CultureInfo.InvariantCulture), 0, mostMemory);
    }

    private static byte[] CompressSmallest(byte[] content)
    {
        using var packed = new MemoryStream();
        using (var gzip = new GZipStream(packed, CompressionLevel.SmallestSize, leaveOpen: true))
        {
            gzip.Write(content);
        }

        return packed.ToArray();
    }

    private static byte[] Repeat(byte[] part, int count)
    {
        byte[] whole = new byte[part.Length * count];
        for (int i = 0; i < count; i++)
        {
            part.CopyTo(whole, i * part.Length);
        }

        return whole;
    }

    // One frame with the widest window that is unpacked, 128 MiB, and more content than that.
    private static byte[] Wide(byte[] zeros, int count)
    {
        using var packed = new MemoryStream();
        using (var zstd = new ZstdSharp.CompressionStream(packed, leaveOpen: true))
        {
            zstd.SetParameter(ZstdSharp.Unsafe.ZSTD_cParameter.ZSTD_c_windowLog, 27);
            zstd.Write(TarBytes.Header("zeros", (long)zeros.Length * count, '0'));
            for (int i = 0; i < count; i++)
            {
                zstd.Write(zeros);
            }
        }

        return packed.ToArray();
    }

    // The digests of the blobs are right; what they unpack to is no matter, since none is read to its end.
    private void WriteLayout(string name, params byte[][] layers) =>
        File.WriteAllBytes(In(name), TestImage.Tar(TestImage.Layout(TestImage.Config(layers), layers)));

    private string Images => Directory.CreateDirectory(Path.Combine(_folder.Path, "images")).FullName;

    private string In(string name) => Path.Combine(Images, name);
}
