using GoCross.Files;

namespace GoCross.Builds;

/// <summary>Which files go build -o replaces: nothing that is not a program (cmd/go/internal/work, shell.go, isObject).</summary>
internal static class ObjectFile
{
    private static readonly byte[][] Magic =
    [
        [.. "!<arch>\n"u8], [.. "<bigaf>\n"u8], [.. "\u007fELF"u8],
        [0xFE, 0xED, 0xFA, 0xCE], [0xFE, 0xED, 0xFA, 0xCF], [0xCE, 0xFA, 0xED, 0xFE], [0xCF, 0xFA, 0xED, 0xFE], // Mach-O
        [0x4D, 0x5A, 0x90, 0x00, 0x03, 0x00], [0x4D, 0x5A, 0x78, 0x00, 0x01, 0x00], // PE
        [0x00, 0x00, 0x01, 0xEB], [0x00, 0x00, 0x8A, 0x97], [0x00, 0x00, 0x06, 0x47], // Plan 9
        [0x00, 0x61, 0x73, 0x6D], // WebAssembly
        [0x01, 0xDF], [0x01, 0xF7], // XCOFF
    ];

    /// <summary>Whether a file stands there that go build would replace: a program or an archive, or an empty file.</summary>
    /// <param name="path">The file's full path.</param>
    /// <exception cref="IOException">It cannot be read.</exception>
    /// <exception cref="UnauthorizedAccessException">This user may not read it.</exception>
    internal static bool IsReplaceable(string path)
    {
        if (!File.Exists(path) || SpecialFile.Is(path))
        {
            return false;
        }

        byte[] head = new byte[8];
        using FileStream stream = File.OpenRead(path);
        int count = stream.ReadAtLeast(head, head.Length, throwOnEndOfStream: false);
        return count == 0 || Array.Exists(Magic, magic => head.AsSpan(0, count).StartsWith(magic));
    }
}
