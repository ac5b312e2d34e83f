using System.Buffers;
using System.Security.Cryptography;

namespace GoCross.Files;

/// <summary>Hashes files.</summary>
internal static class FileHash
{
    private const int BufferSize = 1 << 20;

    /// <summary>The SHA-256 of a file, in lower-case hexadecimal digits.</summary>
    /// <param name="path">The file's full path.</param>
    /// <param name="cancellation">Ends the reading.</param>
    /// <exception cref="IOException">It cannot be read.</exception>
    /// <exception cref="UnauthorizedAccessException">This user may not read it.</exception>
    internal static async Task<string> Sha256Async(string path, CancellationToken cancellation)
    {
        FileStream stream = new(path, FileMode.Open, FileAccess.Read, FileShare.Read, 0, FileOptions.SequentialScan);
        await using (stream.ConfigureAwait(false))
        {
            byte[] hash = await SHA256.HashDataAsync(stream, cancellation).ConfigureAwait(false);
            return Convert.ToHexString(hash).ToLowerInvariant();
        }
    }

    /// <summary>The SHA-256 of a source, in lower-case hexadecimal digits.</summary>
    /// <param name="source">The bytes. It stays open.</param>
    /// <param name="cancellation">Ends the reading.</param>
    /// <exception cref="IOException">It cannot be read.</exception>
    internal static string Sha256(IRandomAccessSource source, CancellationToken cancellation)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        byte[] buffer = ArrayPool<byte>.Shared.Rent(BufferSize);
        try
        {
            for (long at = 0; source.Read(at, buffer) is > 0 and int read; at += read)
            {
                cancellation.ThrowIfCancellationRequested();
                hash.AppendData(buffer.AsSpan(0, read));
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }

        return Convert.ToHexString(hash.GetHashAndReset()).ToLowerInvariant();
    }
}
