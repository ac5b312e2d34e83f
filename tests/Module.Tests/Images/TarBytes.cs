using System.Buffers.Binary;
using System.Text;

namespace GoCross.Tests.Images;

/// <summary>Tar archives written by hand, byte for byte as POSIX ustar and pax have them, with what a test wants wrong.</summary>
internal sealed class TarBytes
{
    private readonly List<byte> _bytes = [];

    /// <summary>The archive with its end marker: two blocks of zeros.</summary>
    internal byte[] End() => [.. _bytes, .. new byte[1024]];

    /// <summary>The archive with no end marker.</summary>
    internal byte[] Unended() => [.. _bytes];

    internal TarBytes File(string name, string content, int mode = 0x1A4, int uid = 0, int gid = 0, params (string Key, byte[] Value)[] pax) =>
        File(name, Encoding.UTF8.GetBytes(content), mode, uid, gid, pax);

    internal TarBytes File(string name, byte[] content, int mode = 0x1A4, int uid = 0, int gid = 0, params (string Key, byte[] Value)[] pax)
    {
        Pax(pax);
        return Raw(Header(name, content.Length, '0', mode, uid, gid), content);
    }

    internal TarBytes Directory(string name, int mode = 0x1ED) => Raw(Header(name.TrimEnd('/') + "/", 0, '5', mode), []);

    internal TarBytes SymbolicLink(string name, string target) => Raw(Header(name, 0, '2', 0x1FF, link: target), []);

    internal TarBytes HardLink(string name, string target) => Raw(Header(name, 0, '1', 0x1A4, link: target), []);

    /// <summary>A pax extended header for the next entry.</summary>
    internal TarBytes Pax(params (string Key, byte[] Value)[] records)
    {
        if (records.Length == 0)
        {
            return this;
        }

        byte[] content = [.. records.SelectMany(record => Record(record.Key, record.Value))];
        return Raw(Header("PaxHeaders/x", content.Length, 'x'), content);
    }

    /// <summary>Any blocks, padded to a block.</summary>
    internal TarBytes Raw(byte[] header, byte[] content)
    {
        _bytes.AddRange(header);
        _bytes.AddRange(content);
        _bytes.AddRange(new byte[(512 - (content.Length % 512)) % 512]);
        return this;
    }

    /// <summary>A pax record: its length counts itself.</summary>
    internal static byte[] Record(string key, byte[] value)
    {
        int rest = key.Length + value.Length + 3;
        int length = rest + 1;
        while (length != rest + length.ToString().Length)
        {
            length = rest + length.ToString().Length;
        }

        return [.. Encoding.ASCII.GetBytes($"{length} {key}="), .. value, (byte)'\n'];
    }

    /// <summary>A ustar header with its checksum.</summary>
    internal static byte[] Header(
        string name, long size, char type, int mode = 0x1A4, int uid = 0, int gid = 0, string link = "", byte[]? sizeField = null)
    {
        byte[] header = new byte[512];
        void Put(int offset, string text) => Encoding.UTF8.GetBytes(text).CopyTo(header, offset);
        Put(0, name);
        Put(100, Octal(mode, 7));
        Put(108, Octal(uid, 7));
        Put(116, Octal(gid, 7));
        Put(124, Octal(size, 11));
        sizeField?.CopyTo(header, 124);
        Put(136, Octal(1_700_000_000, 11));
        header[156] = (byte)type;
        Put(157, link);
        Put(257, "ustar");
        Put(263, "00");
        return WithChecksum(header);
    }

    /// <summary>Sets the checksum: the sum of all bytes, its own field taken as spaces.</summary>
    internal static byte[] WithChecksum(byte[] header)
    {
        header.AsSpan(148, 8).Fill((byte)' ');
        int sum = header.Sum(value => value);
        Encoding.ASCII.GetBytes(Octal(sum, 6) + "\0 ").CopyTo(header, 148);
        return header;
    }

    /// <summary>GNU's binary form of a number in a field.</summary>
    internal static byte[] Base256(long value, int length)
    {
        byte[] field = new byte[length];
        field.AsSpan().Fill(value < 0 ? (byte)0xFF : (byte)0);
        BinaryPrimitives.WriteInt64BigEndian(field.AsSpan(length - 8), value);
        field[0] |= 0x80;
        return field;
    }

    private static string Octal(long value, int digits) => Convert.ToString(value, 8).PadLeft(digits, '0');
}
