using System.Buffers;

namespace GoCross.GoBinaries;

/// <summary>
/// Looks for a table whose place no header tells, by the bytes that it begins with. What it reads and how often it finds
/// something is bounded, since segments may overlap and anybody can write a magic many times.
/// </summary>
internal sealed class MagicScan
{
    /// <summary>More tables that turned out to be none than any program holds; those that deal with Go hold a few.</summary>
    public const int MaxCandidates = 64;

    private const int BufferSize = 128 * 1024;

    private readonly ProgramImage _image;
    private readonly IndexOfMagic _indexOf;
    private readonly int _headerSize;
    private readonly int _alignment;
    private long _budget;
    private int _candidates = MaxCandidates;

    /// <summary>Prepares a scan.</summary>
    /// <param name="image">The program.</param>
    /// <param name="indexOf">Finds the magic in a piece of it.</param>
    /// <param name="headerSize">The fewest bytes that make a table.</param>
    /// <param name="alignment">Of what the table's address is a multiple.</param>
    public MagicScan(ProgramImage image, IndexOfMagic indexOf, int headerSize, int alignment)
    {
        _image = image;
        _indexOf = indexOf;
        _headerSize = headerSize;
        _alignment = alignment;

        // Honest segments do not overlap by more than a page.
        _budget = 2 * image.Source.Length;
    }

    /// <summary>Finds the first place of a magic.</summary>
    /// <returns>An index, or -1.</returns>
    public delegate int IndexOfMagic(ReadOnlySpan<byte> bytes);

    /// <summary>Finds where a table may begin in a range.</summary>
    /// <returns>Offsets in the range.</returns>
    public IEnumerable<long> Find(ImageRange range)
    {
        byte[] buffer = ArrayPool<byte>.Shared.Rent((int)Math.Min(BufferSize, Math.Max(range.Length, _headerSize)));
        try
        {
            int length;
            for (long at = 0; range.Length - at >= _headerSize && _budget > 0; at += length - _headerSize + 1)
            {
                length = _image.Source.Read(
                    range.Offset + at, buffer.AsSpan(0, (int)Math.Min(buffer.Length, range.Length - at)));
                _budget -= length;
                if (length < _headerSize)
                {
                    yield break;
                }

                for (int from = 0; (from = IndexOf(buffer.AsSpan(0, length), from)) >= 0; from++)
                {
                    if ((range.Address + (ulong)(at + from)) % (ulong)_alignment == 0)
                    {
                        if (_candidates-- == 0)
                        {
                            yield break;
                        }

                        yield return at + from;
                    }
                }
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    /// <summary>Finds a magic that a whole header can follow in the piece; the next piece begins before any other.</summary>
    private int IndexOf(ReadOnlySpan<byte> bytes, int from)
    {
        int found = from > bytes.Length ? -1 : _indexOf(bytes[from..]);
        return found < 0 || from + found > bytes.Length - _headerSize ? -1 : from + found;
    }
}
