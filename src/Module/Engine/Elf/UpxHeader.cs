namespace GoCross.Elf;

/// <summary>What UPX writes at the beginning of a program that it packed.</summary>
/// <param name="BlocksOffset">Where the packed blocks begin, in bytes from the beginning of the file.</param>
/// <param name="UnpackedLength">The original file's length in bytes.</param>
/// <param name="BlockLength">The most bytes of the original file in one block.</param>
internal readonly record struct UpxHeader(long BlocksOffset, uint UnpackedLength, uint BlockLength)
{
    /// <summary>Reads it; null for a file that UPX did not pack.</summary>
    /// <remarks>
    /// struct l_info, then p_info, follow the program headers, and the notes that UPX keeps behind them: a checksum, the
    /// magic, lengths and version in one word; then an ID, the original length and that of a block. It writes no section headers.
    /// </remarks>
    internal static UpxHeader? TryRead(ElfFile file)
    {
        const int MagicAt = 4;
        const int FileSizeAt = 16;
        const int BlockSizeAt = 20;
        const int Size = 24;
        if (file.Header.SectionHeaderCount != 0 || file.ProgramHeaders.Count == 0)
        {
            return null;
        }

        long end = (long)file.Header.ProgramHeaderOffset
            + ((long)file.ProgramHeaders.Count * file.Encoding.ProgramHeaderSize);
        foreach (ElfProgramHeader note in file.ProgramHeaders)
        {
            if (note.Type == ElfSegmentType.Note && note.Offset == (ulong)end && note.FileSize <= int.MaxValue)
            {
                end += (long)((note.FileSize + 3) & ~3UL);
            }
        }

        ReadOnlySpan<byte> info = file.Peek(end, Size);
        return info.Length < Size || !info[MagicAt..].StartsWith("UPX!"u8)
            ? null
            : new UpxHeader(end + Size, file.Encoding.UInt32(info, FileSizeAt), file.Encoding.UInt32(info, BlockSizeAt));
    }
}
