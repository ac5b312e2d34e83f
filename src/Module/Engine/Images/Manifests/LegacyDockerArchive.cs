using GoCross.Errors;
using GoCross.Files;
using GoCross.Formatting;
using GoCross.Oci;

namespace GoCross.Images;

/// <summary>
/// The images of an archive of Docker before 1.10, which has no manifest: a directory a layer, with VERSION, json and
/// layer.tar, chained by "parent", and a file repositories that names the tops (moby image/spec, v1.0).
/// </summary>
internal sealed class LegacyDockerArchive(DocumentReader reader)
{
    internal const string RepositoriesPath = "repositories";

    private const string LayerName = "/layer.tar";

    /// <summary>Whether the paths are those of such an archive.</summary>
    internal static bool IsOne(BlobStore store) => store.TopPaths.Any(path =>
        path.EndsWith(LayerName, StringComparison.Ordinal) && store.Contains(path[..^LayerName.Length] + "/json"));

    /// <summary>The images.</summary>
    /// <exception cref="GoCrossException">What reading documents throws.</exception>
    internal IReadOnlyList<ImageCandidate> ReadCandidates()
    {
        ILookup<string, string> tops = ReadTops();
        return [.. tops.Select(top => Candidate(top.Key, [.. top]))];
    }

    // By their IDs, with their names. Where none is named, those that are below no other.
    private ILookup<string, string> ReadTops()
    {
        if (reader.Store.Contains(RepositoriesPath))
        {
            Dictionary<string, Dictionary<string, string>> repositories =
                reader.Read(RepositoriesPath, null, ImageJson.Default.Repositories);
            return repositories
                .SelectMany(repository => (repository.Value ?? [])
                    .Where(tag => tag.Value is not null)
                    .Select(tag => (Id: tag.Value!, Name: $"{repository.Key}:{tag.Key}")))
                .ToLookup(top => top.Id, top => top.Name);
        }

        string[] ids =
        [
            .. reader.Store.TopPaths
                .Where(path => path.EndsWith(LayerName, StringComparison.Ordinal))
                .Select(path => path[..^LayerName.Length]),
        ];
        HashSet<string?> parents = [.. ids.Select(id => ReadLayer(id).Parent)];
        return ids.Where(id => !parents.Contains(id)).ToLookup(id => id, id => id);
    }

    private ConfigDocument ReadLayer(string id) =>
        reader.Read(UnixPath.Clean(id + "/json"), null, ImageJson.Default.ConfigDocument);

    private ImageCandidate Candidate(string id, IReadOnlyList<string> names)
    {
        ImagePlatform platform = DocumentReader.PlatformOf(ReadLayer(id));
        return new ImageCandidate(id, names, platform, () => new ResolvedImage
        {
            Platform = platform,
            Configuration = ImageConfiguration.Of(ReadLayer(id)),
            Layers = ReadChain(id),
        });
    }

    private List<LayerDescriptor> ReadChain(string top)
    {
        var layers = new List<LayerDescriptor>();
        for (string? id = top; !string.IsNullOrEmpty(id);)
        {
            // A chain that bites its tail ends here, too.
            if (layers.Count >= reader.Limits.Layers)
            {
                throw GoCrossException.Create(
                    ErrorKind.LimitExceeded,
                    nameof(Messages.ImageLayersLimit),
                    new BlobLabel(reader.Store.Name),
                    layers.Count + 1,
                    reader.Limits.Layers);
            }

            ConfigDocument layer = ReadLayer(id);
            string path = UnixPath.Clean(id + LayerName);
            if (!reader.Store.Contains(path))
            {
                throw reader.Store.Missing(path);
            }

            layers.Add(new LayerDescriptor
            {
                Path = path,
                StoredSize = reader.Store.SizeOf(path),
                CreatedBy = layer.ContainerConfig?.Cmd is { Count: > 0 } command ? string.Join(' ', command) : null,
                Created = Rfc3339.Parse(layer.Created),
            });
            id = layer.Parent;
        }

        layers.Reverse();
        return layers;
    }
}
