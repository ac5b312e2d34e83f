using GoCross.Oci;

namespace GoCross.Images;

/// <summary>Paths of blobs: relative, with slashes, without "." and "..", never above the archive's root.</summary>
internal static class ArchivePath
{
    /// <summary>Symbolic links that are followed before they count as a circle (Linux follows 40).</summary>
    internal const int MaxLinks = 40;

    /// <summary>Cleans a path.</summary>
    internal static string Clean(string path)
    {
        var parts = new List<string>();
        foreach (string part in path.Split('/'))
        {
            if (part == "..")
            {
                parts.RemoveRange(Math.Max(0, parts.Count - 1), Math.Min(1, parts.Count));
            }
            else if (part is not ("" or "."))
            {
                parts.Add(part);
            }
        }

        return string.Join('/', parts);
    }

    /// <summary>What a symbolic link at a path leads to.</summary>
    internal static string Follow(string path, string target) => target.StartsWith('/')
        ? Clean(target)
        : Clean(path[..(path.LastIndexOf('/') + 1)] + target);

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
