namespace GoCross.Files;

/// <summary>A forward-only stream of what is received in pieces as large as its source gives them.</summary>
internal abstract class BufferedForwardStream : ForwardOnlyStream
{
    private readonly byte[] _buffer = new byte[256 << 10];
    private int _start;
    private int _end;

    /// <summary>Reads.</summary>
    public sealed override int Read(Span<byte> buffer)
    {
        if (_start == _end)
        {
            _start = 0;
            _end = 0;
            _end = Receive(_buffer);
        }

        int count = Math.Min(buffer.Length, _end - _start);
        _buffer.AsSpan(_start, count).CopyTo(buffer);
        _start += count;
        return count;
    }

    /// <summary>Receives what comes next; 0 bytes at the end.</summary>
    protected abstract int Receive(byte[] buffer);
}
