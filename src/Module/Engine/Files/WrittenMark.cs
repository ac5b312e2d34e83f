using System.Security.Cryptography;
using System.Text;

namespace GoCross.Files;

/// <summary>
/// The mark by which a file is known as one that GoCross wrote and that nobody changed since: in its last lines, a SHA-256 of
/// the whole file with zeros in the place of the hash itself. It protects from nobody: it tells what may be replaced
/// unasked.
/// </summary>
internal static class WrittenMark
{
    private const string Words = "Written by GoCross; sha256:";
    private const int HashLength = 64;

    /// <summary>How far from a file's end the mark begins, at most.</summary>
    private const int MaxDistance = 4096;

    private static readonly byte[] Zeros = Encoding.ASCII.GetBytes(new string('0', HashLength));

    /// <summary>What stands in a file until its hash is known.</summary>
    internal static string Unsigned { get; } = Words + new string('0', HashLength);

    /// <summary>A text in which a line that begins with # is a comment, with the mark in a last line.</summary>
    internal static string SignText(string text) =>
        Encoding.UTF8.GetString(Sign(Encoding.UTF8.GetBytes($"{text}\n# {Unsigned}\n")));

    /// <summary>Puts the hash into a content that ends with <see cref="Unsigned"/> and little more.</summary>
    /// <param name="content">The content, which is changed.</param>
    /// <returns>The content.</returns>
    internal static byte[] Sign(byte[] content)
    {
        int place = Find(content) ?? throw new ArgumentException("The content has no place for a mark.", nameof(content));
        HexOf(SHA256.HashData(content)).CopyTo(content.AsSpan(place));
        return content;
    }

    /// <summary>The last block of a file that has other bytes before it.</summary>
    /// <param name="file">What was written so far, which is read.</param>
    /// <param name="length">The block's length: what follows the mark is filled with zero bytes.</param>
    /// <exception cref="IOException">It cannot be read.</exception>
    internal static byte[] SignedBlock(Stream file, int length)
    {
        byte[] block = new byte[length];
        int end = Encoding.ASCII.GetBytes(Unsigned + "\n", block);
        file.Position = 0;
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        byte[] buffer = new byte[1 << 16];
        for (int count; (count = file.Read(buffer)) > 0;)
        {
            hash.AppendData(buffer, 0, count);
        }

        hash.AppendData(block);
        HexOf(hash.GetHashAndReset()).CopyTo(block.AsSpan(end - 1 - HashLength));
        return block;
    }

    /// <summary>Whether a file has the mark, and is as it was when it got it.</summary>
    /// <param name="path">The file's full path. It need not exist.</param>
    /// <exception cref="IOException">It cannot be read.</exception>
    /// <exception cref="UnauthorizedAccessException">This user may not read it.</exception>
    internal static bool IsIntact(string path)
    {
        if (!File.Exists(path) || SpecialFile.Is(path))
        {
            return false;
        }

        using FileStream file = new(path, FileMode.Open, FileAccess.Read, FileShare.Read, 1, FileOptions.SequentialScan);
        byte[] tail = new byte[Math.Min(MaxDistance, file.Length)];
        long start = file.Length - tail.Length;
        file.Position = start;
        file.ReadExactly(tail);
        if (Find(tail) is not { } place)
        {
            return false;
        }

        byte[] marked = tail[place..(place + HashLength)];
        Zeros.CopyTo(tail, place);
        file.Position = 0;
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        byte[] buffer = new byte[1 << 16];
        for (long at = 0; at < start;)
        {
            int count = file.Read(buffer, 0, (int)Math.Min(buffer.Length, start - at));
            if (count == 0)
            {
                return false; // Somebody is just cutting it short.
            }

            hash.AppendData(buffer, 0, count);
            at += count;
        }

        hash.AppendData(tail);
        return marked.AsSpan().SequenceEqual(HexOf(hash.GetHashAndReset()));
    }

    // Where the hash begins.
    private static int? Find(ReadOnlySpan<byte> content)
    {
        int at = content.LastIndexOf(Encoding.ASCII.GetBytes(Words));
        return at >= 0 && at + Words.Length + HashLength <= content.Length ? at + Words.Length : null;
    }

    private static byte[] HexOf(byte[] hash) => Encoding.ASCII.GetBytes(Convert.ToHexString(hash).ToLowerInvariant());
}
