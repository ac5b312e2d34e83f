using System.Diagnostics;
using System.Text;
using GoCross.Files;

namespace GoCross.Scratch;

/// <summary>
/// Makes the headers of POSIX ustar archives (IEEE Std 1003.1, pax, "ustar Interchange Format").
/// </summary>
/// <remarks>
/// By hand, for the bytes of an image are its name: System.Formats.Tar writes the size field of an empty entry, the
/// checksum and a long name's prefix otherwise on .NET 8 than on .NET 10, and an image has to have one digest on both.
/// </remarks>
internal static class Ustar
{
    /// <summary>The unit of the format: a header is one block, and content is filled up to a multiple of it.</summary>
    internal const int BlockSize = 512;

    /// <summary>The two empty blocks that end an archive.</summary>
    internal const int EndLength = 2 * BlockSize;

    /// <summary>The longest file: eleven octal digits.</summary>
    internal const long MaxFileLength = (1L << 33) - 1;

    /// <summary>The greatest user or group id: seven octal digits.</summary>
    internal const int MaxId = (1 << 21) - 1;

    /// <summary>The latest time, in seconds since 1970: eleven octal digits.</summary>
    internal const long MaxTime = SourceDate.MaxTime;

    /// <summary>The longest name of a file in the root directory, in bytes.</summary>
    internal const int MaxNameLength = 100;

    /// <summary>How many zeros follow content of this length.</summary>
    internal static int Padding(long length) => (int)(-length & (BlockSize - 1));

    /// <summary>Makes a header.</summary>
    /// <param name="block">A block, which is filled whole.</param>
    /// <param name="name">The path, with a slash at its end when it is a directory's.</param>
    /// <param name="type">The sort of entry.</param>
    /// <param name="mode">The permission bits, with set-id and sticky bits.</param>
    /// <param name="length">The content's length in bytes.</param>
    /// <param name="userId">The owner.</param>
    /// <param name="groupId">The group.</param>
    /// <param name="time">The modification time, in seconds since 1970.</param>
    /// <param name="linkName">What a hard link stands for.</param>
    internal static void WriteHeader(
        Span<byte> block, string name, UstarType type, int mode, long length, int userId, int groupId, long time, string linkName = "")
    {
        block = block[..BlockSize];
        block.Clear();
        (int prefix, byte[] path) = Split(name);
        path.AsSpan(prefix == 0 ? 0 : prefix + 1).CopyTo(block[..MaxNameLength]);
        path.AsSpan(0, prefix).CopyTo(block[345..500]);
        WriteOctal(block[100..108], mode);
        WriteOctal(block[108..116], userId);
        WriteOctal(block[116..124], groupId);
        WriteOctal(block[124..136], length);
        WriteOctal(block[136..148], time);
        block[156] = (byte)type;
        Encoding.UTF8.GetBytes(linkName, block[157..257]);
        "ustar\000"u8.CopyTo(block[257..]);
        WriteOctal(block[329..337], 0);
        WriteOctal(block[337..345], 0);

        // The sum takes its own field for spaces. Six digits, a zero byte, a space: as every tar has it.
        block[148..156].Fill((byte)' ');
        int sum = 0;
        foreach (byte b in block)
        {
            sum += b;
        }

        WriteOctal(block[148..155], sum);
        block[154] = 0;
    }

    /// <summary>Where the prefix of a long path ends: at the last slash that leaves both halves short enough.</summary>
    private static (int Prefix, byte[] Path) Split(string name)
    {
        const int MaxPrefixLength = 155;
        byte[] path = Encoding.UTF8.GetBytes(name);
        if (path.Length <= MaxNameLength)
        {
            return (0, path);
        }

        int slash = Array.LastIndexOf(path, (byte)'/', Math.Min(MaxPrefixLength, path.Length - 2));
        Debug.Assert(slash > 0 && path.Length - slash - 1 <= MaxNameLength, "Paths in a root file system are short.");
        return (slash, path);
    }

    private static void WriteOctal(Span<byte> field, long value)
    {
        for (int i = field.Length - 2; i >= 0; i--)
        {
            field[i] = (byte)('0' + (value & 7));
            value >>= 3;
        }

        Debug.Assert(value == 0, "Ids, lengths and times are checked where they come in.");
    }
}
