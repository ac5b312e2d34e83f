namespace GoCross.Packers;

/// <summary>The checksum of RFC 1950, section 8.2, over bytes that come in pieces.</summary>
internal struct Adler32
{
    private const uint Base = 65521;

    /// <summary>As many bytes can be summed before the sums have to be reduced (zlib, NMAX).</summary>
    private const int Run = 5552;

    private uint _low;
    private uint _high;

    public Adler32() => _low = 1;

    /// <summary>The checksum so far.</summary>
    public readonly uint Value => (_high << 16) | _low;

    /// <summary>Adds bytes.</summary>
    public void Add(ReadOnlySpan<byte> bytes)
    {
        uint low = _low;
        uint high = _high;
        while (!bytes.IsEmpty)
        {
            ReadOnlySpan<byte> run = bytes[..Math.Min(Run, bytes.Length)];
            foreach (byte value in run)
            {
                low += value;
                high += low;
            }

            low %= Base;
            high %= Base;
            bytes = bytes[run.Length..];
        }

        _low = low;
        _high = high;
    }
}
