using GoCross.Files;
using GoCross.GoBinaries;

namespace GoCross.Sizes;

/// <summary>What the load commands of a Mach-O file tell about its end (mach-o/loader.h, mach-o/nlist.h).</summary>
/// <param name="SymbolsOffset">Where the symbols start; 0 where there are none.</param>
/// <param name="SymbolsLength">What they take, in bytes.</param>
/// <param name="NamesOffset">Where their names start.</param>
/// <param name="NamesLength">What those take, in bytes.</param>
/// <param name="SignatureOffset">Where the code signature starts, which ends the file; 0 where there is none.</param>
/// <param name="RemovableSymbols">The bytes of symbols that are defined here, with their names: what -s leaves out.</param>
/// <param name="CommandsEnd">Where the load commands end.</param>
internal sealed record MachOEnd(
    long SymbolsOffset,
    long SymbolsLength,
    long NamesOffset,
    long NamesLength,
    long SignatureOffset,
    long RemovableSymbols,
    long CommandsEnd)
{
    private const int MaxCommandBytes = 1 << 20;
    private const uint Symtab = 0x2;
    private const uint CodeSignature = 0x1D;
    private const int TypeMask = 0x0E;

    /// <summary>Reads the load commands of an image, and which of its symbols are defined in it.</summary>
    public static MachOEnd Read(ProgramImage image)
    {
        IRandomAccessSource source = image.Source;
        long start = image.Segments.FirstOrDefault(segment => segment.Name == "__TEXT")?.Offset ?? 0;
        int headerSize = image.PointerSize == 8 ? 32 : 28;
        byte[] header = new byte[headerSize];
        var end = new MachOEnd(0, 0, 0, 0, 0, 0, start + headerSize);
        if (!source.TryRead(start, header))
        {
            return end;
        }

        byte[] commands = new byte[Math.Min(image.ReadUInt32(header.AsSpan(20)), MaxCommandBytes)];
        if (!source.TryRead(start + headerSize, commands))
        {
            return end;
        }

        end = end with { CommandsEnd = start + headerSize + commands.Length };
        for (int at = 0; at + 8 <= commands.Length;)
        {
            ReadOnlySpan<byte> command = commands.AsSpan(at);
            uint length = image.ReadUInt32(command[4..]);
            if (length < 8 || length > command.Length)
            {
                break;
            }

            uint kind = image.ReadUInt32(command);
            if (kind == Symtab && length >= 24)
            {
                int entry = image.PointerSize == 8 ? 16 : 12;
                end = end with
                {
                    SymbolsOffset = start + image.ReadUInt32(command[8..]),
                    SymbolsLength = image.ReadUInt32(command[12..]) * (long)entry,
                    NamesOffset = start + image.ReadUInt32(command[16..]),
                    NamesLength = image.ReadUInt32(command[20..]),
                };
                end = end with { RemovableSymbols = CountRemovable(image, end, entry) };
            }
            else if (kind == CodeSignature && length >= 16)
            {
                end = end with { SignatureOffset = start + image.ReadUInt32(command[8..]) };
            }

            at += (int)length;
        }

        return end;
    }

    private static long CountRemovable(ProgramImage image, MachOEnd end, int entry)
    {
        if (end.SymbolsLength > image.Source.Length || end.NamesLength > image.Source.Length)
        {
            return 0;
        }

        byte[] symbols = new byte[end.SymbolsLength];
        byte[] names = new byte[end.NamesLength];
        if (!image.Source.TryRead(end.SymbolsOffset, symbols) || !image.Source.TryRead(end.NamesOffset, names))
        {
            return 0;
        }

        long bytes = 0;
        for (int at = 0; at + entry <= symbols.Length; at += entry)
        {
            // N_UNDF: it is another library's.
            if ((symbols[at + 4] & TypeMask) == 0)
            {
                continue;
            }

            uint name = image.ReadUInt32(symbols.AsSpan(at));
            int length = name < names.Length ? names.AsSpan((int)name).IndexOf((byte)0) : -1;
            bytes += entry + Math.Max(0, length) + 1;
        }

        return bytes;
    }
}
