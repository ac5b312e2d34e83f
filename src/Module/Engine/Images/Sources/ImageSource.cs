using GoCross.ContainerEngines;
using GoCross.Errors;
using GoCross.Files;
using GoCross.Oci;
using GoCross.Registries;
using Microsoft.Win32.SafeHandles;

namespace GoCross.Images;

/// <summary>An image whose documents are read and whose layers can be.</summary>
internal sealed class ImageSource : IDisposable
{
    private ImageSource(BlobStore store, ResolvedImage image)
    {
        Store = store;
        Image = image;
    }

    internal BlobStore Store { get; }

    internal ResolvedImage Image { get; }

    /// <summary>
    /// Opens an image. An archive that can only be read forward, from a Docker engine or compressed as a whole, is read
    /// to its end here, layers included.
    /// </summary>
    /// <param name="reference">The image.</param>
    /// <param name="platform">What it has to run on; null for this machine's, or the only one there is.</param>
    /// <param name="connect">Connects to the Docker engine; null where there is none.</param>
    /// <param name="transfer">What comes out of the engine together; null for this image alone.</param>
    /// <param name="registries">Where the settings for registries are.</param>
    /// <param name="reader">Indexes layers.</param>
    /// <param name="limits">The limits.</param>
    /// <param name="cancellation">Ends the work.</param>
    /// <exception cref="GoCrossException">PathNotFound; NotAnImage; what the stores and the documents throw.</exception>
    internal static async Task<ImageSource> OpenAsync(
        ImageLocation reference,
        ImagePlatform? platform,
        Func<IContainerEngine>? connect,
        EngineTransfer? transfer,
        RegistryOptions registries,
        LayerReader reader,
        ImageLimits limits,
        CancellationToken cancellation)
    {
        if (transfer is not null
            && await FindInTransferAsync(reference, connect, transfer, reader, limits, cancellation).ConfigureAwait(false) is { } came
            && Choose(reference, came, platform, limits, cancellation) is { } source)
        {
            return source;
        }

        BlobStore store = reference.Transport switch
        {
            ImageTransport.DockerDaemon =>
                await ReadFromEngineAsync(reference, platform, connect, reader, limits, cancellation).ConfigureAwait(false),
            ImageTransport.Registry => await RegistryBlobStore
                .OpenAsync(reference.Reference!, registries, limits, cancellation)
                .ConfigureAwait(false),
            _ => OpenPath(reference, reader, limits, cancellation),
        };
        try
        {
            IReadOnlyList<ImageCandidate> candidates = ReadCandidates(reference, new DocumentReader(store, limits, cancellation));
            ImageCandidate chosen = ImageChooser.Choose(candidates, store.Name, reference.ImageName, platform);
            return new ImageSource(store, chosen.Read());
        }
        catch
        {
            store.Dispose();
            throw;
        }
    }

    public void Dispose() => Store.Dispose();

    private static async Task<StreamedBlobStore> ReadFromEngineAsync(
        ImageLocation reference,
        ImagePlatform? platform,
        Func<IContainerEngine>? connect,
        LayerReader reader,
        ImageLimits limits,
        CancellationToken cancellation)
    {
        Func<IContainerEngine> known = Require(reference, connect);
        string name;
        using (IContainerEngine engine = known())
        {
            (name, _) = await EngineNames.FindAsync(engine, reference, cancellation).ConfigureAwait(false);
        }

        return await ReadAsync(known, [name], platform, reader, limits, cancellation).ConfigureAwait(false);
    }

    // Of several images, what came or comes with them; null where this one has to come alone.
    private static async Task<TransferredImage?> FindInTransferAsync(
        ImageLocation reference,
        Func<IContainerEngine>? connect,
        EngineTransfer transfer,
        LayerReader reader,
        ImageLimits limits,
        CancellationToken cancellation)
    {
        if (reference.Transport != ImageTransport.DockerDaemon)
        {
            return null;
        }

        if (transfer.Take(EngineNames.Of(reference)) is { } arrived)
        {
            return arrived;
        }

        IReadOnlyList<string> others = transfer.TakeExpected(EngineNames.Of(reference));
        if (others.Count == 0)
        {
            return null;
        }

        Func<IContainerEngine> known = Require(reference, connect);
        using IContainerEngine engine = known();
        (string name, string id) = await EngineNames.FindAsync(engine, reference, cancellation).ConfigureAwait(false);
        var ids = new Dictionary<string, string>(StringComparer.Ordinal) { [name] = id };
        try
        {
            foreach (string other in others)
            {
                ids[other] = await engine.GetImageIdAsync(other, cancellation).ConfigureAwait(false);
            }

            StreamedBlobStore store = await ReadAsync(known, [.. ids.Keys], platform: null, reader, limits, cancellation).ConfigureAwait(false);
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

    private static async Task<StreamedBlobStore> ReadAsync(
        Func<IContainerEngine> connect,
        IReadOnlyList<string> names,
        ImagePlatform? platform,
        LayerReader reader,
        ImageLimits limits,
        CancellationToken cancellation)
    {
        using ForwardStream saved = await SaveAsync(connect, names, platform, cancellation).ConfigureAwait(false);
        return new StreamedBlobStore(
            string.Join(", ", names),
            saved,
            token => SaveAsync(connect, names, platform, token).GetAwaiter().GetResult(),
            reader,
            limits,
            cancellation);
    }

    private static async Task<ForwardStream> SaveAsync(
        Func<IContainerEngine> connect, IReadOnlyList<string> names, ImagePlatform? platform, CancellationToken cancellation)
    {
        IContainerEngine engine = connect();
        try
        {
            Stream saved = await engine.SaveImagesAsync(names, platform, cancellation).ConfigureAwait(false);
            return new ForwardStream(saved, engine, string.Join(", ", names), cancellation);
        }
        catch
        {
            engine.Dispose();
            throw;
        }
    }

    private static Func<IContainerEngine> Require(ImageLocation reference, Func<IContainerEngine>? connect) =>
        connect ?? throw GoCrossException.Create(
            ErrorKind.Unavailable, nameof(Messages.ImageNeedsEngine), reference.Address);

    // Null where what came does not tell which of its images this is.
    private static ImageSource? Choose(
        ImageLocation reference, TransferredImage came, ImagePlatform? platform, ImageLimits limits, CancellationToken cancellation)
    {
        IReadOnlyList<ImageCandidate> all = ReadCandidates(reference, new DocumentReader(came.Store, limits, cancellation));

        // The ID is the digest of a configuration, by which old archives call an image, or of a manifest. The rest of an
        // image's documents is read last: those of another may be damaged.
        string? id = Digests.IsValid(came.Id) ? came.Id : null;
        IEnumerable<ImageCandidate>[] ways =
        [
            all.Where(candidate => id is not null && candidate.Identity.Contains(id[Digests.Algorithm.Length..], StringComparison.Ordinal)),
            ImageChooser.OfName(all, reference.Address),
            all.Where(candidate => id is not null && candidate.Resolve().ConfigDigest == id),
        ];
        ImageCandidate[]? own = ways.Select(way => way.ToArray()).FirstOrDefault(found => found.Length > 0);
        return own is null
            ? null
            : new ImageSource(came.Store, ImageChooser.Choose(own, came.Store.Name, name: null, platform).Read());
    }

    private static BlobStore OpenPath(
        ImageLocation reference, LayerReader reader, ImageLimits limits, CancellationToken cancellation)
    {
        string path = reference.Address;
        if (Directory.Exists(path))
        {
            return reference.Transport == ImageTransport.Dir || (reference.Transport == ImageTransport.Auto && SkopeoDirectory.IsOne(path))
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
                    return ReadCompressed(path, file, compression, reader, limits, cancellation);
                }
            }

            return TarScanner.IsHeader(head) || (head.Length == TarScanner.BlockSize && TarScanner.IsZero(head))
                ? new TarBlobStore(path, file, limits, cancellation)
                : throw NotAnImage(path, FileSignature.Describe(head, RandomAccess.GetLength(file)));
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }

    // docker save | gzip: it can only be read forward, and goes the way of what comes from an engine.
    private static StreamedBlobStore ReadCompressed(
        string path,
        SafeFileHandle file,
        LayerCompression compression,
        LayerReader reader,
        ImageLimits limits,
        CancellationToken cancellation)
    {
        var label = new BlobLabel(path);
        using var unpacked = new UnpackedStream(
            new FileRegionStream(file, 0, RandomAccess.GetLength(file)),
            compression,
            label,
            limits,
            reader.AddStored,
            cancellation);
        byte[] head = new byte[TarScanner.BlockSize];
        head = head[..unpacked.ReadAtLeast(head, head.Length, throwOnEndOfStream: false)];
        return TarScanner.IsHeader(head)
            ? new StreamedBlobStore(
                path, new PrefixedStream(head, unpacked), Reopen, reader.ForUnpacked(), limits, cancellation)
            : throw NotAnImage(path, FileSignature.Describe(head, head.Length) + ", compressed");

        Stream Reopen(CancellationToken token)
        {
            SafeFileHandle again = File.OpenHandle(path);
            return new UnpackedStream(
                new FileRegionStream(again, 0, RandomAccess.GetLength(again), ownsFile: true),
                compression,
                label,
                limits,
                static _ => { },
                token);
        }
    }

    private static IReadOnlyList<ImageCandidate> ReadCandidates(ImageLocation reference, DocumentReader documents)
    {
        BlobStore store = documents.Store;
        if (store is RegistryBlobStore registry)
        {
            return new OciLayout(documents).ReadCandidates(registry.Top, [reference.Address]);
        }

        if (store is SkopeoDirectory directory)
        {
            return directory.Contains(DockerArchive.ManifestPath)
                ? new OciLayout(documents).ReadCandidates(directory.ReadTop(documents.Limits), [])
                : throw NotAnImage(store);
        }

        bool hasIndex = store.Contains(OciLayout.IndexPath);
        bool hasManifest = store.Contains(DockerArchive.ManifestPath);
        switch (reference.Transport)
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
