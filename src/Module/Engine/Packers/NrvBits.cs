using System.Buffers.Binary;

namespace GoCross.Packers;

/// <summary>
/// Reads bits and bytes that UCL wrote: bits come in groups of one, two or four bytes, the highest bit first, and bytes lie
/// between the groups. Behind the end there are set bits and zero bytes, and <see cref="Overrun"/> says so.
/// </summary>
/// <param name="input">What was written.</param>
/// <param name="groupSize">Bytes of a group of bits: 1, 2 or 4, little-endian.</param>
internal ref struct NrvBits(ReadOnlySpan<byte> input, int groupSize)
{
    private readonly ReadOnlySpan<byte> _input = input;
    private readonly int _groupSize = groupSize;
    private int _at;
    private uint _group;
    private int _left;

    /// <summary>Whether more was asked for than there is.</summary>
    public bool Overrun { get; private set; }

    /// <summary>Whether all was read, and no more than that.</summary>
    public readonly bool IsAtEnd => !Overrun && _at == _input.Length;

    /// <summary>The next bit.</summary>
    public uint Bit()
    {
        if (_left == 0)
        {
            if (_input.Length - _at < _groupSize)
            {
                Overrun = true;
                return 1; // Ends every loop that waits for a set bit.
            }

            ReadOnlySpan<byte> next = _input[_at..];
            _group = _groupSize switch
            {
                1 => (uint)next[0] << 24,
                2 => (uint)BinaryPrimitives.ReadUInt16LittleEndian(next) << 16,
                _ => BinaryPrimitives.ReadUInt32LittleEndian(next),
            };
            _at += _groupSize;
            _left = 8 * _groupSize;
        }

        uint bit = _group >> 31;
        _group <<= 1;
        _left--;
        return bit;
    }

    /// <summary>The next byte.</summary>
    public byte Byte()
    {
        if (_at < _input.Length)
        {
            return _input[_at++];
        }

        Overrun = true;
        return 0;
    }
}
