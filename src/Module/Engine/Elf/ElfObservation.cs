using GoCross.Errors;

namespace GoCross.Elf;

/// <summary>What the linkage is told from: all that the kernel and the loader look at.</summary>
internal sealed class ElfObservation
{
    /// <summary>PATH_MAX: the kernel takes no loader's path that is longer, its NUL included.</summary>
    private const int MaximumPath = 4096;

    private ElfObservation(ElfFile file)
    {
        File = file;
        Packed = IsPackedWithUpx(out long? unpacked);
        UnpackedLength = unpacked;
        Dynamic = ElfDynamicSection.Read(file);
        Notes = file.Header.Type == ElfType.Core ? [] : ElfNote.ReadAll(file);
        (HasInterpreter, Interpreter) = ReadInterpreter();
    }

    internal ElfFile File { get; }

    internal ElfDynamicSection? Dynamic { get; }

    internal List<ElfNote> Notes { get; }

    /// <summary>Whether there is a PT_INTERP. Its path may be one that the kernel refuses.</summary>
    internal bool HasInterpreter { get; }

    /// <summary>The loader's path, where the kernel would accept it.</summary>
    internal string? Interpreter { get; }

    internal bool Packed { get; }

    internal long? UnpackedLength { get; }

    internal IReadOnlyList<string> Needed => Dynamic?.Needed ?? [];

    /// <summary>Looks at a file.</summary>
    /// <exception cref="GoCrossException">ElfTruncated; ElfFieldInvalid; ElfAddressInvalid; ElfLimit.</exception>
    internal static ElfObservation Of(ElfFile file) => new(file);

    /// <summary>The first program header of a type.</summary>
    internal ElfProgramHeader? Segment(ElfSegmentType type)
    {
        foreach (ElfProgramHeader segment in File.ProgramHeaders)
        {
            if (segment.Type == type)
            {
                return segment;
            }
        }

        return null;
    }

    internal ElfNote? Note(string owner, uint type)
    {
        foreach (ElfNote note in Notes)
        {
            if (note.Type == type && note.Owner == owner)
            {
                return note;
            }
        }

        return null;
    }

    private (bool Present, string? Path) ReadInterpreter()
    {
        if (Segment(ElfSegmentType.Interpreter) is not { } segment)
        {
            return (false, null);
        }

        // fs/binfmt_elf.c: two bytes or more, PATH_MAX at most, and a NUL at the end.
        if (segment.FileSize is < 2 or > MaximumPath || !File.Contains(segment.Offset, segment.FileSize))
        {
            return (true, null);
        }

        ReadOnlySpan<byte> bytes = File.Peek((long)segment.Offset, (int)segment.FileSize);
        return bytes[^1] == 0
            ? (true, System.Text.Encoding.UTF8.GetString(bytes[..bytes.IndexOf((byte)0)]))
            : (true, null);
    }

    // UPX's own header (struct l_info, then p_info) follows the program headers, and the notes that it keeps behind them: a
    // checksum, the magic, lengths and version in one word; then an ID and the original length. It writes no section headers.
    private bool IsPackedWithUpx(out long? unpackedLength)
    {
        const int MagicAt = 4;
        const int FileSizeAt = 16;
        unpackedLength = null;
        if (File.Header.SectionHeaderCount != 0 || File.ProgramHeaders.Count == 0)
        {
            return false;
        }

        long end = (long)File.Header.ProgramHeaderOffset
            + ((long)File.ProgramHeaders.Count * File.Encoding.ProgramHeaderSize);
        foreach (ElfProgramHeader note in File.ProgramHeaders)
        {
            if (note.Type == ElfSegmentType.Note && note.Offset == (ulong)end && note.FileSize <= int.MaxValue)
            {
                end += (long)((note.FileSize + 3) & ~3UL);
            }
        }

        ReadOnlySpan<byte> info = File.Peek(end, FileSizeAt + 4);
        if (info.Length < FileSizeAt + 4 || !info[MagicAt..].StartsWith("UPX!"u8))
        {
            return false;
        }

        unpackedLength = File.Encoding.UInt32(info, FileSizeAt);
        return true;
    }
}
