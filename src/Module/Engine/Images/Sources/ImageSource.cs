using GoCross.ContainerEngines;
using GoCross.Errors;
using GoCross.Files;
using GoCross.Oci;
using Microsoft.Win32.SafeHandles;

namespace GoCross.Images;

/// <summary>An image whose documents are read and whose layers can be.</summary>
/// <param name="Store">Where they are. Disposed with this object.</param>
/// <param name="Image">What the documents say.</param>
internal sealed record ImageSource(BlobStore Store, ResolvedImage Image) : IDisposable
{
    public void Dispose() => Store.Dispose();
}

/// <summary>Opens one image, wherever it is.</summary>
/// <param name="settings">How images are read.</param>
/// <param name="location">The image.</param>
/// <param name="transfer">What comes out of the engine together.</param>
/// <param name="reader">Indexes layers.</param>
/// <param name="cancellation">Ends the work.</param>
internal sealed class ImageOpener(
    ImageReader settings, ImageLocation location, EngineTransfer transfer, LayerReader reader, CancellationToken cancellation)
{
    private ImageLimits Limits => settings.Limits;

    private Func<IContainerEngine> Connect => settings.ConnectEngine ?? throw GoCrossException.Create(
        ErrorKind.Unavailable, nameof(Messages.ImageNeedsEngine), location.Address);

    /// <summary>
    /// Opens it. An archive that can only be read forward, from a Docker engine or compressed as a whole, is read to its end
    /// here, layers included.
    /// </summary>
    /// <exception cref="GoCrossException">PathNotFound; NotAnImage; what the stores and the documents throw.</exception>
    internal async Task<ImageSource> OpenAsync()
    {
        if (await FindInTransferAsync().ConfigureAwait(false) is { } came && Choose(came) is { } source)
        {
            return source;
        }

        BlobStore store = location.Transport switch
        {
            ImageTransport.DockerDaemon => await ReadFromEngineAsync().ConfigureAwait(false),
            ImageTransport.Registry => await RegistryBlobStore
                .OpenAsync(location.Reference!, settings, cancellation)
                .ConfigureAwait(false),
            _ => OpenPath(),
        };
        try
        {
            ImageCandidate chosen = ImageChooser.Choose(ReadCandidates(store), store.Name, location.ImageName, settings.Platform);
            ResolvedImage image = chosen.Read();
            if (store is RegistryBlobStore registry)
            {
                settings.Session?.Keep(registry.Top.Digest!, registry.Documents);
            }

            return new ImageSource(store, image);
        }
        catch
        {
            store.Dispose();
            throw;
        }
    }

    /// <summary>What the images of a file or directory are, by their documents; none of an engine or a registry.</summary>
    /// <exception cref="GoCrossException">PathNotFound; NotAnImage; what the stores and the documents throw.</exception>
    internal IReadOnlyList<ImageOutline> Outline()
    {
        if (location.Transport is ImageTransport.DockerDaemon or ImageTransport.Registry)
        {
            return [];
        }

        using BlobStore store = OpenPath();
        return
        [
            .. ImageChooser.OfName(ReadCandidates(store), location.ImageName).Select(candidate => new ImageOutline(
                candidate.Platform, [.. candidate.Read().Layers.Select(layer => layer.CreatedBy ?? string.Empty)])),
        ];
    }

    private async Task<StreamedBlobStore> ReadFromEngineAsync()
    {
        string name;
        string id;
        using (IContainerEngine engine = Connect())
        {
            (name, id) = await EngineNames.FindAsync(engine, location, cancellation).ConfigureAwait(false);
        }

        // What an engine calls by one ID is one image, as long as it is there.
        ImageSession? session = Digests.IsValid(id) ? settings.Session : null;
        string key = $"{id} {settings.Platform}";
        if (session?.FindTransfer(key) is { } before)
        {
            return before;
        }

        StreamedBlobStore store = await ReadAsync([name], settings.Platform).ConfigureAwait(false);
        session?.Keep(key, store);
        return store;
    }

    // Of several images, what came or comes with them; null where this one has to come alone.
    private async Task<TransferredImage?> FindInTransferAsync()
    {
        if (location.Transport != ImageTransport.DockerDaemon)
        {
            return null;
        }

        if (transfer.Take(EngineNames.Of(location)) is { } arrived)
        {
            return arrived;
        }

        IReadOnlyList<string> others = transfer.TakeExpected(EngineNames.Of(location));
        if (others.Count == 0)
        {
            return null;
        }

        using IContainerEngine engine = Connect();
        (string name, string id) = await EngineNames.FindAsync(engine, location, cancellation).ConfigureAwait(false);
        var ids = new Dictionary<string, string>(StringComparer.Ordinal) { [name] = id };
        try
        {
            foreach (string other in others)
            {
                ids[other] = await engine.GetImageIdAsync(other, cancellation).ConfigureAwait(false);
            }

            StreamedBlobStore store = await ReadAsync([.. ids.Keys], platform: null).ConfigureAwait(false);
            foreach (string other in others)
            {
                transfer.Keep(other, new TransferredImage(store, ids[other]));
            }

            return new TransferredImage(store, id);
        }
        catch (GoCrossException)
        {
            // Whose failure it is shows when each comes alone.
            return null;
        }
    }

    private async Task<StreamedBlobStore> ReadAsync(IReadOnlyList<string> names, ImagePlatform? platform)
    {
        using ForwardStream saved = await SaveAsync(names, platform, cancellation).ConfigureAwait(false);
        return new StreamedBlobStore(
            string.Join(", ", names),
            saved,
            token => SaveAsync(names, platform, token).GetAwaiter().GetResult(),
            reader,
            Limits,
            cancellation);
    }

    private async Task<ForwardStream> SaveAsync(IReadOnlyList<string> names, ImagePlatform? platform, CancellationToken token)
    {
        IContainerEngine engine = Connect();
        try
        {
            Stream saved = await engine.SaveImagesAsync(names, platform, token).ConfigureAwait(false);
            return new ForwardStream(saved, engine, string.Join(", ", names), token);
        }
        catch
        {
            engine.Dispose();
            throw;
        }
    }

    // Null where what came does not tell which of its images this is.
    private ImageSource? Choose(TransferredImage came)
    {
        IReadOnlyList<ImageCandidate> all = ReadCandidates(came.Store);

        // The ID is the digest of a configuration, by which old archives call an image, or of a manifest. The rest of an
        // image's documents is read last: those of another may be damaged.
        string? id = Digests.IsValid(came.Id) ? came.Id : null;
        IEnumerable<ImageCandidate>[] ways =
        [
            all.Where(candidate => id is not null && candidate.Identity.Contains(id[Digests.Algorithm.Length..], StringComparison.Ordinal)),
            ImageChooser.OfName(all, location.Address),
            all.Where(candidate => id is not null && candidate.Resolve().ConfigDigest == id),
        ];
        ImageCandidate[]? own = ways.Select(way => way.ToArray()).FirstOrDefault(found => found.Length > 0);
        return own is null
            ? null
            : new ImageSource(came.Store, ImageChooser.Choose(own, came.Store.Name, name: null, settings.Platform).Read());
    }

    private BlobStore OpenPath()
    {
        string path = location.Address;
        if (Directory.Exists(path))
        {
            return location.Transport == ImageTransport.Dir || (location.Transport == ImageTransport.Auto && SkopeoDirectory.IsOne(path))
                ? new SkopeoDirectory(path)
                : new DirectoryBlobStore(path);
        }

        if (!File.Exists(path))
        {
            throw GoCrossException.Create(ErrorKind.NotFound, nameof(Messages.PathNotFound), path);
        }

        // Looked at before it is opened: to open a pipe waits for its other end, and to open a device may act on it.
        // Pipes, devices and sockets all have the length 0.
        FileSystemInfo target = File.ResolveLinkTarget(path, returnFinalTarget: true) ?? new FileInfo(path);
        if (target is FileInfo { Exists: false } or FileInfo { Length: 0 })
        {
            throw NotAnImage(path, FileSignature.Describe([], 0));
        }

        SafeFileHandle file = File.OpenHandle(path);
        try
        {
            Span<byte> head = stackalloc byte[TarScanner.BlockSize];
            head = head[..RandomAccess.Read(file, head, 0)];
            var label = new BlobLabel(path);
            LayerCompression compression = LayerReader.CompressionOf(head, label);
            if (compression != LayerCompression.None)
            {
                using (file)
                {
                    return ReadCompressed(file, compression);
                }
            }

            return TarScanner.IsHeader(head) || (head.Length == TarScanner.BlockSize && TarScanner.IsZero(head))
                ? new TarBlobStore(path, file, Limits, cancellation)
                : throw NotAnImage(path, FileSignature.Describe(head, RandomAccess.GetLength(file)));
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }

    // docker save | gzip: it can only be read forward, and goes the way of what comes from an engine.
    private StreamedBlobStore ReadCompressed(SafeFileHandle file, LayerCompression compression)
    {
        string path = location.Address;
        var label = new BlobLabel(path);
        using var unpacked = new UnpackedStream(
            new FileRegionStream(file, 0, RandomAccess.GetLength(file)),
            compression,
            label,
            Limits,
            reader.AddStored,
            cancellation);
        byte[] head = new byte[TarScanner.BlockSize];
        head = head[..unpacked.ReadAtLeast(head, head.Length, throwOnEndOfStream: false)];
        return TarScanner.IsHeader(head)
            ? new StreamedBlobStore(
                path, new PrefixedStream(head, unpacked), Reopen, reader.ForUnpacked(), Limits, cancellation)
            : throw NotAnImage(path, FileSignature.Describe(head, head.Length) + ", compressed");

        Stream Reopen(CancellationToken token)
        {
            SafeFileHandle again = File.OpenHandle(path);
            return new UnpackedStream(
                new FileRegionStream(again, 0, RandomAccess.GetLength(again), ownsFile: true),
                compression,
                label,
                Limits,
                static _ => { },
                token);
        }
    }

    private IReadOnlyList<ImageCandidate> ReadCandidates(BlobStore store)
    {
        var documents = new DocumentReader(store, Limits, cancellation);
        if (store is RegistryBlobStore registry)
        {
            return new OciLayout(documents).ReadCandidates(registry.Top, [location.Address]);
        }

        if (store is SkopeoDirectory directory)
        {
            return directory.Contains(DockerArchive.ManifestPath)
                ? new OciLayout(documents).ReadCandidates(directory.ReadTop(Limits), [])
                : throw NotAnImage(store);
        }

        bool hasIndex = store.Contains(OciLayout.IndexPath);
        bool hasManifest = store.Contains(DockerArchive.ManifestPath);
        switch (location.Transport)
        {
            case ImageTransport.Oci or ImageTransport.OciArchive when hasIndex:
                return new OciLayout(documents).ReadCandidates();
            case ImageTransport.DockerArchive when hasManifest:
                return new DockerArchive(documents).ReadCandidates();
            case ImageTransport.Auto or ImageTransport.DockerDaemon:
                break;
            case ImageTransport.DockerArchive when LegacyDockerArchive.IsOne(store):
                return new LegacyDockerArchive(documents).ReadCandidates();
            default:
                throw NotAnImage(store);
        }

        // Both, in an archive of Docker 25 and later: the index knows platforms. It may be empty, or list only what is
        // not there; then the manifest tells.
        IReadOnlyList<ImageCandidate> candidates = [];
        if (hasIndex)
        {
            try
            {
                candidates = new OciLayout(documents).ReadCandidates();
            }
            catch (GoCrossException e) when (hasManifest && e.ErrorId == nameof(Messages.BlobMissing))
            {
                // Docker itself loads by the manifest, and does not look for what the index names.
            }
        }

        return candidates.Count > 0 ? candidates
            : hasManifest ? new DockerArchive(documents).ReadCandidates()
            : hasIndex ? candidates
            : LegacyDockerArchive.IsOne(store) ? new LegacyDockerArchive(documents).ReadCandidates()
            : throw NotAnImage(store);
    }

    private static GoCrossException NotAnImage(BlobStore store) => store.IsWhole
        ? NotAnImage(store.Name, FileSignature.Describe(store))
        : store.Missing(DockerArchive.ManifestPath);

    private static GoCrossException NotAnImage(string path, string looks) =>
        GoCrossException.Create(ErrorKind.InvalidData, nameof(Messages.NotAnImage), path, looks);
}
