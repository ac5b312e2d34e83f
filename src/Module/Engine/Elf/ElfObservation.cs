using GoCross.Errors;

namespace GoCross.Elf;

/// <summary>What the linkage is told from: all that the kernel and the loader look at.</summary>
internal sealed class ElfObservation
{
    /// <summary>PATH_MAX: the kernel takes no loader's path that is longer, its NUL included.</summary>
    private const int MaxPathLength = 4096;

    private ElfObservation(ElfFile file)
    {
        File = file;
        Upx = UpxHeader.TryRead(file);
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

    /// <summary>What UPX says of it; null where it is not packed.</summary>
    internal UpxHeader? Upx { get; }

    internal bool Packed => Upx is not null;

    internal long? UnpackedLength => Upx?.UnpackedLength;

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
        if (segment.FileSize is < 2 or > MaxPathLength || !File.Contains(segment.Offset, segment.FileSize))
        {
            return (true, null);
        }

        ReadOnlySpan<byte> bytes = File.Peek((long)segment.Offset, (int)segment.FileSize);
        return bytes[^1] == 0
            ? (true, System.Text.Encoding.UTF8.GetString(bytes[..bytes.IndexOf((byte)0)]))
            : (true, null);
    }
}
