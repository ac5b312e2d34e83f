using GoCross.Errors;
using GoCross.Formatting;
using GoCross.Oci;

namespace GoCross.Images;

/// <summary>The images of an OCI image layout (OCI image-spec, image-layout.md) or of a registry, those in nested indexes included.</summary>
internal sealed class OciLayout(DocumentReader reader)
{
    internal const string IndexPath = "index.json";

    private static readonly string[] NameAnnotations =
        ["io.containerd.image.name", "org.opencontainers.image.ref.name"];

    private readonly List<ImageCandidate> _candidates = [];
    private Descriptor? _firstMissing;
    private GoCrossException? _firstOther;
    private int _manifests;

    /// <summary>
    /// The images. What an index lists and the layout does not have is left out, and so is what is not an image, as long as
    /// an image is there.
    /// </summary>
    /// <exception cref="GoCrossException">
    /// BlobMissing: there is none of the manifests; MediaTypeNotSupported; ImageNestingLimit; ImageManifestsLimit; what
    /// reading documents throws.
    /// </exception>
    internal IReadOnlyList<ImageCandidate> ReadCandidates()
    {
        ManifestDocument index = reader.Read(IndexPath, null, ImageJson.Default.ManifestDocument);
        AddIndex(index, [], 0);
        return Found();
    }

    /// <summary>The images of a manifest or an index that is named by its digest.</summary>
    /// <exception cref="GoCrossException">As for the whole layout.</exception>
    internal IReadOnlyList<ImageCandidate> ReadCandidates(Descriptor top, IReadOnlyList<string> names)
    {
        Add(top, names, 0);
        return Found();
    }

    private IReadOnlyList<ImageCandidate> Found() => _candidates.Count > 0 ? ImageCandidate.Merge(_candidates)
        : _firstMissing is not null ? throw reader.Store.Missing(reader.PathOf(_firstMissing))
        : _firstOther is not null ? throw _firstOther
        : [];

    private static IReadOnlyList<string> NamesOf(Descriptor descriptor, IReadOnlyList<string> inherited)
    {
        string[] names =
        [
            .. NameAnnotations
                .Select(annotation => descriptor.Annotations?.GetValueOrDefault(annotation))
                .OfType<string>()
                .Where(name => name.Length > 0)
                .Distinct(),
        ];
        return names.Length > 0 ? names : inherited;
    }

    // BuildKit's provenance and bills of materials lie beside the image that they are about, and so do those that name it
    // as their subject (OCI image-spec 1.1, manifest.md, "artifactType").
    private static bool IsAttestation(Descriptor descriptor) =>
        descriptor.Annotations?.GetValueOrDefault("vnd.docker.reference.type") == "attestation-manifest"
        || descriptor.Platform is { Os: "unknown", Architecture: "unknown" }
        || !string.IsNullOrEmpty(descriptor.ArtifactType);

    private void AddIndex(ManifestDocument index, IReadOnlyList<string> inheritedNames, int depth)
    {
        foreach (Descriptor? descriptor in index.Manifests ?? [])
        {
            if (descriptor is not null && !IsAttestation(descriptor))
            {
                Add(descriptor, inheritedNames, depth);
            }
        }
    }

    private void Add(Descriptor descriptor, IReadOnlyList<string> inheritedNames, int depth)
    {
        if (depth >= reader.Limits.IndexDepth)
        {
            throw GoCrossException.Create(
                ErrorKind.LimitExceeded,
                nameof(Messages.ImageNestingLimit),
                new BlobLabel(reader.Store.Name),
                reader.Limits.IndexDepth);
        }

        if (++_manifests > reader.Limits.Manifests)
        {
            throw GoCrossException.Create(
                ErrorKind.LimitExceeded,
                nameof(Messages.ImageManifestsLimit),
                new BlobLabel(reader.Store.Name),
                reader.Limits.Manifests);
        }

        IReadOnlyList<string> names = NamesOf(descriptor, inheritedNames);
        if (!MediaTypes.IsManifestOrIndex(descriptor.MediaType))
        {
            PassOver(descriptor, descriptor.MediaType!);
            return;
        }

        // What the index tells is enough to choose by, where each manifest is a request.
        if (reader.Store.IsRemote
            && MediaTypes.IsManifest(descriptor.MediaType)
            && DocumentReader.PlatformOf(descriptor.Platform) is { } stated)
        {
            _candidates.Add(new ImageCandidate(descriptor.Digest!, names, stated, () => Resolve(descriptor)));
            return;
        }

        // containerd's store saves an index whole and of its platforms only those that were pulled (moby #47065).
        if (!reader.Store.Contains(reader.PathOf(descriptor)))
        {
            _firstMissing ??= descriptor;
            return;
        }

        ManifestDocument document = reader.ReadBlob(descriptor, ImageJson.Default.ManifestDocument);
        if (!MediaTypes.IsManifestOrIndex(document.MediaType))
        {
            PassOver(descriptor, document.MediaType!);
            return;
        }

        if (document.Manifests is not null)
        {
            AddIndex(document, names, depth + 1);
            return;
        }

        if (ConfigOf(document) is not { } config)
        {
            PassOver(descriptor, TypeOf(document));
            return;
        }

        // The configuration is asked only where the index does not tell.
        ImagePlatform platform = DocumentReader.PlatformOf(descriptor.Platform)
            ?? DocumentReader.PlatformOf(reader.ReadBlob(config, ImageJson.Default.ConfigDocument));
        _candidates.Add(new ImageCandidate(descriptor.Digest!, names, platform, () => Resolve(descriptor)));
    }

    // A chart, a signature, a file: a neighbour of images, which is named where there is none.
    private void PassOver(Descriptor descriptor, string type) => _firstOther ??= UnsupportedMediaType(descriptor, type);

    // Reads the manifest again: thousands may be offered, and one is chosen.
    private ResolvedImage Resolve(Descriptor descriptor)
    {
        ManifestDocument manifest = reader.ReadBlob(descriptor, ImageJson.Default.ManifestDocument);
        Descriptor configBlob = ConfigOf(manifest) ?? throw UnsupportedMediaType(descriptor, TypeOf(manifest));
        ConfigDocument config = reader.ReadBlob(configBlob, ImageJson.Default.ConfigDocument);
        Descriptor[] layers = [.. (manifest.Layers ?? []).OfType<Descriptor>()];
        IReadOnlyList<string> diffIds = reader.DiffIdsOf(config, reader.PathOf(configBlob), layers.Length);
        IReadOnlyList<HistoryDocument>? history = DocumentReader.HistoryOf(config, layers.Length);
        return new ResolvedImage
        {
            ManifestDigest = descriptor.Digest,
            ConfigDigest = configBlob.Digest,
            Platform = DocumentReader.PlatformOf(config),
            Configuration = ImageConfiguration.Of(config),
            Layers = [.. layers.Select((layer, i) => LayerOf(layer, diffIds[i], history?[i]))],
        };
    }

    // Null where the manifest is not an image's: the types of its configuration and of its layers tell.
    private static Descriptor? ConfigOf(ManifestDocument manifest) =>
        manifest.Config is { } config && MediaTypes.IsImageConfig(config.MediaType, manifest.Layers) && MediaTypes.AreOfImage(manifest.Layers)
            ? config
            : null;

    private static string TypeOf(ManifestDocument manifest) => manifest switch
    {
        { Manifests: not null } => "an index",
        { Config: null } => $"a manifest of schema version {manifest.SchemaVersion}",
        { Config.MediaType: { } type } when !MediaTypes.IsImageConfig(type, manifest.Layers) => type,
        _ => manifest.Layers?.OfType<Descriptor>().FirstOrDefault(layer => !MediaTypes.IsLayer(layer.MediaType))?.MediaType ?? "something else",
    };

    private LayerDescriptor LayerOf(Descriptor layer, string diffId, HistoryDocument? history)
    {
        if (!MediaTypes.IsLayer(layer.MediaType))
        {
            throw UnsupportedMediaType(layer, layer.MediaType!);
        }

        string path = reader.PathOf(layer);
        bool isHere = reader.Store.Contains(path);
        if (!isHere && !MediaTypes.IsForeign(layer.MediaType))
        {
            throw reader.Store.Missing(path);
        }

        long size = isHere && !reader.Store.IsRemote ? reader.Store.SizeOf(path) : reader.SizeOf(layer, path);
        if (size != layer.Size)
        {
            throw GoCrossException.Create(
                ErrorKind.InvalidData,
                nameof(Messages.BlobSizeMismatch),
                new BlobLabel(reader.Store.Name, path),
                layer.Size,
                size);
        }

        return new LayerDescriptor
        {
            Path = isHere ? path : null,
            Digest = layer.Digest,
            DiffId = diffId,
            StoredSize = size,
            MediaType = layer.MediaType,
            Annotations = (layer.Annotations ?? new Dictionary<string, string?>())
                .ToDictionary(pair => pair.Key, pair => pair.Value ?? string.Empty, StringComparer.Ordinal),
            CreatedBy = history?.CreatedBy,
            Comment = history?.Comment,
            Created = Rfc3339.Parse(history?.Created),
        };
    }

    private GoCrossException UnsupportedMediaType(Descriptor descriptor, string type) => GoCrossException.Create(
        ErrorKind.Unsupported,
        nameof(Messages.MediaTypeNotSupported),
        new BlobLabel(reader.Store.Name, reader.PathOf(descriptor)),
        type);
}
