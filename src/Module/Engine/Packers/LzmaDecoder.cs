namespace GoCross.Packers;

/// <summary>
/// Decodes blocks that UPX compressed with LZMA, after the LZMA specification of 7-Zip's author (public domain). UPX writes
/// its parameters into two bytes and no end mark, and the whole block is the dictionary. One decoder serves all blocks of a
/// file: its tables are made once, and a block pays only for those that it uses.
/// </summary>
internal sealed class LzmaDecoder
{
    private const int States = 12;
    private const int MaxPositionBits = 4;
    private const int PositionStates = 1 << MaxPositionBits;
    private const int LengthStates = 4;
    private const int AlignBits = 4;
    private const int EndOfSlots = 14;
    private const int FullDistances = 1 << (EndOfSlots / 2);
    private const int MinMatch = 2;
    private const ushort EvenChance = 1024;
    private const int LiteralChances = 0x300;

    /// <summary>How many symbols are decoded between two looks at the cancellation.</summary>
    private const int SymbolsBetweenLooks = 64 * 1024;

    private readonly ushort[] _isMatch = new ushort[States << MaxPositionBits];
    private readonly ushort[] _isRepeat = new ushort[States];
    private readonly ushort[] _isRepeat0 = new ushort[States];
    private readonly ushort[] _isRepeat1 = new ushort[States];
    private readonly ushort[] _isRepeat2 = new ushort[States];
    private readonly ushort[] _isLongRepeat0 = new ushort[States << MaxPositionBits];
    private readonly ushort[] _slots = new ushort[LengthStates << 6];
    private readonly ushort[] _special = new ushort[1 + FullDistances - EndOfSlots];
    private readonly ushort[] _align = new ushort[1 << AlignBits];
    private readonly Lengths _matchLengths = new();
    private readonly Lengths _repeatLengths = new();

    // Up to 3 million chances, of which a short block uses few: a context is reset when a block first uses it.
    private ushort[] _literals = [];
    private int[] _blockOfContext = [];
    private int _block;

    private int _literalContextBits;
    private int _literalPositionMask;
    private int _positionMask;

    /// <summary>Decodes a block.</summary>
    /// <param name="input">The block as UPX wrote it, its two bytes of parameters included.</param>
    /// <param name="output">Where it goes. It has to be filled.</param>
    /// <param name="cancellation">Ends the work.</param>
    /// <returns>False for damaged input.</returns>
    /// <exception cref="OperationCanceledException">Cancelled.</exception>
    public bool TryDecode(ReadOnlySpan<byte> input, Span<byte> output, CancellationToken cancellation)
    {
        // Two bytes of parameters, five that the range decoder begins with.
        if (input.Length < 7)
        {
            return false;
        }

        int positionBits = input[0] & 7;
        int literalPositionBits = input[1] >> 4;
        int literalContextBits = input[1] & 15;
        if (positionBits > 4 || literalPositionBits > 4 || literalContextBits > 8
            || input[0] >> 3 != literalPositionBits + literalContextBits)
        {
            return false;
        }

        _literalContextBits = literalContextBits;
        _literalPositionMask = (1 << literalPositionBits) - 1;
        _positionMask = (1 << positionBits) - 1;
        Reset(1 << (literalContextBits + literalPositionBits));
        var range = new RangeDecoder(input[2..]);
        return Decode(ref range, output, cancellation);
    }

    private void Reset(int contexts)
    {
        _block++;
        if (_blockOfContext.Length < contexts)
        {
            _literals = new ushort[LiteralChances * contexts];
            _blockOfContext = new int[contexts];
        }

        foreach (ushort[] chances in (ReadOnlySpan<ushort[]>)
            [_isMatch, _isRepeat, _isRepeat0, _isRepeat1, _isRepeat2, _isLongRepeat0, _slots, _special, _align])
        {
            Array.Fill(chances, EvenChance);
        }

        _matchLengths.Reset();
        _repeatLengths.Reset();
    }

    private Span<ushort> LiteralContext(int context)
    {
        Span<ushort> chances = _literals.AsSpan(LiteralChances * context, LiteralChances);
        if (_blockOfContext[context] != _block)
        {
            chances.Fill(EvenChance);
            _blockOfContext[context] = _block;
        }

        return chances;
    }

    private bool Decode(ref RangeDecoder range, Span<byte> output, CancellationToken cancellation)
    {
        int untilLook = SymbolsBetweenLooks;
        int state = 0;
        uint repeat0 = 0;
        uint repeat1 = 0;
        uint repeat2 = 0;
        uint repeat3 = 0;
        int at = 0;
        while (at < output.Length)
        {
            if (range.Overrun)
            {
                return false;
            }

            if (--untilLook == 0)
            {
                cancellation.ThrowIfCancellationRequested();
                untilLook = SymbolsBetweenLooks;
            }

            int position = at & _positionMask;
            int place = (state << MaxPositionBits) + position;
            if (range.Bit(ref _isMatch[place]) == 0)
            {
                if (repeat0 >= (uint)at && state >= 7)
                {
                    return false;
                }

                output[at] = Literal(ref range, output, at, state, repeat0);
                at++;
                state = state < 4 ? 0 : state < 10 ? state - 3 : state - 6;
                continue;
            }

            int length;
            if (range.Bit(ref _isRepeat[state]) == 0)
            {
                (repeat3, repeat2, repeat1) = (repeat2, repeat1, repeat0);
                length = _matchLengths.Decode(ref range, position);
                state = state < 7 ? 7 : 10;
                repeat0 = Distance(ref range, length);
            }
            else
            {
                if (range.Bit(ref _isRepeat0[state]) == 0)
                {
                    if (range.Bit(ref _isLongRepeat0[place]) == 0)
                    {
                        if (repeat0 >= (uint)at)
                        {
                            return false;
                        }

                        output[at] = output[at - (int)repeat0 - 1];
                        at++;
                        state = state < 7 ? 9 : 11;
                        continue;
                    }
                }
                else
                {
                    uint distance;
                    if (range.Bit(ref _isRepeat1[state]) == 0)
                    {
                        distance = repeat1;
                    }
                    else
                    {
                        if (range.Bit(ref _isRepeat2[state]) == 0)
                        {
                            distance = repeat2;
                        }
                        else
                        {
                            distance = repeat3;
                            repeat3 = repeat2;
                        }

                        repeat2 = repeat1;
                    }

                    repeat1 = repeat0;
                    repeat0 = distance;
                }

                length = _repeatLengths.Decode(ref range, position);
                state = state < 7 ? 8 : 11;
            }

            // The end mark, a distance of 2^32 - 1, is none of UPX's and as wrong as every other that is too far.
            length += MinMatch;
            if (repeat0 >= (uint)at || length > output.Length - at)
            {
                return false;
            }

            for (int end = at + length; at < end; at++)
            {
                output[at] = output[at - (int)repeat0 - 1];
            }
        }

        return !range.Overrun;
    }

    private byte Literal(ref RangeDecoder range, ReadOnlySpan<byte> output, int at, int state, uint repeat0)
    {
        int before = at == 0 ? 0 : output[at - 1];
        int context = ((at & _literalPositionMask) << _literalContextBits) + (before >> (8 - _literalContextBits));
        Span<ushort> chances = LiteralContext(context);
        uint symbol = 1;
        if (state >= 7)
        {
            uint expected = output[at - (int)repeat0 - 1];
            do
            {
                uint bitOfMatch = (expected >> 7) & 1;
                expected <<= 1;
                uint bit = range.Bit(ref chances[(int)(((1 + bitOfMatch) << 8) + symbol)]);
                symbol = (symbol << 1) | bit;
                if (bitOfMatch != bit)
                {
                    break;
                }
            }
            while (symbol < 0x100);
        }

        while (symbol < 0x100)
        {
            symbol = (symbol << 1) | range.Bit(ref chances[(int)symbol]);
        }

        return (byte)symbol;
    }

    private uint Distance(ref RangeDecoder range, int length)
    {
        int lengthState = Math.Min(length, LengthStates - 1);
        uint slot = range.Tree(_slots.AsSpan(lengthState << 6, 64), 6);
        if (slot < 4)
        {
            return slot;
        }

        int directBits = (int)(slot >> 1) - 1;
        uint distance = (2 | (slot & 1)) << directBits;
        return slot < EndOfSlots
            ? distance + range.ReverseTree(_special.AsSpan((int)(distance - slot)), directBits)
            : unchecked(distance + (range.Direct(directBits - AlignBits) << AlignBits) + range.ReverseTree(_align, AlignBits));
    }

    /// <summary>Lengths of matches: three codes, of 8, 8 and 256 values.</summary>
    private sealed class Lengths
    {
        private readonly ushort[] _choice = new ushort[2];
        private readonly ushort[] _low = new ushort[PositionStates << 3];
        private readonly ushort[] _middle = new ushort[PositionStates << 3];
        private readonly ushort[] _high = new ushort[256];

        public void Reset()
        {
            Array.Fill(_choice, EvenChance);
            Array.Fill(_low, EvenChance);
            Array.Fill(_middle, EvenChance);
            Array.Fill(_high, EvenChance);
        }

        public int Decode(ref RangeDecoder range, int position) =>
            range.Bit(ref _choice[0]) == 0 ? (int)range.Tree(_low.AsSpan(position << 3, 8), 3)
            : range.Bit(ref _choice[1]) == 0 ? 8 + (int)range.Tree(_middle.AsSpan(position << 3, 8), 3)
            : 16 + (int)range.Tree(_high, 8);
    }

    private ref struct RangeDecoder
    {
        private const uint Top = 1u << 24;
        private const int ChanceBits = 11;
        private const int MoveBits = 5;

        private readonly ReadOnlySpan<byte> _input;
        private int _at;
        private uint _range = uint.MaxValue;
        private uint _code;

        public RangeDecoder(ReadOnlySpan<byte> input)
        {
            _input = input;
            _at = 1; // The first byte is 0.
            for (int i = 0; i < 4; i++)
            {
                _code = (_code << 8) | Next();
            }
        }

        /// <summary>Whether more was read than there is.</summary>
        public bool Overrun { get; private set; }

        public uint Bit(ref ushort chance)
        {
            uint bound = (_range >> ChanceBits) * chance;
            uint bit;
            if (_code < bound)
            {
                chance += (ushort)(((1 << ChanceBits) - chance) >> MoveBits);
                _range = bound;
                bit = 0;
            }
            else
            {
                chance -= (ushort)(chance >> MoveBits);
                _code -= bound;
                _range -= bound;
                bit = 1;
            }

            Normalize();
            return bit;
        }

        public uint Direct(int count)
        {
            uint value = 0;
            for (; count > 0; count--)
            {
                _range >>= 1;
                _code = unchecked(_code - _range);
                uint below = unchecked(0 - (_code >> 31));
                _code = unchecked(_code + (_range & below));
                Normalize();
                value = unchecked((value << 1) + below + 1);
            }

            return value;
        }

        public uint Tree(Span<ushort> chances, int bits)
        {
            uint symbol = 1;
            for (int i = 0; i < bits; i++)
            {
                symbol = (symbol << 1) | Bit(ref chances[(int)symbol]);
            }

            return symbol - (1u << bits);
        }

        public uint ReverseTree(Span<ushort> chances, int bits)
        {
            uint symbol = 1;
            uint value = 0;
            for (int i = 0; i < bits; i++)
            {
                uint bit = Bit(ref chances[(int)symbol]);
                symbol = (symbol << 1) | bit;
                value |= bit << i;
            }

            return value;
        }

        private void Normalize()
        {
            if (_range < Top)
            {
                _range <<= 8;
                _code = (_code << 8) | Next();
            }
        }

        private uint Next()
        {
            if (_at < _input.Length)
            {
                return _input[_at++];
            }

            Overrun = true;
            return 0;
        }
    }
}
