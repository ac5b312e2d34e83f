using System.Buffers.Binary;
using System.Text;
using GoCross.Errors;
using GoCross.Files;
using GoCross.Packers;

namespace GoCross.Tests.Packers;

/// <summary>What UPX packed is given back: the expectation is upx -d, and the file as it was.</summary>
[Trait("Speed", "Slow")]
public sealed class UpxProgramTests(PackedPrograms programs) : IClassFixture<PackedPrograms>
{
    [ToolTheory("go", "upx")]
    [InlineData("linux/amd64", "-1")]
    [InlineData("linux/amd64", "-7")]
    [InlineData("linux/amd64", "--lzma")]
    [InlineData("linux/amd64", "--nrv2b")]
    [InlineData("linux/amd64", "--nrv2d")]
    [InlineData("linux/amd64", "--no-filter")]
    [InlineData("linux/arm64", "-1")]
    [InlineData("linux/arm64", "--lzma")]
    [InlineData("linux/386", "-1")]
    [InlineData("linux/386", "--lzma")]
    [InlineData("linux/386", "--filter=0x46")]
    [InlineData("linux/arm", "-1")]
    [InlineData("linux/arm", "--lzma")]
    [InlineData("linux/ppc64le", "-1")]
    [InlineData("linux/mipsle", "-1")]
    public void The_program_comes_back_byte_for_byte(string target, string how)
    {
        string program = programs.Build(target);
        string packed = programs.Pack(program, how);

        byte[] unpacked = Unpack(packed);

        Assert.True(programs.Unpack(packed).AsSpan().SequenceEqual(unpacked), "upx -d differs");
        Assert.True(File.ReadAllBytes(program).AsSpan().SequenceEqual(unpacked), "the original differs");
    }

    [ToolTheory("go", "upx")]
    [InlineData("windows/amd64", "Pe", "-1")]
    [InlineData("darwin/amd64", "MachO", "--force-macos")]
    public void A_program_for_another_system_is_refused_with_that_reason(string target, string format, string how)
    {
        string packed = programs.Pack(programs.Build(target), how);

        var e = Assert.Throws<GoCrossException>(() => GoCross.Sizes.MeasuredBinary.Read(packed));

        Assert.Equal("UpxUnsupported", e.ErrorId);
        Assert.Contains(format, e.Message, StringComparison.Ordinal);
    }

    [ToolTheory("gcc", "upx")]
    [InlineData("-static", "-9")]
    [InlineData("-static", "--lzma")]
    [InlineData("-static-pie", "--best")]
    [InlineData("-pie", "-1")]
    [InlineData("-no-pie", "-1")]
    public void A_C_program_comes_back(string linked, string how)
    {
        using var folder = new TemporaryDirectory();
        string source = Path.Combine(folder.Path, "main.c");
        string program = Path.Combine(folder.Path, "main");

        // UPX packs nothing below 40 kB, and stores what does not compress as it is.
        byte[] data = new byte[100_000];
        new Random(1).NextBytes(data);
        File.WriteAllText(
            source, $"unsigned char d[] = {{{string.Join(',', data)}}}; int z[30000] = {{1}}; int main(void) {{ return d[5] + z[9]; }}");
        Programs.Output("gcc", [linked, "-o", program, source]);
        string packed = programs.Pack(program, how);

        byte[] unpacked = Unpack(packed);

        Assert.True(programs.Unpack(packed).AsSpan().SequenceEqual(unpacked), "upx -d differs");
        Assert.True(File.ReadAllBytes(program).AsSpan().SequenceEqual(unpacked), "the original differs");
    }

    [ToolFact("go", "upx")]
    public void What_is_not_packed_is_not_unpacked()
    {
        using RandomAccessFile source = RandomAccessFile.Open(programs.Build("linux/amd64"));
        Assert.Null(UpxProgram.TryUnpack(source));
        Assert.False(UpxProgram.IsPacked(source));
        Assert.Null(UpxProgram.TryUnpack(new BytesSource("MZ not an ELF file at all"u8.ToArray())));
    }

    [ToolFact("go", "upx")]
    public void Each_changed_byte_of_the_blocks_is_noticed()
    {
        byte[] packed = File.ReadAllBytes(programs.Pack(programs.Build("linux/amd64"), "-1"));
        var random = new Random(20261128);
        for (int i = 0; i < 60; i++)
        {
            byte[] damaged = [.. packed];
            int at = random.Next(0x100, packed.Length - 64);
            damaged[at] ^= (byte)(1 << random.Next(8));
            try
            {
                using IRandomAccessSource? source = UpxProgram.TryUnpack(new BytesSource(damaged));

                // The unpacker itself, which lies among the blocks, is not looked at.
                Assert.NotNull(source);
                Assert.True(Bytes(source).AsSpan().SequenceEqual(Bytes(UpxProgram.TryUnpack(new BytesSource(packed))!)), $"{at:x}");
            }
            catch (GoCrossException e)
            {
                Assert.Contains(e.ErrorId, (string[])["UpxDamaged", "UpxUnsupported", "UpxLimit"]);
            }
        }
    }

    [ToolFact("go", "upx")]
    public void A_file_that_was_cut_off_is_damaged()
    {
        byte[] packed = File.ReadAllBytes(programs.Pack(programs.Build("linux/arm64"), "--lzma"));
        for (int length = 400; length < packed.Length; length += packed.Length / 23)
        {
            var e = Assert.Throws<GoCrossException>(() => UpxProgram.TryUnpack(new BytesSource(packed[..length])));
            Assert.Contains(e.ErrorId, (string[])["UpxDamaged", "UpxLimit"]);
        }
    }

    [ToolFact("go", "upx")]
    public void No_more_memory_is_taken_than_the_file_can_account_for()
    {
        byte[] packed = File.ReadAllBytes(programs.Pack(programs.Build("linux/amd64"), "-1"));
        int info = packed.AsSpan().IndexOf("UPX!"u8);
        BinaryPrimitives.WriteUInt32LittleEndian(packed.AsSpan(info + 12), 0xfff0_0000);

        long before = GC.GetAllocatedBytesForCurrentThread();
        var e = Assert.Throws<GoCrossException>(() => UpxProgram.TryUnpack(new BytesSource(packed)));

        Assert.Equal("UpxLimit", e.ErrorId);
        Assert.Contains("4293918720", e.Message, StringComparison.Ordinal);
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 1024 * 1024);
    }

    [ToolFact("go", "upx")]
    public void Chains_of_blocks_everywhere_are_given_up_in_linear_time()
    {
        byte[] packed = File.ReadAllBytes(programs.Pack(programs.Build("linux/amd64"), "-1"));

        // The blocks of the segments end where the unpacker begins, whose first bytes are no header.
        int at = packed.AsSpan().IndexOf("UPX!"u8) + 20;
        while (BinaryPrimitives.ReadUInt32LittleEndian(packed.AsSpan(at)) is var length and > 0 and <= 1 << 24
            && BinaryPrimitives.ReadUInt32LittleEndian(packed.AsSpan(at + 4)) is var stored && stored > 0 && stored <= length)
        {
            at += 12 + (int)stored;
        }

        // From there on a block of one byte, stored as it is, begins at every thirteenth byte.
        byte[] hostile = [.. packed[..at], .. Enumerable.Repeat<byte[]>([1, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0x90], 40_000).SelectMany(block => block)];
        var source = new CountingSource(new BytesSource(hostile));
        var e = Assert.Throws<GoCrossException>(() => UpxProgram.TryUnpack(source));

        Assert.Equal("UpxDamaged", e.ErrorId);
        Assert.InRange(source.Reads, 50_000, 70_000 + (hostile.Length / 12));
    }

    [ToolTheory("go", "upx")]
    [InlineData("--lzma")]
    [InlineData("-1")]
    public void Unpacking_can_be_cancelled(string how)
    {
        string packed = programs.Pack(programs.Build("linux/amd64"), how);
        using RandomAccessFile file = RandomAccessFile.Open(packed);
        using var cancellation = new CancellationTokenSource();
        long readWhenCancelled = 0;
        var source = new CountingSource(file)
        {
            OnRead = length =>
            {
                if (length > 64 * 1024)
                {
                    cancellation.Cancel();
                    readWhenCancelled++;
                }
            },
        };

        // Cancelled once a block has been read: no other block is read.
        Assert.Throws<OperationCanceledException>(() => UpxProgram.TryUnpack(source, cancellation.Token));
        Assert.Equal(1, readWhenCancelled);
    }

    [ToolFact("go", "upx")]
    public void A_method_that_is_not_known_is_named()
    {
        byte[] packed = File.ReadAllBytes(programs.Pack(programs.Build("linux/amd64"), "-1"));
        int info = packed.AsSpan().IndexOf("UPX!"u8);
        packed[info + 20 + 8] = 15; // b_method of the first block: M_DEFLATE.

        var e = Assert.Throws<GoCrossException>(() => UpxProgram.TryUnpack(new BytesSource(packed)));

        Assert.Equal("UpxUnsupported", e.ErrorId);
        Assert.Contains("method 15", e.Message, StringComparison.Ordinal);
    }

    // RFC 1950's sum of an empty text is 1, and of "Wikipedia" 0x11E60398.
    [Fact]
    public void Sums_are_those_of_RFC_1950()
    {
        var sum = new Adler32();
        Assert.Equal(1u, sum.Value);
        sum.Add(Encoding.ASCII.GetBytes("Wiki"));
        sum.Add(Encoding.ASCII.GetBytes("pedia"));
        Assert.Equal(0x11E60398u, sum.Value);
    }

    /// <summary>Counts what is read of a source, and tells of it.</summary>
    private sealed class CountingSource(IRandomAccessSource inner) : IRandomAccessSource
    {
        public int Reads { get; private set; }

        public Action<int>? OnRead { get; init; }

        public string Name => inner.Name;

        public long Length => inner.Length;

        public int Read(long offset, Span<byte> buffer)
        {
            Reads++;
            OnRead?.Invoke(buffer.Length);
            return inner.Read(offset, buffer);
        }

        public void Dispose() => inner.Dispose();
    }

    private static byte[] Unpack(string path)
    {
        using RandomAccessFile source = RandomAccessFile.Open(path);
        using IRandomAccessSource? unpacked = UpxProgram.TryUnpack(source);
        Assert.NotNull(unpacked);
        Assert.Equal(path, unpacked.Name);
        return Bytes(unpacked);
    }

    private static byte[] Bytes(IRandomAccessSource source)
    {
        byte[] bytes = new byte[source.Length];
        Assert.Equal(bytes.Length, source.Read(0, bytes));
        return bytes;
    }
}
