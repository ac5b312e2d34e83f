using GoCross.Files;

namespace GoCross.Images;

/// <summary>Says what something looks like that is not an image, so that the user sees what was given instead.</summary>
internal static class FileSignature
{
    private static readonly (int Offset, byte[] Magic, string Name)[] Magics =
    [
        (0, [.. "PK\x03\x04"u8], "a zip archive"),
        (0, [.. "%PDF"u8], "a PDF document"),
        (0, [0x51, 0x46, 0x49, 0xFB], "a qcow2 disk image"),
        (0, [.. "hsqs"u8], "a squashfs file system"),
        (0, [.. "SQLite format 3"u8], "an SQLite database"),
        (32, [.. "SIF_MAGIC"u8], "a Singularity image"),
    ];

    /// <summary>What a file looks like.</summary>
    /// <param name="head">Its first bytes.</param>
    /// <param name="length">Its length in bytes.</param>
    internal static string Describe(ReadOnlySpan<byte> head, long length)
    {
        if (length == 0)
        {
            return "an empty file, or a pipe or a device, which cannot be read by position";
        }

        if (NameOf(BinaryFormats.Detect(head)) is { } binary)
        {
            return binary;
        }

        foreach ((int offset, byte[] magic, string name) in Magics)
        {
            if (head.Length >= offset + magic.Length && head.Slice(offset, magic.Length).SequenceEqual(magic))
            {
                return name;
            }
        }

        if (TarScanner.IsHeader(head))
        {
            return "a tar archive";
        }

        bool isText = !head.ContainsAnyInRange((byte)0, (byte)8) && !head.ContainsAnyInRange((byte)14, (byte)26);
        return head.TrimStart(" \t\r\n"u8) is [(byte)'{' or (byte)'[', ..] && isText ? "a JSON document"
            : isText ? "a text file"
            : "a file of an unknown format";
    }

    private static string? NameOf(BinaryFormat format) => format switch
    {
        BinaryFormat.Elf => "an ELF binary",
        BinaryFormat.Pe => "a Windows program",
        BinaryFormat.MachO or BinaryFormat.MachOUniversal => "a Mach-O binary",
        BinaryFormat.WebAssembly => "a WebAssembly program",
        BinaryFormat.Script => "a script",
        BinaryFormat.Archive => "an ar archive, such as a Debian package",
        _ => null,
    };

    /// <summary>What an archive or directory looks like that has no document of an image.</summary>
    internal static string Describe(BlobStore store)
    {
        const int MaxShown = 5;
        string kind = store is DirectoryBlobStore ? "a directory" : "a tar archive";
        string[] tops = [.. store.TopPaths.Select(path => path.Split('/')[0]).Distinct().Order(StringComparer.Ordinal)];
        return tops.Length == 0 ? "an empty " + kind[2..]
            : tops.Intersect(["bin", "etc", "usr", "lib"]).Count() >= 2 ? $"{kind} of a root file system, as docker export writes it"
            : $"{kind} with {string.Join(", ", tops.Take(MaxShown))}{(tops.Length > MaxShown ? ", ..." : string.Empty)}";
    }
}
