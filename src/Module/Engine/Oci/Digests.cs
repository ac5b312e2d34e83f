using System.Buffers;
using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;

namespace GoCross.Oci;

/// <summary>
/// Digests as images write them (OCI image-spec, descriptor.md, "Digests"): sha256: and 64 lower-case digits, which nearly
/// all are, or sha512: and 128.
/// </summary>
internal static class Digests
{
    /// <summary>What a SHA-256 digest begins with.</summary>
    internal const string Algorithm = "sha256:";

    /// <summary>What a SHA-512 digest begins with.</summary>
    internal const string Sha512Algorithm = "sha512:";

    private static readonly SearchValues<char> HexDigits = SearchValues.Create("0123456789abcdef");

    /// <summary>The digest of a hash.</summary>
    internal static string FromHash(ReadOnlySpan<byte> hash) => Algorithm + Convert.ToHexString(hash).ToLowerInvariant();

    /// <summary>The digest of content.</summary>
    internal static string Of(ReadOnlySpan<byte> content) => FromHash(SHA256.HashData(content));

    /// <summary>The digest of 64 hexadecimal digits, or null if they are something else.</summary>
    internal static string? FromHex(ReadOnlySpan<char> digits) =>
        digits.Length == SHA256.HashSizeInBytes * 2 && digits.IndexOfAnyExcept(HexDigits) < 0
            ? string.Concat(Algorithm, digits)
            : null;

    /// <summary>The digest of content by the algorithm of another digest; SHA-256 where there is none.</summary>
    internal static string Of(ReadOnlySpan<byte> content, string? like) =>
        IsSha512(like) ? FromSha512(SHA512.HashData(content)) : Of(content);

    /// <summary>The digest of a SHA-512 hash.</summary>
    internal static string FromSha512(ReadOnlySpan<byte> hash) => Sha512Algorithm + Convert.ToHexString(hash).ToLowerInvariant();

    /// <summary>Whether a digest is SHA-512's.</summary>
    internal static bool IsSha512([NotNullWhen(true)] string? digest) =>
        digest is not null && digest.StartsWith(Sha512Algorithm, StringComparison.Ordinal);

    /// <summary>Whether a text is a digest of an algorithm that the image specification registers.</summary>
    internal static bool IsRegistered([NotNullWhen(true)] string? digest) => IsValid(digest)
        || (IsSha512(digest)
            && digest.Length == Sha512Algorithm.Length + (SHA512.HashSizeInBytes * 2)
            && digest.AsSpan(Sha512Algorithm.Length).IndexOfAnyExcept(HexDigits) < 0);

    /// <summary>Whether a text is a SHA-256 digest.</summary>
    internal static bool IsValid([NotNullWhen(true)] string? digest) =>
        digest is not null
        && digest.StartsWith(Algorithm, StringComparison.Ordinal)
        && FromHex(digest.AsSpan(Algorithm.Length)) is not null;
}
