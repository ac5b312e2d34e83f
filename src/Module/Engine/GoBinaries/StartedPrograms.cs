using System.Buffers.Binary;
using System.Numerics;
using System.Text;

namespace GoCross.GoBinaries;

/// <summary>
/// Finds the names of the programs that a Go program starts, where they are literals: the calls of os/exec.Command and its
/// like, and before each the instructions that put the address and the length of a string into the registers of Go's
/// calling convention (cmd/compile/abi-internal.md, since Go 1.17). amd64 and arm64. A string that another call may have got,
/// or that is there on one of several ways only, is not taken for the name that all of them have.
/// </summary>
internal sealed class StartedPrograms
{
    /// <summary>The most bytes of code before a call in which its arguments are looked for, and jumps past them.</summary>
    private const int Window = 192;

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

    /// <summary>The packages that call each other with a name that their caller gave.</summary>
    private static readonly string[] Callers = ["os/exec.", "os.", "syscall."];

    private readonly ProgramImage _image;
    private readonly bool _isArm;
    private readonly Dictionary<ulong, int> _targets = [];
    private readonly List<(ulong Start, ulong End)> _callers = [];
    private readonly SortedSet<string> _names = new(StringComparer.Ordinal);
    private ulong _textStart;
    private ulong _textEnd;
    private bool _hasOthers;

    private StartedPrograms(ProgramImage image, bool isArm)
    {
        _image = image;
        _isArm = isArm;
    }

    /// <summary>Finds them.</summary>
    /// <param name="image">The program.</param>
    /// <param name="table">Its functions.</param>
    /// <returns>
    /// The names, sorted, and whether there is a call whose name is not a literal. No names where the code is for another machine,
    /// or where it lies cannot be told.
    /// </returns>
    /// <exception cref="Errors.GoCrossException">GoFunctionTableDamaged.</exception>
    /// <exception cref="IOException">The source cannot be read.</exception>
    internal static (IReadOnlyList<string> Names, bool HasOthers) Find(ProgramImage image, GoFunctionTable table)
    {
        if (image.Architecture is not ("amd64" or "arm64") || table.Version < GoFunctionTableVersion.Go118)
        {
            return ([], true);
        }

        // From Go 1.26 on, and in position-independent programs, only the module data has it.
        ulong start = table.Parts is { TextStart: > 0 } parts ? parts.TextStart : ModuleData.Find(image, table, AddressReader.Create(image))?.Text ?? 0;
        var search = new StartedPrograms(image, isArm: image.Architecture == "arm64");
        foreach (GoFunction function in table.EnumerateFunctions())
        {
            ulong address = start + function.TextOffset;
            if (Functions.TryGetValue(function.Name, out int words))
            {
                search._targets[address] = words;
            }

            if (Array.Exists(Callers, package => function.Name.StartsWith(package, StringComparison.Ordinal)))
            {
                search._callers.Add((address, address + function.Size));
            }
        }

        if (start == 0 || search._targets.Count == 0)
        {
            return ([], true);
        }

        foreach (ImageRange segment in image.Segments.Where(segment => segment.Executable))
        {
            search.Scan(segment);
        }

        return ([.. search._names], search._hasOthers);
    }

    private void Scan(ImageRange segment)
    {
        (_textStart, _textEnd) = (segment.Address, segment.Address + (ulong)segment.Length);
        byte[] buffer = new byte[Window + BlockSize + 8];
        for (long at = 0; at < segment.Length && _names.Count < MaxNames; at += BlockSize)
        {
            // Each block with the end of the one before it: a call's arguments are behind it.
            long from = Math.Max(0, at - Window);
            int length = _image.Source.Read(segment.Offset + from, buffer.AsSpan(0, (int)Math.Min(buffer.Length, segment.Length - from)));
            ReadOnlySpan<byte> code = buffer.AsSpan(0, length);
            ulong address = segment.Address + (ulong)from;
            int begin = (int)(at - from);
            if (_isArm)
            {
                ScanArm(code, begin, address);
            }
            else
            {
                ScanAmd(code, begin, address);
            }
        }

        _hasOthers |= _names.Count >= MaxNames;
    }

    // A call whose name could not be read counts where it is not one of the library's own, which hand on what they got.
    private void Conclude(bool isRead, ulong call) =>
        _hasOthers |= !isRead && !_callers.Exists(function => call >= function.Start && call < function.End);

    private void ScanAmd(ReadOnlySpan<byte> code, int begin, ulong address)
    {
        const int CallSize = 5;
        for (int at = begin; at < code.Length && code[at..].IndexOf((byte)0xE8) is >= 0 and int skip; at++)
        {
            at += skip;
            if (at + CallSize > code.Length)
            {
                return;
            }

            ulong target = TargetOf(code, at, address);
            if (_targets.TryGetValue(target, out int words))
            {
                int from = Math.Max(0, at - Window);
                Conclude(FindAmdArguments(code[from..at], address + (ulong)from, words), address + (ulong)at);
            }
        }
    }

    // Where an instruction of one byte and a distance of four leads to.
    private static ulong TargetOf(ReadOnlySpan<byte> code, int at, ulong address) =>
        unchecked(address + (ulong)at + 5 + (ulong)BinaryPrimitives.ReadInt32LittleEndian(code[(at + 1)..]));

    // LEA reg, [RIP + disp32] (48 8D modrm) and MOV reg32, imm32 (B8 + reg): RAX and EBX, or behind a context RCX and EDI.
    private bool FindAmdArguments(ReadOnlySpan<byte> code, ulong address, int words)
    {
        (byte pointer, byte length, int textRegister, int lengthRegister) = words == 0 ? ((byte)0x05, (byte)0xBB, 0, 3) : ((byte)0x0D, (byte)0xBF, 1, 7);
        ReadOnlySpan<byte> load = [0x48, 0x8D, pointer];
        int lea = code.LastIndexOf(load);
        int mov = code.LastIndexOf(length);
        if (lea < 0 || lea + 7 > code.Length || mov < 0 || mov + 5 > code.Length
            || IsWritten(code, lea + 7, textRegister) || IsWritten(code, mov + 5, lengthRegister) || CallsAfter(code, Math.Min(lea, mov), address))
        {
            return false;
        }

        ulong text = unchecked(address + (ulong)lea + 7 + (ulong)BinaryPrimitives.ReadInt32LittleEndian(code[(lea + 3)..]));
        return AddName(text, BinaryPrimitives.ReadUInt32LittleEndian(code[(mov + 1)..])) && !IsJumpedOver(code, Math.Min(lea, mov));
    }

    // MOV, LEA or CMOV into a register, or MOV from another one: it holds something else from then on. Of the prefix of 64 bits
    // (Intel SDM, volume 2, 2.2.1.2) R makes another register of the one that the byte after the opcode names first, B of the other.
    private static bool IsWritten(ReadOnlySpan<byte> code, int from, int register)
    {
        for (int i = from; i + 2 < code.Length; i++)
        {
            bool isFirst = (code[i] & 0xFC) == 0x48
                && ((code[i + 1] is 0x8B or 0x8D && ((code[i + 2] >> 3) & 7) == register)
                    || (code[i + 1] == 0x0F && code[i + 2] >> 4 == 4 && i + 3 < code.Length && ((code[i + 3] >> 3) & 7) == register));
            bool isOther = (code[i] & 0xFB) == 0x48
                && code[i + 1] == 0x89 && code[i + 2] >> 6 == 3 && (code[i + 2] & 7) == register;
            if (isFirst || isOther)
            {
                return true;
            }
        }

        return false;
    }

    // CALL rel32 (E8) into the code, CALL of what a register holds or points to (FF /2 with RAX to RDI).
    private bool CallsAfter(ReadOnlySpan<byte> code, int from, ulong address)
    {
        for (int i = from; i + 1 < code.Length; i++)
        {
            if ((code[i] == 0xE8 && i + 5 <= code.Length && TargetOf(code, i, address) is var target && target >= _textStart && target < _textEnd)
                || (code[i] == 0xFF && (code[i + 1] & 0x38) == 0x10 && code[i + 1] >> 6 is 0 or 3))
            {
                return true;
            }
        }

        return false;
    }

    // A jump past the loads: the call is reached with another string, too. Jcc behind a comparison (TEST, CMP), or JMP just before them.
    private static bool IsJumpedOver(ReadOnlySpan<byte> code, int loads)
    {
        if ((loads >= 2 && code[loads - 2] == 0xEB && Lands(code, loads, (sbyte)code[loads - 1], loads))
            || (loads >= 5 && code[loads - 5] == 0xE9 && Lands(code, loads, BinaryPrimitives.ReadInt32LittleEndian(code[(loads - 4)..]), loads)))
        {
            return true;
        }

        for (int i = 3; i + 2 <= loads; i++)
        {
            bool compares = code[i - 2] is 0x84 or 0x85 or 0x38 or 0x39 or 0x3A or 0x3B || code[i - 3] is 0x80 or 0x83;
            if (compares && ((code[i] >> 4 == 7 && Lands(code, i + 2, (sbyte)code[i + 1], loads))
                || (code[i] == 0x0F && code[i + 1] >> 4 == 8 && i + 6 <= code.Length && Lands(code, i + 6, BinaryPrimitives.ReadInt32LittleEndian(code[(i + 2)..]), loads))))
            {
                return true;
            }
        }

        return false;
    }

    // Behind the first of the loads, and not behind the call.
    private static bool Lands(ReadOnlySpan<byte> code, int from, int distance, int loads) => from + (long)distance is var to && to > loads && to <= code.Length;

    private void ScanArm(ReadOnlySpan<byte> code, int begin, ulong address)
    {
        int first = (int)((4 - (address & 3)) & 3);
        for (int at = first + begin; at + 4 <= code.Length; at += 4)
        {
            uint call = BinaryPrimitives.ReadUInt32LittleEndian(code[at..]);
            if ((call & 0xFC000000) == 0x94000000)
            {
                long offset = (long)((int)(call << 6) >> 6) * 4;
                if (_targets.TryGetValue(unchecked(address + (ulong)at + (ulong)offset), out int words))
                {
                    int from = Math.Max(first, at - Window);
                    Conclude(FindArmArguments(code[from..at], address + (ulong)from, (uint)words), address + (ulong)at);
                }
            }
        }
    }

    // ADRP and ADD of the register with the address, MOVZ or ORR with an immediate of the one with the length.
    private bool FindArmArguments(ReadOnlySpan<byte> code, ulong address, uint register)
    {
        ulong? text = null;
        ulong? page = null;
        ulong? length = null;
        int loads = 0;
        for (int at = 0; at + 4 <= code.Length; at += 4)
        {
            uint word = BinaryPrimitives.ReadUInt32LittleEndian(code[at..]);
            if ((word & 0x9F00001F) == (0x90000000 | register))
            {
                long pages = ((long)(int)(((word >> 5) & 0x7FFFF) << 13) >> 11) | ((word >> 29) & 3);
                page = unchecked(((address + (ulong)at) & ~0xFFFUL) + ((ulong)pages << 12));
                text = null;
                loads = at;
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
            else
            {
                // BL and BLR: another call got them.
                bool isCall = (word & 0xFC000000) == 0x94000000 || (word & 0xFFFFFC1F) == 0xD63F0000;
                (text, page) = isCall || IsWritten(word, register) ? (null, null) : (text, page);
                length = isCall || IsWritten(word, register + 1) ? null : length;
            }
        }

        return text is { } place && length is <= MaxNameLength and { } count && AddName(place, (uint)count) && !IsJumpedOverArm(code, loads);
    }

    // LDR, LDP, MOV and CSEL: the register holds something else from then on.
    private static bool IsWritten(uint word, uint register) => (word & 0xFFC0001F) == (0xF9400000 | register)
        || ((word & 0xFFC00000) == 0xA9400000 && ((word & 31) == register || ((word >> 10) & 31) == register))
        || (word & 0xFFE0FFFF) == (0xAA0003E0 | register)
        || (word & 0xFFE00C1F) == (0x9A800000 | register);

    // B, B.cond, CBZ and CBNZ, TBZ and TBNZ before the loads that lead behind the first of them.
    private static bool IsJumpedOverArm(ReadOnlySpan<byte> code, int loads)
    {
        for (int at = 0; at < loads; at += 4)
        {
            uint word = BinaryPrimitives.ReadUInt32LittleEndian(code[at..]);
            int? distance = (word & 0xFC000000) == 0x14000000 ? (int)(word << 6) >> 6
                : (word & 0xFF000010) == 0x54000000 || (word & 0x7E000000) == 0x34000000 ? (int)(word << 8) >> 13
                : (word & 0x7E000000) == 0x36000000 ? (int)(word << 13) >> 18
                : null;
            if (distance * 4L + at is { } to && to > loads && to <= code.Length)
            {
                return true;
            }
        }

        return false;
    }

    private bool AddName(ulong address, uint length)
    {
        if (length is 0 or > MaxNameLength || !_image.TryMap(address, out long offset, out long available) || available < length)
        {
            return false;
        }

        byte[] text = new byte[length];
        if (!_image.Source.TryRead(offset, text) || !Array.TrueForAll(text, value => value is > (byte)' ' and < 0x7F))
        {
            return false;
        }

        _names.Add(Encoding.ASCII.GetString(text));
        return true;
    }
}
