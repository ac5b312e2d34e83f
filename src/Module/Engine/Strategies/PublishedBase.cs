namespace GoCross.Strategies;

/// <summary>What is published of a base image's size, for where the image itself is not at hand.</summary>
/// <param name="Length">Its layers unpacked, in bytes, as precise as its publisher is; null where that is not published.</param>
/// <param name="GzipLength">What a registry sends of it, in bytes.</param>
/// <param name="Source">Where that is published, and of when.</param>
internal sealed record PublishedBase(long? Length, long GzipLength, string Source)
{
    private const string BookwormSlim = "debian:bookworm-slim";
    private const string Remote = "published: docker-library/repo-info, repos/debian/remote/bookworm-slim.md, 2026-08-03";
    private const string Both =
        Remote + " (transferred) and repos/debian/local/bookworm-slim.md, 2026-09-18 (unpacked, to 10 kB)";

    private static readonly Dictionary<(string Image, string Target), PublishedBase> All = new()
    {
        [(BookwormSlim, "linux/amd64")] = new(74_830_000, 28_232_590, Both),
        [(BookwormSlim, "linux/arm64")] = new(null, 28_117_202, Remote),
        [(BookwormSlim, "linux/386")] = new(null, 29_220_978, Remote),
        [(BookwormSlim, "linux/ppc64le")] = new(null, 32_076_323, Remote),
    };

    /// <summary>The published size of an image; null where none is known.</summary>
    /// <param name="image">The image as the user named it.</param>
    /// <param name="target">What it is for, as in linux/amd64.</param>
    internal static PublishedBase? Find(string image, string target)
    {
        string name = image.StartsWith("docker://", StringComparison.Ordinal) ? image["docker://".Length..] : image;
        return All.GetValueOrDefault((name, target));
    }
}
