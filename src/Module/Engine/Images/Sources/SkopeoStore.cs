using GoCross.Oci;

namespace GoCross.Images;

/// <summary>
/// A directory as skopeo copy writes it to dir: (containers/image, directory): manifest.json is the image's manifest or
/// index, blobs are called by the digits of their digests, and the manifests that an index lists end in .manifest.json.
/// </summary>
internal sealed class SkopeoDirectory(string path) : DirectoryBlobStore(path)
{
    private const string VersionPath = "version";
    private const string VersionStart = "Directory Transport Version:";

    private string? _topDigest;

    /// <summary>Whether a directory is one: it has a file that says so.</summary>
    internal static bool IsOne(string path)
    {
        var file = new FileInfo(Path.Combine(path, VersionPath));
        if (file is not { Exists: true, LinkTarget: null, Length: > 0 and < 4096 })
        {
            return false;
        }

        return File.ReadAllText(file.FullName).StartsWith(VersionStart, StringComparison.Ordinal);
    }

    /// <summary>The manifest or the index.</summary>
    /// <exception cref="Errors.GoCrossException">What <see cref="BlobStore.ReadDocument"/> throws.</exception>
    internal Descriptor ReadTop(ImageLimits limits)
    {
        byte[] document = ReadDocument(DockerArchive.ManifestPath, expectedDigest: null, limits);
        _topDigest = Digests.Of(document);
        return new Descriptor { Digest = _topDigest, Size = document.Length };
    }

    private protected override FileInfo? Find(string path)
    {
        if (ArchivePath.DigestOf(path) is not { } digest)
        {
            return base.Find(path);
        }

        // Since version 1.2 other algorithms than SHA-256 have their name in front.
        string hex = digest[(digest.IndexOf(':', StringComparison.Ordinal) + 1)..];
        return digest == _topDigest
            ? base.Find(DockerArchive.ManifestPath)
            : base.Find(hex + ".manifest.json") ?? base.Find(hex) ?? base.Find(digest.Replace(':', '-'));
    }
}
