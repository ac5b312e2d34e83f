namespace GoCross.GoBinaries;

/// <summary>A part of a program that is loaded from its file: a segment or a section.</summary>
/// <param name="Name">The section's name, as in <c>.go.buildinfo</c>; empty for a segment of an ELF file.</param>
/// <param name="Address">Where it is loaded.</param>
/// <param name="Offset">Where it starts in the file; never after the file's end.</param>
/// <param name="Length">How many bytes of it the file really holds.</param>
/// <param name="DeclaredLength">How many the header promises.</param>
/// <param name="Writable">Whether the program may write to it.</param>
/// <param name="Executable">Whether the program may execute it.</param>
internal sealed record ImageRange(
    string Name, ulong Address, long Offset, long Length, ulong DeclaredLength, bool Writable, bool Executable)
{
    /// <summary>Makes a range of what a header says, cut to what is there.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="address">Where it is loaded.</param>
    /// <param name="offset">Where the header says it starts.</param>
    /// <param name="length">How long the header says it is in the file.</param>
    /// <param name="start">Where the image starts in the file; offsets count from here.</param>
    /// <param name="end">Where the image ends in the file.</param>
    /// <param name="writable">Whether the program may write to it.</param>
    /// <param name="executable">Whether the program may execute it.</param>
    public static ImageRange Create(
        string name, ulong address, ulong offset, ulong length, long start, long end, bool writable, bool executable)
    {
        ulong size = (ulong)(end - start);
        ulong from = Math.Min(offset, size);
        return new ImageRange(
            name, address, start + (long)from, (long)Math.Min(length, size - from), length, writable, executable);
    }

    /// <summary>Whether an address lies in the part of it that the file holds.</summary>
    public bool Contains(ulong address) => address >= Address && address - Address < (ulong)Length;
}
