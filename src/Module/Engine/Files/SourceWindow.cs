using System.Buffers;
using GoCross.Errors;

namespace GoCross.Files;

/// <summary>
/// Looks at a source through two pooled buffers: one stays at the beginning, where a binary format keeps its headers,
/// the other goes where it is asked to. Small neighbouring reads cost one system call. Not safe for several threads.
/// </summary>
internal sealed class SourceWindow : IDisposable
{
    /// <summary>The most that <see cref="Peek"/> gives at once, in bytes.</summary>
    internal const int MaxPeek = 64 * 1024;

    private const int HeadSize = 4096;
    private const int RovingSize = 8192;

    private readonly IRandomAccessSource _source;
    private byte[]? _head = ArrayPool<byte>.Shared.Rent(HeadSize);
    private byte[]? _roving;
    private long _rovingOffset;
    private int _rovingCount;

    internal SourceWindow(IRandomAccessSource source)
    {
        _source = source;
        HeadCount = source.Read(0, _head.AsSpan(0, HeadSize));
    }

    /// <summary>How many bytes of the beginning are at hand.</summary>
    internal int HeadCount { get; }

    /// <summary>The bytes at an offset; fewer than asked only where the source ends.</summary>
    /// <param name="offset">In bytes from the beginning, zero or more.</param>
    /// <param name="count">At most <see cref="MaxPeek"/>.</param>
    /// <returns>Bytes that hold until the next call.</returns>
    /// <exception cref="GoCrossException">FileChanged: the source is shorter than it was.</exception>
    internal ReadOnlySpan<byte> Peek(long offset, int count)
    {
        ObjectDisposedException.ThrowIf(_head is null, this);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(count, MaxPeek);
        count = (int)Math.Clamp(_source.Length - offset, 0, count);
        if (offset + count <= HeadCount)
        {
            return _head.AsSpan((int)Math.Min(offset, HeadCount), count);
        }

        if (_roving is null || offset < _rovingOffset || offset + count > _rovingOffset + _rovingCount)
        {
            Move(offset, count);
        }

        int start = (int)(offset - _rovingOffset);
        return count <= _rovingCount - start
            ? _roving.AsSpan(start, count)
            : throw GoCrossException.Create(ErrorKind.InvalidData, nameof(Messages.FileChanged), _source.Name);
    }

    /// <summary>Gives the buffers back. The source stays open: it is its owner's.</summary>
    public void Dispose()
    {
        if (_head is not null)
        {
            ArrayPool<byte>.Shared.Return(_head);
            _head = null;
        }

        if (_roving is not null)
        {
            ArrayPool<byte>.Shared.Return(_roving);
            _roving = null;
        }
    }

    private void Move(long offset, int count)
    {
        int size = Math.Max(count, RovingSize);
        if (_roving is null || _roving.Length < size)
        {
            if (_roving is not null)
            {
                ArrayPool<byte>.Shared.Return(_roving);
            }

            _roving = ArrayPool<byte>.Shared.Rent(size);
        }

        _rovingOffset = offset;
        _rovingCount = _source.Read(offset, _roving.AsSpan(0, size));
    }
}
