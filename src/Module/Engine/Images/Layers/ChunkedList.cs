using System.Runtime.CompilerServices;

namespace GoCross.Images;

/// <summary>
/// A list that grows by chunks: millions of items are never copied, and take no more than one chunk beyond what they
/// need. Items are reached by reference.
/// </summary>
internal sealed class ChunkedList<T>
    where T : struct
{
    // The first chunk starts small, for a layer often has three entries.
    private const int FirstChunk = 16;
    private const int ChunkBits = 13;
    private const int ChunkSize = 1 << ChunkBits;

    private T[][] _chunks = [new T[FirstChunk]];

    internal int Count { get; private set; }

    internal ref T this[int index] => ref _chunks[index >> ChunkBits][index & (ChunkSize - 1)];

    /// <summary>Adds an item and gives its index.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal int Add(in T item)
    {
        int chunk = Count >> ChunkBits;
        int offset = Count & (ChunkSize - 1);
        if (chunk >= _chunks.Length || _chunks[chunk] is null || offset >= _chunks[chunk].Length)
        {
            Grow(chunk);
        }

        _chunks[chunk][offset] = item;
        return Count++;
    }

    private void Grow(int chunk)
    {
        if (chunk == 0)
        {
            Array.Resize(ref _chunks[0], Math.Min(_chunks[0].Length * 4, ChunkSize));
            return;
        }

        if (chunk >= _chunks.Length)
        {
            Array.Resize(ref _chunks, _chunks.Length * 2);
        }

        _chunks[chunk] = new T[ChunkSize];
    }
}
