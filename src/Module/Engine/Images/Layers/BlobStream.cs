using System.Security.Cryptography;
using GoCross.Files;
using GoCross.Oci;

namespace GoCross.Images;

/// <summary>
/// A stream on its way from storage to a reader: hashed as it passes, counted, cancellable, and its first bytes can be
/// looked at beforehand.
/// </summary>
internal sealed class BlobStream : ForwardOnlyStream
{
    private readonly Stream _inner;
    private readonly Action<int> _passed;
    private readonly CancellationToken _cancellation;
    private readonly IncrementalHash _hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
    private readonly IncrementalHash? _sha512;
    private readonly byte[] _ahead = new byte[512];
    private int _aheadStart;
    private int _aheadEnd;

    /// <summary>Prepares to read.</summary>
    /// <param name="inner">Where the bytes come from. Disposing this stream disposes it.</param>
    /// <param name="passed">Gets how many bytes came with each read.</param>
    /// <param name="cancellation">Ends the next read.</param>
    /// <param name="withSha512">Whether it is hashed with SHA-512, too.</param>
    internal BlobStream(Stream inner, Action<int> passed, CancellationToken cancellation, bool withSha512 = false)
    {
        _sha512 = withSha512 ? IncrementalHash.CreateHash(HashAlgorithmName.SHA512) : null;
        _inner = inner;
        _passed = passed;
        _cancellation = cancellation;
    }

    /// <summary>Bytes that came from storage.</summary>
    internal long Count { get; private set; }

    /// <summary>The first bytes, up to 512, which remain to be read. To be asked before the first read.</summary>
    internal ReadOnlySpan<byte> Peek()
    {
        int read;
        while (_aheadEnd < _ahead.Length && (read = Take(_ahead.AsSpan(_aheadEnd))) > 0)
        {
            _aheadEnd += read;
        }

        return _ahead.AsSpan(0, _aheadEnd);
    }

    /// <summary>Reads what is left.</summary>
    internal void Drain()
    {
        byte[] buffer = System.Buffers.ArrayPool<byte>.Shared.Rent(128 << 10);
        try
        {
            while (Read(buffer) > 0)
            {
                // It is hashed as it passes.
            }
        }
        finally
        {
            System.Buffers.ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    /// <summary>The digest of all that came from storage: sha256:...</summary>
    internal string GetDigest() => Digests.FromHash(_hash.GetCurrentHash());

    /// <summary>The same by SHA-512; null where it is not hashed so.</summary>
    internal string? GetSha512Digest() => _sha512 is null ? null : Digests.FromSha512(_sha512.GetCurrentHash());

    public override int Read(Span<byte> buffer)
    {
        int ahead = Math.Min(_aheadEnd - _aheadStart, buffer.Length);
        if (ahead > 0)
        {
            _ahead.AsSpan(_aheadStart, ahead).CopyTo(buffer);
            _aheadStart += ahead;
            return ahead;
        }

        return Take(buffer);
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            _inner.Dispose();
            _hash.Dispose();
            _sha512?.Dispose();
        }

        base.Dispose(disposing);
    }

    private int Take(Span<byte> buffer)
    {
        _cancellation.ThrowIfCancellationRequested();
        int read = _inner.Read(buffer);
        _hash.AppendData(buffer[..read]);
        _sha512?.AppendData(buffer[..read]);
        Count += read;
        _passed(read);
        return read;
    }
}
