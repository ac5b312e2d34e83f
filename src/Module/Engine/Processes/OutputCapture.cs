using System.Buffers;
using System.Diagnostics;
using System.Text;
using GoCross.Formatting;

namespace GoCross.Processes;

/// <summary>
/// Keeps the beginning and the end of what a program writes to one stream, so that a flood does not fill the memory. One
/// thread adds, and any may look at what there is.
/// </summary>
/// <param name="limit">The most bytes that are kept: one half of them from the beginning, the other from the end.</param>
public sealed class OutputCapture(int limit)
{
    private readonly object _gate = new();
    private readonly ArrayBufferWriter<byte> _beginning = new();
    private readonly int _half = limit / 2;
    private byte[]? _end;
    private long _afterBeginning;
    private long _firstByte;

    /// <summary>How many bytes the program wrote.</summary>
    public long Length
    {
        get
        {
            lock (_gate)
            {
                return _beginning.WrittenCount + _afterBeginning;
            }
        }
    }

    /// <summary>How many of them were not kept.</summary>
    public long LeftOut
    {
        get
        {
            lock (_gate)
            {
                return Math.Max(0, _afterBeginning - _half);
            }
        }
    }

    /// <summary>When the first byte came, as <see cref="Stopwatch.GetTimestamp"/> counts; null where none came.</summary>
    public long? FirstByte
    {
        get
        {
            lock (_gate)
            {
                return _firstByte == 0 ? null : _firstByte;
            }
        }
    }

    /// <summary>Takes bytes as they come.</summary>
    public void Add(ReadOnlySpan<byte> bytes)
    {
        lock (_gate)
        {
            if (_firstByte == 0 && bytes.Length > 0)
            {
                _firstByte = Stopwatch.GetTimestamp();
            }

            int toBeginning = Math.Min(bytes.Length, _half - _beginning.WrittenCount);
            _beginning.Write(bytes[..toBeginning]);
            AddToEnd(bytes[toBeginning..]);
        }
    }

    /// <summary>What was kept, as text: UTF-8, with a line in the middle that says how much is left out there, if any is.</summary>
    public override string ToString()
    {
        lock (_gate)
        {
            byte[] end = End();
            if (LeftOut == 0)
            {
                // In one piece: a character may lie across the middle.
                return Encoding.UTF8.GetString([.. _beginning.WrittenSpan, .. end]);
            }

            string gap = TextFormat.Fill(Texts.OutputLeftOut, LeftOut);
            return $"{Encoding.UTF8.GetString(_beginning.WrittenSpan)}\n{gap}\n{Encoding.UTF8.GetString(end)}";
        }
    }

    // A ring: the byte at place n after the beginning lies at n modulo its size.
    private void AddToEnd(ReadOnlySpan<byte> bytes)
    {
        if (bytes.IsEmpty)
        {
            return;
        }

        _end ??= new byte[_half];
        ReadOnlySpan<byte> last = bytes[^Math.Min(bytes.Length, _half)..];
        _afterBeginning += bytes.Length - last.Length;
        while (!last.IsEmpty)
        {
            int at = (int)(_afterBeginning % _half);
            int count = Math.Min(last.Length, _half - at);
            last[..count].CopyTo(_end.AsSpan(at));
            _afterBeginning += count;
            last = last[count..];
        }
    }

    private byte[] End()
    {
        if (_end is null)
        {
            return [];
        }

        int at = (int)(_afterBeginning % _half);
        return _afterBeginning <= _half
            ? _end[..(int)_afterBeginning]
            : [.. _end[at..], .. _end[..at]];
    }
}
