using System.Buffers.Binary;
using System.Text;

namespace GoCross.Tests.Elf;

/// <summary>
/// Writes small ELF files by the gABI, for cases that no linker makes. Everything lies in one PT_LOAD segment at
/// address 0, so that an address is an offset.
/// </summary>
internal sealed class ElfBuilder(bool wide = true, bool big = false)
{
    private readonly List<(uint Type, uint Flags, byte[] Content)> _segments = [];
    private readonly List<(ulong Tag, ulong Value)> _dynamic = [];
    private readonly List<byte> _text = [0];
    private readonly List<(ulong Tag, byte[] Table)> _tables = [];

    public ushort Type { get; set; } = 3;

    public ushort Machine { get; set; } = 62;

    public byte OSAbi { get; set; }

    public ulong Entry { get; set; } = 16;

    public int HeaderSize => wide ? 64 : 52;

    public int ProgramHeaderSize => wide ? 56 : 32;

    private int Word => wide ? 8 : 4;

    public ElfBuilder Segment(uint type, byte[] content, uint flags = 4)
    {
        _segments.Add((type, flags, content));
        return this;
    }

    public ElfBuilder Interpreter(string path) => Segment(3, [.. Encoding.UTF8.GetBytes(path), 0]);

    public ElfBuilder Dynamic(ulong tag, ulong value)
    {
        _dynamic.Add((tag, value));
        return this;
    }

    public ElfBuilder Dynamic(ulong tag, string text) => Dynamic(tag, String(text));

    /// <summary>A dynamic entry that points to a table which the file is to hold.</summary>
    public ElfBuilder Table(ulong tag, byte[] table)
    {
        _tables.Add((tag, table));
        return this;
    }

    public ElfBuilder Note(string owner, uint type, byte[] content) => Segment(4, NoteBytes(owner, type, content));

    public byte[] NoteBytes(string owner, uint type, byte[] content)
    {
        byte[] name = [.. Encoding.UTF8.GetBytes(owner), 0];
        return
        [
            .. Number(4, (ulong)name.Length), .. Number(4, (ulong)content.Length), .. Number(4, type),
            .. Pad(name), .. Pad(content),
        ];
    }

    /// <summary>The offset of a text in the string table.</summary>
    public uint String(string text)
    {
        var offset = (uint)_text.Count;
        _text.AddRange([.. Encoding.UTF8.GetBytes(text), 0]);
        return offset;
    }

    /// <summary>A number in the file's byte order.</summary>
    public byte[] Number(int size, ulong value)
    {
        byte[] bytes = new byte[8];
        if (big)
        {
            BinaryPrimitives.WriteUInt64BigEndian(bytes, value);
            return bytes[(8 - size)..];
        }

        BinaryPrimitives.WriteUInt64LittleEndian(bytes, value);
        return bytes[..size];
    }

    public byte[] Build()
    {
        bool dynamic = _dynamic.Count > 0 || _tables.Count > 0;
        int count = _segments.Count + 1 + (dynamic ? 1 : 0);
        var body = new MemoryStream();
        long start = HeaderSize + ((long)count * ProgramHeaderSize);
        var headers = new List<byte[]>();

        long Append(byte[] content)
        {
            while ((start + body.Length) % 8 != 0)
            {
                body.WriteByte(0);
            }

            long at = start + body.Length;
            body.Write(content);
            return at;
        }

        foreach ((uint type, uint flags, byte[] content) in _segments)
        {
            headers.Add(ProgramHeader(type, flags, (ulong)Append(content), (ulong)content.Length));
        }

        if (dynamic)
        {
            var entries = new List<(ulong Tag, ulong Value)>(_dynamic);
            foreach ((ulong tag, byte[] table) in _tables)
            {
                entries.Add((tag, (ulong)Append(table)));
            }

            entries.Add((5, (ulong)Append([.. _text])));
            entries.Add((10, (ulong)_text.Count));
            entries.Add((0, 0));
            byte[] section = [.. entries.SelectMany(entry => (byte[])[.. Number(Word, entry.Tag), .. Number(Word, entry.Value)])];
            headers.Add(ProgramHeader(2, 6, (ulong)Append(section), (ulong)section.Length));
        }

        headers.Insert(0, ProgramHeader(1, 5, 0, (ulong)(start + body.Length)));
        return [.. Header(count), .. headers.SelectMany(header => header), .. body.ToArray()];
    }

    private static byte[] Pad(byte[] bytes) => [.. bytes, .. new byte[-bytes.Length & 3]];

    private byte[] Header(int programHeaders) =>
    [
        0x7f, .. "ELF"u8, (byte)(wide ? 2 : 1), (byte)(big ? 2 : 1), 1, OSAbi, .. new byte[8],
        .. Number(2, Type), .. Number(2, Machine), .. Number(4, 1),
        .. Number(Word, Entry), .. Number(Word, (ulong)HeaderSize), .. Number(Word, 0),
        .. Number(4, 0), .. Number(2, (ulong)HeaderSize),
        .. Number(2, (ulong)ProgramHeaderSize), .. Number(2, (ulong)programHeaders),
        .. Number(2, wide ? 64u : 40u), .. Number(2, 0), .. Number(2, 0),
    ];

    private byte[] ProgramHeader(uint type, uint flags, ulong offset, ulong size) => wide
        ?
        [
            .. Number(4, type), .. Number(4, flags), .. Number(8, offset), .. Number(8, offset), .. Number(8, offset),
            .. Number(8, size), .. Number(8, size), .. Number(8, 4),
        ]
        :
        [
            .. Number(4, type), .. Number(4, offset), .. Number(4, offset), .. Number(4, offset),
            .. Number(4, size), .. Number(4, size), .. Number(4, flags), .. Number(4, 4),
        ];
}
