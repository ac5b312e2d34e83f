using System.Security.Cryptography;
using GoCross.Files;
using GoCross.Oci;

namespace GoCross.Scratch;

/// <summary>Hashes and counts what is written through it. What it writes to stays open.</summary>
/// <param name="output">Where the bytes go on to.</param>
internal sealed class HashingStream(Stream output) : WriteOnlyStream
{
    private readonly IncrementalHash _hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
    private long _count;

    /// <summary>How many bytes were written.</summary>
    public override long Length => _count;

    /// <summary>The digest of all that was written. Asked for once, at the end.</summary>
    internal string GetDigest() => Digests.FromHash(_hash.GetHashAndReset());

    public override void Write(ReadOnlySpan<byte> buffer)
    {
        _hash.AppendData(buffer);
        output.Write(buffer);
        _count += buffer.Length;
    }

    public override void Flush() => output.Flush();

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            _hash.Dispose();
        }

        base.Dispose(disposing);
    }
}
