using System.Buffers.Binary;
using System.Numerics;
using System.Text;

namespace GoCross.GoBinaries;

/// <summary>
/// Finds the names of the programs that a Go program starts, where they are literals: the calls of os/exec.Command and its
/// like, and before each the instructions that put the address and the length of a string into the registers of Go's
/// calling convention (cmd/compile/abi-internal.md, since Go 1.17). amd64 and arm64.
/// </summary>
internal sealed class StartedPrograms
{
    /// <summary>The most bytes of code before a call in which its arguments are looked for.</summary>
    private const int Window = 64;

    /// <summary>A longer name is none.</summary>
    private const int MaxNameLength = 255;

    /// <summary>More names than a program has.</summary>
    private const int MaxNames = 64;

    private const int BlockSize = 256 * 1024;

    /// <summary>The functions, and the number of words before the name among their arguments.</summary>
    private static readonly Dictionary<string, int> Functions = new(StringComparer.Ordinal)
    {
        ["os/exec.Command"] = 0,
        ["os/exec.CommandContext"] = 2,
        ["os/exec.LookPath"] = 0,
        ["os/exec.lookPath"] = 0, // What LookPath is inlined to from Go 1.26 on.
        ["os.StartProcess"] = 0,
        ["syscall.Exec"] = 0,
        ["syscall.ForkExec"] = 0,
    };

    private readonly ProgramImage _image;
    private readonly bool _isArm;
    private readonly Dictionary<ulong, int> _targets = [];
    private readonly SortedSet<string> _names = new(StringComparer.Ordinal);

    private StartedPrograms(ProgramImage image, bool isArm)
    {
        _image = image;
        _isArm = isArm;
    }

    /// <summary>Finds them.</summary>
    /// <param name="image">The program.</param>
    /// <param name="table">Its functions.</param>
    /// <returns>Sorted; none where the code is for another machine, or where it lies cannot be told.</returns>
    /// <exception cref="Errors.GoCrossException">GoFunctionTableDamaged.</exception>
    /// <exception cref="IOException">The source cannot be read.</exception>
    internal static IReadOnlyList<string> Find(ProgramImage image, GoFunctionTable table)
    {
        if (image.Architecture is not ("amd64" or "arm64") || table.Version < GoFunctionTableVersion.Go118)
        {
            return [];
        }

        // From Go 1.26 on, and in position-independent programs, only the module data has it.
        ulong start = table.Parts is { TextStart: > 0 } parts ? parts.TextStart : ModuleData.Find(image, table, AddressReader.Create(image))?.Text ?? 0;
        var offsets = new List<(ulong Offset, int Words)>();
        foreach (GoFunction function in table.EnumerateFunctions())
        {
            if (Functions.TryGetValue(function.Name, out int words))
            {
                offsets.Add((function.TextOffset, words));
            }
        }

        if (start == 0 || offsets.Count == 0)
        {
            return [];
        }

        var search = new StartedPrograms(image, isArm: image.Architecture == "arm64");
        foreach ((ulong offset, int words) in offsets)
        {
            search._targets[start + offset] = words;
        }

        foreach (ImageRange segment in image.Segments.Where(segment => segment.Executable))
        {
            search.Scan(segment);
        }

        return [.. search._names];
    }

    private void Scan(ImageRange segment)
    {
        byte[] buffer = new byte[Window + BlockSize + 8];
        for (long at = 0; at < segment.Length && _names.Count < MaxNames; at += BlockSize)
        {
            // Each block with the end of the one before it: a call's arguments are behind it.
            long from = Math.Max(0, at - Window);
            int length = _image.Source.Read(segment.Offset + from, buffer.AsSpan(0, (int)Math.Min(buffer.Length, segment.Length - from)));
            ReadOnlySpan<byte> code = buffer.AsSpan(0, length);
            ulong address = segment.Address + (ulong)from;
            if (_isArm)
            {
                ScanArm(code, address);
            }
            else
            {
                ScanAmd(code, address);
            }
        }
    }

    private void ScanAmd(ReadOnlySpan<byte> code, ulong address)
    {
        const int CallSize = 5;
        for (int at = 0; code[at..].IndexOf((byte)0xE8) is >= 0 and int skip; at++)
        {
            at += skip;
            if (at + CallSize > code.Length)
            {
                return;
            }

            ulong target = unchecked(address + (ulong)at + CallSize + (ulong)BinaryPrimitives.ReadInt32LittleEndian(code[(at + 1)..]));
            if (_targets.TryGetValue(target, out int words))
            {
                int from = Math.Max(0, at - Window);
                FindAmdArguments(code[from..at], address + (ulong)from, words);
            }
        }
    }

    // LEA reg, [RIP + disp32] (48 8D modrm) and MOV reg32, imm32 (B8 + reg): RAX and EBX, or behind a context RCX and EDI.
    private void FindAmdArguments(ReadOnlySpan<byte> code, ulong address, int words)
    {
        (byte pointer, byte length, int register) = words == 0 ? ((byte)0x05, (byte)0xBB, 0) : ((byte)0x0D, (byte)0xBF, 1);
        ReadOnlySpan<byte> load = [0x48, 0x8D, pointer];
        int lea = code.LastIndexOf(load);
        int mov = code.LastIndexOf(length);
        if (lea < 0 || lea + 7 > code.Length || mov < 0 || mov + 5 > code.Length)
        {
            return;
        }

        // A register that is loaded from memory after that holds something else.
        for (int i = lea + 7; i + 2 < code.Length; i++)
        {
            if (code[i] == 0x48 && code[i + 1] == 0x8B && ((code[i + 2] >> 3) & 7) == register)
            {
                return;
            }
        }

        ulong text = unchecked(address + (ulong)lea + 7 + (ulong)BinaryPrimitives.ReadInt32LittleEndian(code[(lea + 3)..]));
        AddName(text, BinaryPrimitives.ReadUInt32LittleEndian(code[(mov + 1)..]));
    }

    private void ScanArm(ReadOnlySpan<byte> code, ulong address)
    {
        int first = (int)((4 - (address & 3)) & 3);
        for (int at = first; at + 4 <= code.Length; at += 4)
        {
            uint call = BinaryPrimitives.ReadUInt32LittleEndian(code[at..]);
            if ((call & 0xFC000000) == 0x94000000)
            {
                long offset = (long)((int)(call << 6) >> 6) * 4;
                if (_targets.TryGetValue(unchecked(address + (ulong)at + (ulong)offset), out int words))
                {
                    int from = Math.Max(first, at - Window);
                    FindArmArguments(code[from..at], address + (ulong)from, (uint)words);
                }
            }
        }
    }

    // ADRP and ADD of the register with the address, MOVZ or ORR with an immediate of the one with the length.
    private void FindArmArguments(ReadOnlySpan<byte> code, ulong address, uint register)
    {
        ulong? text = null;
        ulong? page = null;
        ulong? length = null;
        for (int at = 0; at + 4 <= code.Length; at += 4)
        {
            uint word = BinaryPrimitives.ReadUInt32LittleEndian(code[at..]);
            if ((word & 0x9F00001F) == (0x90000000 | register))
            {
                long pages = ((long)(int)(((word >> 5) & 0x7FFFF) << 13) >> 11) | ((word >> 29) & 3);
                page = unchecked(((address + (ulong)at) & ~0xFFFUL) + ((ulong)pages << 12));
                text = null;
            }
            else if ((word & 0xFFC003FF) == (0x91000000 | (register << 5) | register) && page is { } start)
            {
                text = start + ((word >> 10) & 0xFFF);
            }
            else if ((word & 0xFFE0001F) == (0xD2800000 | (register + 1)))
            {
                length = (word >> 5) & 0xFFFF;
            }
            else if ((word & 0xFFC0001F) == (0xB2400000 | (register + 1)) && ((word >> 5) & 31) == 31)
            {
                // A run of ones, rotated to the right (ARM ARM, DecodeBitMasks, 64 bits).
                int ones = (int)((word >> 10) & 63) + 1;
                length = BitOperations.RotateRight(ones == 64 ? ulong.MaxValue : (1UL << ones) - 1, (int)((word >> 16) & 63));
            }
            else if ((word & 0xFFC0001F) == (0xF9400000 | register))
            {
                text = page = null; // LDR: it is loaded from memory.
            }
        }

        if (text is { } place && length is <= MaxNameLength and { } count)
        {
            AddName(place, (uint)count);
        }
    }

    private void AddName(ulong address, uint length)
    {
        if (length is 0 or > MaxNameLength || !_image.TryMap(address, out long offset, out long available) || available < length)
        {
            return;
        }

        byte[] text = new byte[length];
        if (_image.Source.TryRead(offset, text) && Array.TrueForAll(text, value => value is > (byte)' ' and < 0x7F))
        {
            _names.Add(Encoding.ASCII.GetString(text));
        }
    }
}
