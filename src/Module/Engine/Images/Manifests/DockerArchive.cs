using GoCross.Errors;
using GoCross.Files;
using GoCross.Formatting;
using GoCross.Oci;

namespace GoCross.Images;

/// <summary>The images of an archive that has Docker's manifest.json (moby image/spec, "Combined Image JSON").</summary>
internal sealed class DockerArchive(DocumentReader reader)
{
    internal const string ManifestPath = "manifest.json";

    private readonly Dictionary<string, ImagePlatform> _platforms = new(StringComparer.Ordinal);

    /// <summary>The images.</summary>
    /// <exception cref="GoCrossException">ImageManifestsLimit; what reading documents throws.</exception>
    internal IReadOnlyList<ImageCandidate> ReadCandidates()
    {
        IReadOnlyList<DockerManifestItem?> items = reader.Read(ManifestPath, null, ImageJson.Default.DockerManifest);
        if (items.Count > reader.Limits.Manifests)
        {
            throw GoCrossException.Create(
                ErrorKind.LimitExceeded,
                nameof(Messages.ImageManifestsLimit),
                new BlobLabel(reader.Store.Name),
                reader.Limits.Manifests);
        }

        return ImageCandidate.Merge(items.OfType<DockerManifestItem>().Select(Candidate));
    }

    // Docker calls a configuration by its digest, and so do others in other ways: HEX.json, sha256:HEX, blobs/sha256/HEX.
    // Where it is called something else, nothing is expected of it.
    private static string? DigestOf(string configPath)
    {
        if (Digests.IsRegistered(configPath))
        {
            return configPath;
        }

        string name = configPath.EndsWith(".json", StringComparison.Ordinal) ? configPath[..^".json".Length] : configPath;
        return Digests.FromHex(name) ?? ArchivePath.DigestOf(configPath);
    }

    private ImageCandidate Candidate(DockerManifestItem item)
    {
        string path = UnixPath.Clean(item.Config ?? string.Empty);
        string? digest = DigestOf(path);
        string[] names = [.. (item.RepoTags ?? []).OfType<string>()];

        // Thousands may be offered, and one is chosen: no more of a configuration is kept than the choice needs.
        if (!_platforms.TryGetValue(path, out ImagePlatform? platform))
        {
            platform = DocumentReader.PlatformOf(ReadConfig(path, digest));
            _platforms.Add(path, platform);
        }

        return new ImageCandidate(path, names, platform, () => Resolve(item, path, digest));
    }

    private ConfigDocument ReadConfig(string path, string? digest) =>
        reader.Read(path, digest, ImageJson.Default.ConfigDocument);

    private ResolvedImage Resolve(DockerManifestItem item, string configPath, string? digest)
    {
        ConfigDocument config = reader.Read(configPath, digest, ImageJson.Default.ConfigDocument, out byte[] content);
        string[] layers = [.. (item.Layers ?? []).OfType<string>().Select(UnixPath.Clean)];
        IReadOnlyList<string> diffIds = reader.DiffIdsOf(config, configPath, layers.Length);
        IReadOnlyList<HistoryDocument>? history = DocumentReader.HistoryOf(config, layers.Length);
        return new ResolvedImage
        {
            ConfigDigest = Digests.Of(content, like: digest),
            Platform = DocumentReader.PlatformOf(config),
            Configuration = ImageConfiguration.Of(config),
            Layers = [.. layers.Select((path, i) => LayerOf(item, path, diffIds[i], history?[i]))],
        };
    }

    private LayerDescriptor LayerOf(DockerManifestItem item, string path, string diffId, HistoryDocument? history)
    {
        bool isHere = reader.Store.Contains(path);
        Descriptor? source = item.LayerSources?.GetValueOrDefault(diffId);
        if (!isHere && !MediaTypes.IsForeign(source?.MediaType))
        {
            throw reader.Store.Missing(path);
        }

        return new LayerDescriptor
        {
            Path = isHere ? path : null,
            Digest = ArchivePath.DigestOf(path),
            DiffId = diffId,
            StoredSize = isHere ? reader.Store.SizeOf(path) : reader.SizeOf(source!, path),
            MediaType = source?.MediaType,
            CreatedBy = history?.CreatedBy,
            Comment = history?.Comment,
            Created = Rfc3339.Parse(history?.Created),
        };
    }
}
