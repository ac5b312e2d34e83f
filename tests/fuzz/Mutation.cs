using System.Buffers.Binary;

namespace GoCross.Fuzz;

/// <summary>A few changes to a file, which its number determines, so that one that did harm can be made again.</summary>
internal sealed class Mutation
{
    private const int MaxChanges = 8;
    private const int WidestChange = 8;

    private readonly Random _random;
    private readonly FuzzSeed _seed;
    private readonly byte[] _bytes;
    private readonly List<(int Offset, byte[] Before)> _undo = [];

    private Mutation(FuzzSeed seed, byte[] bytes, int runSeed, int number)
    {
        _seed = seed;
        _bytes = bytes;
        _random = new Random(HashCode(runSeed, number));
    }

    /// <summary>How much of the file is left.</summary>
    internal int Length { get; private set; }

    /// <summary>Changes a copy of a file in place: <see cref="Undo"/> has to follow.</summary>
    /// <param name="seed">The file.</param>
    /// <param name="bytes">The copy.</param>
    /// <param name="runSeed">The run's seed.</param>
    /// <param name="number">The mutation's number.</param>
    internal static Mutation Apply(FuzzSeed seed, byte[] bytes, int runSeed, int number)
    {
        var mutation = new Mutation(seed, bytes, runSeed, number);
        mutation.Apply();
        return mutation;
    }

    /// <summary>Takes the changes back.</summary>
    internal void Undo()
    {
        for (int i = _undo.Count - 1; i >= 0; i--)
        {
            _undo[i].Before.CopyTo(_bytes, _undo[i].Offset);
        }
    }

    // Not System.HashCode, which is another one in every process.
    private static int HashCode(int runSeed, int number)
    {
        unchecked
        {
            ulong mixed = ((ulong)(uint)runSeed << 32) | (uint)number;
            mixed = (mixed ^ (mixed >> 30)) * 0xBF58476D1CE4E5B9;
            mixed = (mixed ^ (mixed >> 27)) * 0x94D049BB133111EB;
            return (int)(mixed ^ (mixed >> 31));
        }
    }

    private void Apply()
    {
        int changes = _random.Next(1, MaxChanges + 1);
        for (int i = 0; i < changes; i++)
        {
            (int offset, int length) = _random.Next(8) == 0
                ? (4, _bytes.Length - 4)
                : _seed.Places[_random.Next(_seed.Places.Count)];
            Change(offset + _random.Next(length));
        }

        Length = _random.Next(20) == 0 ? _random.Next(4, _bytes.Length) : _bytes.Length;
    }

    private void Change(int at)
    {
        int width = Math.Min(1 << _random.Next(4), Math.Min(WidestChange, _bytes.Length - at));
        _undo.Add((at, _bytes.AsSpan(at, width).ToArray()));
        Span<byte> target = _bytes.AsSpan(at, width);
        switch (_random.Next(7))
        {
            case 0:
                target.Clear();
                break;
            case 1:
                target.Fill(0xFF);
                break;
            case 2:
                target[0] ^= (byte)(1 << _random.Next(8));
                break;
            case 3:
                _bytes.AsSpan(_random.Next(_bytes.Length - width + 1), width).CopyTo(target);
                break;
            case 4:
                WriteNumber(target);
                break;
            default:
                _random.NextBytes(target);
                break;
        }
    }

    // Numbers at the edge of what a file can hold, in either byte order.
    private void WriteNumber(Span<byte> target)
    {
        long length = _bytes.Length;
        ReadOnlySpan<long> edges = [1, -16, -1, length, length - 1, length + 1, int.MaxValue, uint.MaxValue, long.MaxValue, 0xFFFF, 0x7FFF];
        long value = edges[_random.Next(edges.Length)];
        Span<byte> number = stackalloc byte[WidestChange];
        if (_random.Next(2) == 0)
        {
            BinaryPrimitives.WriteInt64LittleEndian(number, value);
            number[..target.Length].CopyTo(target);
        }
        else
        {
            BinaryPrimitives.WriteInt64BigEndian(number, value);
            number[^target.Length..].CopyTo(target);
        }
    }
}
