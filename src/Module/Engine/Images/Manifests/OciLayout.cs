using GoCross.Errors;
using GoCross.Oci;

namespace GoCross.Images;

/// <summary>The images of an OCI image layout (OCI image-spec, image-layout.md) or of a registry, those in nested indexes included.</summary>
internal sealed class OciLayout(DocumentReader reader)
{
    internal const string IndexPath = "index.json";
    internal const string MarkerPath = "oci-layout";

    private static readonly string[] NameAnnotations =
        ["io.containerd.image.name", "org.opencontainers.image.ref.name"];

    private readonly List<ImageCandidate> _candidates = [];
    private Descriptor? _firstMissing;
    private int _manifests;

    /// <summary>The images. What an index lists and the layout does not have is left out, as long as something is there.</summary>
    /// <exception cref="GoCrossException">
    /// BlobMissing: there is none of the manifests; MediaTypeNotSupported; ImageNestingLimit; ImageManifestsLimit; what
    /// reading documents throws.
    /// </exception>
    internal IReadOnlyList<ImageCandidate> ReadCandidates()
    {
        ManifestDocument index = reader.Read(IndexPath, null, ImageJson.Default.ManifestDocument);
        AddIndex(index, [], 0);
        return _candidates.Count == 0 && _firstMissing is not null
            ? throw reader.Store.Missing(reader.PathOf(_firstMissing))
            : _candidates;
    }

    /// <summary>The images of a manifest or an index that is named by its digest.</summary>
    /// <exception cref="GoCrossException">As for the whole layout.</exception>
    internal IReadOnlyList<ImageCandidate> ReadCandidates(Descriptor top, string name)
    {
        Add(top, [name], 0);
        return _candidates;
    }

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
            throw UnsupportedMediaType(descriptor, descriptor.MediaType!);
        }

        // What the index tells is enough to choose by, where each manifest is a request.
        if (reader.Store.IsRemote
            && MediaTypes.IsManifest(descriptor.MediaType)
            && DocumentReader.PlatformOf(descriptor.Platform) is { } stated)
        {
            _candidates.Add(new ImageCandidate(descriptor.Digest!, names, stated, () => Resolve(descriptor, names)));
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
            throw UnsupportedMediaType(descriptor, document.MediaType!);
        }

        if (document.Manifests is not null)
        {
            AddIndex(document, names, depth + 1);
            return;
        }

        Descriptor config = ConfigOf(document, descriptor);

        // The configuration is asked only where the index does not tell.
        ImagePlatform platform = DocumentReader.PlatformOf(descriptor.Platform)
            ?? DocumentReader.PlatformOf(reader.ReadBlob(config, ImageJson.Default.ConfigDocument));
        _candidates.Add(new ImageCandidate(
            descriptor.Digest!, names, platform, () => Resolve(descriptor, names)));
    }

    // Reads the manifest again: thousands may be offered, and one is chosen.
    private ResolvedImage Resolve(Descriptor descriptor, IReadOnlyList<string> names)
    {
        ManifestDocument manifest = reader.ReadBlob(descriptor, ImageJson.Default.ManifestDocument);
        Descriptor configBlob = ConfigOf(manifest, descriptor);
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
            Names = names,
            Layers = [.. layers.Select((layer, i) => LayerOf(layer, diffIds[i], history?[i]))],
        };
    }

    private Descriptor ConfigOf(ManifestDocument manifest, Descriptor descriptor) =>
        manifest.Config is { } config && MediaTypes.IsImageConfig(config.MediaType)
            ? config
            : throw UnsupportedMediaType(
                descriptor,
                manifest.Config?.MediaType
                    ?? (manifest.Manifests is null ? $"a manifest of schema version {manifest.SchemaVersion}" : "an index"));

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
            CreatedBy = history?.CreatedBy,
            Comment = history?.Comment,
            Created = ImageDate.Parse(history?.Created),
        };
    }

    private GoCrossException UnsupportedMediaType(Descriptor descriptor, string type) => GoCrossException.Create(
        ErrorKind.Unsupported,
        nameof(Messages.MediaTypeNotSupported),
        new BlobLabel(reader.Store.Name, reader.PathOf(descriptor)),
        type);
}
