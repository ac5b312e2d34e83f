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

        string id = BinaryFormats.Detect(source) switch
        {
            BinaryFormat.Pe => nameof(Messages.NotElfPe),
            BinaryFormat.MachO or BinaryFormat.MachOUniversal => nameof(Messages.NotElfMachO),
            BinaryFormat.Archive => nameof(Messages.NotElfArchive),
            _ => nameof(Messages.NotElf),
        };
        return Create(id, source);
    }

    private static GoCrossException Create(string id, IRandomAccessSource source, params object[] more) =>
        GoCrossException.Create(ErrorKind.InvalidData, id, [source.Name, .. more]);
}
