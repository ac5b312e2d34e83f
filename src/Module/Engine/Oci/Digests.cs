using System.Buffers;
using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;

namespace GoCross.Oci;

/// <summary>SHA-256 digests as images write them (OCI image-spec, descriptor.md, "Digests"): sha256: and 64 lower-case digits.</summary>
internal static class Digests
{
    /// <summary>What a digest begins with.</summary>
    internal const string Algorithm = "sha256:";

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

    /// <summary>Whether a text is a digest.</summary>
    internal static bool IsValid([NotNullWhen(true)] string? digest) =>
        digest is not null
        && digest.StartsWith(Algorithm, StringComparison.Ordinal)
        && FromHex(digest.AsSpan(Algorithm.Length)) is not null;
}
