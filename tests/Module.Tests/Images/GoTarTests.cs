using System.Text;
using GoCross.Files;
using GoCross.Images;

namespace GoCross.Tests.Images;

/// <summary>
/// Headers of old and foreign writers, against Go's own archive/tar, which Docker and containerd unpack layers with.
/// </summary>
public sealed class GoTarTests
{
    private const string Lister = """
        package main

        import ("archive/tar"; "fmt"; "io"; "os")

        func main() {
            file, err := os.Open(os.Args[1])
            if err != nil { panic(err) }
            for reader := tar.NewReader(file); ; {
                header, err := reader.Next()
                if err == io.EOF { return }
                if err != nil { panic(err) }
                fmt.Printf("/%s %d %d:%d\n", header.Name, header.Size, uint32(header.Uid), uint32(header.Gid))
            }
        }
        """;

    [ToolFact("go")]
    public void Names_and_owners_are_those_that_Go_reads()
    {
        using var folder = new TemporaryDirectory();
        byte[] octal = Encoding.ASCII.GetBytes("14524567123\0");
        byte[] spaced = Encoding.ASCII.GetBytes("145 4567123\0");
        var tar = new TarBytes();

        // GNU's magic with the prefix of ustar: Go before 1.8, and so Docker before 17.06, with an owner above 2097151.
        Add("old.txt", gnu: true, Encoding.ASCII.GetBytes("usr/share/some/long/directory/name/that/needs/a/prefix"));
        Add("short.txt", gnu: true, Encoding.ASCII.GetBytes("d"));

        // Times of access and change, in both forms; what reads as a number is one; what has other bytes is not a prefix.
        Add("times.txt", gnu: true, [.. octal, .. octal]);
        Add("binary.txt", gnu: true, [.. TarBytes.Base256(1_700_000_000, 12), .. TarBytes.Base256(1_700_000_000, 12)]);
        Add("octal.txt", gnu: true, Encoding.ASCII.GetBytes("777"));
        Add("spaced.txt", gnu: true, [.. spaced, .. octal]);
        Add("change.txt", gnu: true, [.. octal, .. "not a number"u8]);
        Add("noascii.txt", gnu: true, Encoding.UTF8.GetBytes("dé/x"));
        Add("none.txt", gnu: true, []);

        // ustar's own, V7's none, and star's, which is shorter.
        Add("ustar.txt", gnu: false, Encoding.ASCII.GetBytes("usr/lib"));
        tar.Raw(Header("v7.txt", magic: [], Encoding.ASCII.GetBytes("usr/lib")), "hello"u8.ToArray());
        byte[] star = Header("star.txt", Encoding.ASCII.GetBytes("ustar\000"), Encoding.ASCII.GetBytes("usr/lib"));
        Encoding.ASCII.GetBytes("tar\0").CopyTo(star, 508);
        tar.Raw(TarBytes.WithChecksum(star), "hello"u8.ToArray());

        // Owners: a large one, macOS's nobody as it is, and as 32 bits have it.
        Owner("large", TarBytes.Base256(3_000_000_000, 8));
        Owner("nobody", TarBytes.Base256(-2, 8));
        string archive = Path.Combine(folder.Path, "layer.tar");
        byte[] layer = tar.End();
        File.WriteAllBytes(archive, layer);
        File.WriteAllText(Path.Combine(folder.Path, "list.go"), Lister);
        string[] expected = Programs.Output("go", ["run", "list.go", archive], folder.Path)
            .Split('\n', StringSplitOptions.RemoveEmptyEntries);

        ContainerImage image = TestImage.Read(TestImage.DockerArchive([layer]));

        Assert.Equal(14, expected.Length);
        Assert.Equal(
            expected.Order(StringComparer.Ordinal),
            image.GetFiles().Where(file => file.Type == ImageFileType.File)
                .Select(file => $"{file.Path} {file.Size} {file.UserId}:{file.GroupId}").Order(StringComparer.Ordinal));

        void Add(string name, bool gnu, byte[] prefix) =>
            tar.Raw(Header(name, gnu ? [.. "ustar  \0"u8] : [.. "ustar\0"u8, .. "00"u8], prefix), "hello"u8.ToArray());

        void Owner(string name, byte[] field)
        {
            byte[] header = Header(name, [.. "ustar  \0"u8], []);
            field.CopyTo(header, 108);
            field.CopyTo(header, 116);
            tar.Raw(TarBytes.WithChecksum(header), "hello"u8.ToArray());
        }
    }

    private static byte[] Header(string name, byte[] magic, byte[] prefix)
    {
        byte[] header = TarBytes.Header(name, 5, '0');
        header.AsSpan(257, 8).Clear();
        magic.CopyTo(header, 257);
        prefix.CopyTo(header, 345);
        return TarBytes.WithChecksum(header);
    }
}
