using System.Text;
using GoCross.Errors;
using GoCross.Files;

namespace GoCross.Elf;

/// <summary>The failures of this room.</summary>
internal static class ElfErrors
{
    internal static GoCrossException Truncated(string file, string part, ulong offset, long size, long length) =>
        GoCrossException.Create(
            ErrorKind.InvalidData, nameof(Messages.ElfTruncated), file, part, offset, size, length);

    internal static GoCrossException FieldInvalid(string file, string field, object value, object expected) =>
        GoCrossException.Create(ErrorKind.InvalidData, nameof(Messages.ElfFieldInvalid), file, field, value, expected);

    internal static GoCrossException AddressInvalid(string file, string field, ulong address) =>
        GoCrossException.Create(ErrorKind.InvalidData, nameof(Messages.ElfAddressInvalid), file, field, address);

    internal static GoCrossException Limit(string file, string what, long limit) =>
        GoCrossException.Create(ErrorKind.LimitExceeded, nameof(Messages.ElfLimit), file, what, limit);

    /// <summary>What to say of a file that is none of ours: what it is instead, as far as its beginning tells.</summary>
    internal static GoCrossException NotElf(IRandomAccessSource source)
    {
        Span<byte> buffer = stackalloc byte[128];
        ReadOnlySpan<byte> head = buffer[..source.Read(0, buffer)];
        if (head.IsEmpty)
        {
            return GoCrossException.Create(ErrorKind.InvalidData, nameof(Messages.FileEmpty), source.Name);
        }

        if (head.StartsWith("#!"u8))
        {
            // The first line, up to what could tell a terminal to do something.
            ReadOnlySpan<byte> line = head[2..];
            int end = line.IndexOfAnyInRange((byte)0, (byte)31);
            string interpreter = Encoding.UTF8.GetString(end < 0 ? line : line[..end]).Trim();
            return Create(nameof(Messages.NotElfScript), source, interpreter);
        }

        string id = head switch
        {
            _ when head.StartsWith("MZ"u8) => nameof(Messages.NotElfPe),
            _ when IsMachO(head) => nameof(Messages.NotElfMachO),
            _ when head.StartsWith("!<arch>\n"u8) || head.StartsWith("!<thin>\n"u8) => nameof(Messages.NotElfArchive),
            _ => nameof(Messages.NotElf),
        };
        return Create(id, source);
    }

    private static GoCrossException Create(string id, IRandomAccessSource source, params object[] more) =>
        GoCrossException.Create(ErrorKind.InvalidData, id, [source.Name, .. more]);

    // Both widths in both byte orders, and the file of several machines, whose magic is that of Java's classes too:
    // those have a version of 45 or more where this has the number of machines.
    private static bool IsMachO(ReadOnlySpan<byte> head) =>
        head.StartsWith((ReadOnlySpan<byte>)[0xfe, 0xed, 0xfa, 0xce])
        || head.StartsWith((ReadOnlySpan<byte>)[0xfe, 0xed, 0xfa, 0xcf])
        || head.StartsWith((ReadOnlySpan<byte>)[0xce, 0xfa, 0xed, 0xfe])
        || head.StartsWith((ReadOnlySpan<byte>)[0xcf, 0xfa, 0xed, 0xfe])
        || (head.StartsWith((ReadOnlySpan<byte>)[0xca, 0xfe, 0xba, 0xbe]) && head.Length >= 8 && head[7] < 45);
}
