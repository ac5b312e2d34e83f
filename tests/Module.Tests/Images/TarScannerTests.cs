using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using GoCross.Errors;
using GoCross.Files;
using GoCross.Images;
using GoCross.Oci;

namespace GoCross.Tests.Images;

/// <summary>The tar reader against tar itself, and against headers written by hand.</summary>
public sealed partial class TarScannerTests
{
    [ToolTheory("tar")]
    [InlineData("ustar")]
    [InlineData("gnu")]
    [InlineData("posix")]
    [InlineData("v7")]
    public void Entries_are_those_that_tar_lists(string format)
    {
        using var folder = new TemporaryDirectory();
        string root = Path.Combine(folder.Path, "root");
        Directory.CreateDirectory(Path.Combine(root, "sub", "empty"));
        File.WriteAllText(Path.Combine(root, "sub", "a file"), "content");
        File.WriteAllBytes(Path.Combine(root, "big"), new byte[700_001]);
        File.CreateSymbolicLink(Path.Combine(root, "link"), "sub/a file");
        Programs.Run("chmod", ["6755", "big"], root);
        Programs.Run("ln", ["big", "hard"], root);
        if (format != "v7")
        {
            Programs.Run("mkfifo", ["pipe"], root);
        }

        if (format is "gnu" or "posix")
        {
            string deep = Path.Combine(root, new string('d', 120), new string('e', 120));
            Directory.CreateDirectory(deep);
            File.WriteAllText(Path.Combine(deep, "ümlaut"), "x");
            File.CreateSymbolicLink(Path.Combine(root, "long"), new string('t', 150));
        }

        string archive = Path.Combine(folder.Path, "a.tar");
        Programs.Output("tar", ["--format", format, "--sort=name", "--owner=1000", "--group=50", "--numeric-owner", "-cf", archive, "-C", root, "."]);
        string[] listed = [.. Programs
            .Output("tar", ["--list", "--verbose", "--numeric-owner", "--full-time", "--utc", "--quoting-style=literal", "-f", archive])
            .Split('\n', StringSplitOptions.RemoveEmptyEntries)];

        Assert.Equal(listed.Select(Listed), Scan(File.ReadAllBytes(archive)).Select(Listing));
    }

    [ToolTheory("tar")]
    [InlineData("gnu", "")]
    [InlineData("posix", "0.0")]
    [InlineData("posix", "0.1")]
    [InlineData("posix", "1.0")]
    public void A_sparse_file_is_the_file_written_out(string format, string version)
    {
        // 40 islands: more than the 4 segments of GNU's header and the 21 of its next block.
        using var folder = new TemporaryDirectory();
        using (FileStream file = File.Create(Path.Combine(folder.Path, "sparse")))
        {
            for (int i = 0; i < 40; i++)
            {
                file.Position = i * 65536;
                file.Write(Encoding.ASCII.GetBytes($"island {i}"));
            }

            file.SetLength((40 * 65536) + 12345);
        }

        byte[] Archive(params string[] options)
        {
            string path = Path.Combine(folder.Path, "a.tar");
            Programs.Output("tar", [.. options, "-cf", path, "-C", folder.Path, "sparse"]);
            return File.ReadAllBytes(path);
        }

        byte[] plain = Archive("--format=posix");
        byte[] sparse = Archive(["--format", format, "--sparse", .. version.Length > 0 ? ["--sparse-version", version] : Array.Empty<string>()]);
        Assert.True(sparse.Length < plain.Length / 4, "tar wrote no sparse file");

        ContainerImage plainImage = TestImage.Read(TestImage.DockerArchive([plain]));
        ContainerImage sparseImage = TestImage.Read(TestImage.DockerArchive([sparse]));
        FileChange[] changes = [.. ImageComparer.Compare(plainImage, sparseImage, CancellationToken.None).GetFileChanges()];

        Assert.Equal(["/sparse File 2633785 @0"], TestImage.Tree(sparseImage));
        Assert.Empty(changes);
    }

    [Fact]
    public void Capabilities_are_bytes_and_may_hold_a_line_feed_a_zero_and_what_is_no_UTF8()
    {
        // VFS_CAP_REVISION_2, permitted CAP_DAC_OVERRIDE and CAP_FOWNER (bits 1 and 3: 0x0A), then CAP_SETUID (0x80).
        byte[] capability = [1, 0, 0, 2, 0x0A, 0, 0, 0, 0x80, 0xC0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0];
        byte[] tar = new TarBytes()
            .Pax(("SCHILY.xattr.security.capability", capability), ("path", "renamed"u8.ToArray()))
            .File("short", "x").End();

        (TarEntry entry, _) = Assert.Single(Scan(tar));

        Assert.Equal("renamed", Encoding.UTF8.GetString(entry.Name));
        (byte[] name, byte[] value) = Assert.Single(entry.ExtendedAttributes);
        Assert.Equal("security.capability", Encoding.ASCII.GetString(name));
        Assert.Equal(capability, value);
    }

    [Fact]
    public void A_pax_size_replaces_the_header_size()
    {
        byte[] tar = new TarBytes().Pax(("size", "5"u8.ToArray())).Raw(TarBytes.Header("a", 0, '0'), "12345"u8.ToArray())
            .File("b", "x").End();

        Assert.Equal([("a", 5L), ("b", 1L)], Scan(tar).Select(scan => (Encoding.UTF8.GetString(scan.Entry.Name), scan.Entry.Size)));
    }

    [Fact]
    public void Global_headers_are_ignored_as_Docker_ignores_them()
    {
        byte[] record = TarBytes.Record("path", "everything"u8.ToArray());
        byte[] tar = new TarBytes().Raw(TarBytes.Header("g", record.Length, 'g'), record).File("a", "x").End();

        Assert.Equal("a", Encoding.UTF8.GetString(Assert.Single(Scan(tar)).Entry.Name));
    }

    [Theory]
    [InlineData(0L)]
    [InlineData(1L)]
    [InlineData(8_589_934_592L)]
    [InlineData((1L << 60) - 512)]
    public void Sizes_in_base_256_are_read(long size)
    {
        // 8 GiB is the first size that 11 octal digits cannot hold. The content is not there: only the header is asked.
        byte[] header = TarBytes.Header("a", 0, '0', sizeField: TarBytes.Base256(size, 12));
        using var stream = new MemoryStream([.. header, .. new byte[1024]]);
        using var scanner = new TarScanner(stream, new BlobLabel("test"), ImageLimits.Default);

        Assert.True(scanner.MoveNext());
        Assert.Equal(size, scanner.Current.Size);
    }

    [Theory]
    [InlineData(-1L)]
    [InlineData(long.MinValue)]
    [InlineData(long.MaxValue)]
    public void Impossible_sizes_are_named(long size)
    {
        GoCrossException e = Fails([.. TarBytes.Header("a", 0, '0', sizeField: TarBytes.Base256(size, 12)), .. new byte[1024]]);

        Assert.Equal("TarDamaged", e.ErrorId);
        Assert.Contains(size.ToString(CultureInfo.InvariantCulture), e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void An_extended_header_of_a_gigabyte_is_refused_before_it_is_allocated()
    {
        long before = GC.GetAllocatedBytesForCurrentThread();
        GoCrossException e = Fails([.. TarBytes.Header("x", 1 << 30, 'x'), .. new byte[4096]]);

        Assert.Equal("TarExtendedHeaderLimit", e.ErrorId);
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 4 << 20);
    }

    [Fact]
    public void A_wrong_checksum_is_named_with_its_offset()
    {
        byte[] tar = new TarBytes().File("a", "x").File("b", "y").End();
        tar[1024] = (byte)'z';

        GoCrossException e = Fails(tar);

        Assert.Equal("TarDamaged", e.ErrorId);
        Assert.Contains("1024", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void An_archive_cut_off_at_any_byte_is_an_error_or_a_shorter_archive()
    {
        // Whole entries before a cut on a block's border are a shorter archive, which Docker takes; so are content and a
        // part of its padding. Every other cut is an error that names the place.
        byte[] tar = new TarBytes().Pax(("path", Encoding.ASCII.GetBytes(new string('p', 200)))).File("a", new byte[700]).Directory("d").File("b", "x").End();
        for (int length = 0; length < tar.Length; length++)
        {
            byte[] cut = tar[..length];
            int content = length switch
            {
                < 512 => 0,
                < 1536 => 1,
                _ => 2,
            };
            try
            {
                int entries = Scan(cut).Count;
                Assert.True(length % 512 == 0 || length >= 2236, $"{length}: {entries}");
            }
            catch (GoCrossException e)
            {
                Assert.Equal("ImageTruncated", e.ErrorId);
                Assert.True(length > 0 && content >= 0, $"{length}");
            }
        }
    }

    private static GoCrossException Fails(byte[] tar) => Assert.Throws<GoCrossException>(() => Scan(tar));

    private static List<(TarEntry Entry, byte[] Content)> Scan(byte[] tar)
    {
        var entries = new List<(TarEntry, byte[])>();
        using var stream = new MemoryStream(tar);
        using var scanner = new TarScanner(stream, new BlobLabel("test"), ImageLimits.Default);
        while (scanner.MoveNext())
        {
            TarEntry from = scanner.Current;
            var copy = new TarEntry
            {
                Name = from.Name, LinkName = from.LinkName, Type = from.Type, Mode = from.Mode, UserId = from.UserId,
                GroupId = from.GroupId, ModifiedSeconds = from.ModifiedSeconds, Size = from.Size,
            };
            foreach ((byte[] name, byte[] value) in from.ExtendedAttributes)
            {
                copy.AddExtendedAttribute(name, value);
            }

            var content = new List<byte>();
            for (ReadOnlySpan<byte> part = scanner.ReadContent(); !part.IsEmpty; part = scanner.ReadContent())
            {
                content.AddRange(part);
            }

            entries.Add((copy, [.. content]));
        }

        return entries;
    }

    // -rw-r--r-- 1000/50           7 2024-01-01 00:00:00 ./sub/a file
    [GeneratedRegex(@"^(?<type>.)(?<mode>.{9}) (?<owner>\d+/\d+) +(?<size>\d+) (?<time>\S+ \S+) +(?<name>.*?)(?: -> (?<sym>.*)| link to (?<hard>.*))?$")]
    private static partial Regex Line();

    private static string Listed(string line)
    {
        Match match = Line().Match(line);
        string time = match.Groups["time"].Value.Split('.')[0];
        return string.Join('|', match.Groups["type"], match.Groups["mode"], match.Groups["owner"], match.Groups["size"], time,
            match.Groups["name"], match.Groups["sym"].Value + match.Groups["hard"].Value);
    }

    private static string Listing((TarEntry Entry, byte[] Content) scan)
    {
        TarEntry entry = scan.Entry;
        char type = entry.Type switch
        {
            ImageFileType.File => '-',
            ImageFileType.Directory => 'd',
            ImageFileType.SymbolicLink => 'l',
            ImageFileType.HardLink => 'h',
            ImageFileType.NamedPipe => 'p',
            _ => '?',
        };
        return string.Join('|', type, Mode(entry.Mode), $"{entry.UserId}/{entry.GroupId}", entry.Size,
            DateTimeOffset.FromUnixTimeSeconds(entry.ModifiedSeconds).ToString("yyyy-MM-dd HH:mm:ss", CultureInfo.InvariantCulture),
            Encoding.UTF8.GetString(entry.Name), Encoding.UTF8.GetString(entry.LinkName));
    }

    private static string Mode(int mode)
    {
        char[] text = "rwxrwxrwx".ToCharArray();
        for (int i = 0; i < 9; i++)
        {
            text[i] = (mode & (256 >> i)) != 0 ? text[i] : '-';
        }

        text[2] = (mode & 0x800) != 0 ? (text[2] == 'x' ? 's' : 'S') : text[2];
        text[5] = (mode & 0x400) != 0 ? (text[5] == 'x' ? 's' : 'S') : text[5];
        text[8] = (mode & 0x200) != 0 ? (text[8] == 'x' ? 't' : 'T') : text[8];
        return new string(text);
    }
}
