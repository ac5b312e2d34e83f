using System.Buffers.Binary;
using System.Text;
using GoCross.Files;
using GoCross.GoBinaries;

namespace GoCross.Sizes;

/// <summary>A section of a PE file with its whole name.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Offset">Where it starts in the file.</param>
/// <param name="RawSize">SizeOfRawData: what it takes in the file.</param>
/// <param name="VirtualSize">VirtualSize: what of it is used.</param>
/// <param name="IsExecutable">Whether it holds code.</param>
internal sealed record PeSection(string Name, long Offset, long RawSize, long VirtualSize, bool IsExecutable);

/// <summary>
/// Says what the bytes of a PE file are, as far as its headers tell (Microsoft, PE Format: section names longer than 8
/// bytes stand in the string table after the symbols).
/// </summary>
internal static class PeClaims
{
    private const int SectionHeaderSize = 40;
    private const int SymbolSize = 18;

    /// <summary>Claims headers and sections.</summary>
    /// <returns>The sections.</returns>
    public static IReadOnlyList<PeSection> Make(IRandomAccessSource source, bool hasC, FileLayout layout)
    {
        Span<byte> dos = stackalloc byte[64];
        Span<byte> header = stackalloc byte[24];
        if (!source.TryRead(0, dos))
        {
            return [];
        }

        long start = BinaryPrimitives.ReadUInt32LittleEndian(dos[60..]);
        if (!source.TryRead(start, header))
        {
            return [];
        }

        int count = BinaryPrimitives.ReadUInt16LittleEndian(header[6..]);
        long symbols = BinaryPrimitives.ReadUInt32LittleEndian(header[12..]);
        long symbolBytes = BinaryPrimitives.ReadUInt32LittleEndian(header[16..]) * (long)SymbolSize;
        long tableAt = start + 24 + BinaryPrimitives.ReadUInt16LittleEndian(header[20..]);
        byte[] table = new byte[count * SectionHeaderSize];
        if (!source.TryRead(tableAt, table))
        {
            return [];
        }

        Span<byte> word = stackalloc byte[4];
        long strings = symbols + symbolBytes;
        long stringBytes = symbols != 0 && source.TryRead(strings, word) ? BinaryPrimitives.ReadUInt32LittleEndian(word) : 0;
        if (symbols != 0)
        {
            layout.Claim(symbols, symbolBytes + stringBytes, SizeKind.Symbols, ".symtab");
        }

        var sections = new List<PeSection>();
        for (int at = 0; at < table.Length; at += SectionHeaderSize)
        {
            ReadOnlySpan<byte> entry = table.AsSpan(at, SectionHeaderSize);
            long virtualSize = BinaryPrimitives.ReadUInt32LittleEndian(entry[8..]);
            long rawSize = BinaryPrimitives.ReadUInt32LittleEndian(entry[16..]);
            var section = new PeSection(
                ReadName(source, entry[..8], strings),
                BinaryPrimitives.ReadUInt32LittleEndian(entry[20..]),
                rawSize,
                virtualSize == 0 ? rawSize : Math.Min(virtualSize, rawSize),
                (BinaryPrimitives.ReadUInt32LittleEndian(entry[36..]) & 0x20000000) != 0);
            sections.Add(section);
            if (section.Offset != 0 && rawSize != 0)
            {
                layout.Claim(section.Offset, rawSize, SizeKind.Padding, section.Name);
                layout.Claim(section.Offset, section.VirtualSize, KindOf(section, hasC), section.Name);
            }
        }

        layout.Claim(0, start, SizeKind.Headers);
        layout.Claim(start, tableAt + table.Length - start, SizeKind.Headers);
        return sections;
    }

    private static string ReadName(IRandomAccessSource source, ReadOnlySpan<byte> field, long strings)
    {
        int end = field.IndexOf((byte)0);
        string name = Encoding.UTF8.GetString(end < 0 ? field : field[..end]);
        if (!name.StartsWith('/') || !int.TryParse(name.AsSpan(1), out int offset) || offset < 4)
        {
            return name;
        }

        Span<byte> text = stackalloc byte[64];
        text = text[..source.Read(strings + offset, text)];
        end = text.IndexOf((byte)0);
        return end <= 0 ? name : Encoding.UTF8.GetString(text[..end]);
    }

    private static SizeKind KindOf(PeSection section, bool hasC) =>
        ElfClaims.IsDebug(section.Name) ? SizeKind.Dwarf
        : section.IsExecutable ? hasC ? SizeKind.CCode : SizeKind.Code
        : section.Name switch
        {
            ".symtab" => SizeKind.Symbols,
            ".idata" or ".edata" or ".reloc" or ".pdata" or ".xdata" or ".tls" or ".CRT" => SizeKind.Linking,
            _ => SizeKind.Data,
        };
}
