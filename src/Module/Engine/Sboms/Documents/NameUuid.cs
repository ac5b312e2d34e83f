using System.Security.Cryptography;
using System.Text;

namespace GoCross.Sboms;

/// <summary>UUIDs of content (RFC 9562, 5.5, version 5): the same content has the same UUID everywhere.</summary>
internal static class NameUuid
{
    // RFC 9562, 6.6, NameSpace_URL.
    private static readonly byte[] UrlNamespace = Convert.FromHexString("6ba7b8119dad11d180b400c04fd430c8");

    /// <summary>The UUID of a text.</summary>
    internal static string Of(string text)
    {
#pragma warning disable CA5350 // The RFC says SHA-1; nothing is protected by it.
        byte[] hash = SHA1.HashData([.. UrlNamespace, .. Encoding.UTF8.GetBytes(text)])[..16];
#pragma warning restore CA5350
        hash[6] = (byte)((hash[6] & 0x0F) | 0x50);
        hash[8] = (byte)((hash[8] & 0x3F) | 0x80);
        return new Guid(hash, bigEndian: true).ToString();
    }
}
