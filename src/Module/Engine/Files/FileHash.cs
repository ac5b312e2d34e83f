using System.Security.Cryptography;

namespace GoCross.Files;

/// <summary>Hashes files.</summary>
internal static class FileHash
{
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
}
