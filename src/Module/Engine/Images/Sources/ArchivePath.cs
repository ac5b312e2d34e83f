using GoCross.Files;
using GoCross.Oci;

namespace GoCross.Images;

/// <summary>Paths of blobs in an archive or a folder, as <see cref="UnixPath.Clean"/> has them.</summary>
internal static class ArchivePath
{
    /// <summary>What a symbolic link at a path leads to.</summary>
    internal static string Follow(string path, string target) => UnixPath.Clean(
        target.StartsWith('/') ? target : path[..(path.LastIndexOf('/') + 1)] + target);

    /// <summary>A blob's name in an OCI layout: blobs/ALGORITHM/HEX.</summary>
    internal static string OfDigest(string digest) => "blobs/" + digest.Replace(':', '/');

    /// <summary>The digest that a blob's name in an OCI layout states, or null: blobs/ALGORITHM/HEX.</summary>
    internal static string? DigestOf(string path)
    {
        const string Prefix = "blobs/";
        return path.StartsWith(Prefix, StringComparison.Ordinal)
            && path[Prefix.Length..].Replace('/', ':') is var digest && Digests.IsRegistered(digest) ? digest : null;
    }
}
