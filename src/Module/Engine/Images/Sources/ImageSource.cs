using System.Globalization;
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
        if (location.Transport == ImageTransport.DockerDaemon)
        {
            return await OpenFromEngineAsync().ConfigureAwait(false);
        }

        BlobStore store = location.Transport == ImageTransport.Registry
            ? await RegistryBlobStore.OpenAsync(location.Reference!, settings, cancellation).ConfigureAwait(false)
            : OpenPath();
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

    private async Task<ImageSource> OpenFromEngineAsync()
    {
        string address = EngineNames.Of(location);
        if (transfer.Take(address) is { } arrived && Choose(arrived) is { } taken)
        {
            return taken;
        }

        IReadOnlyList<string> expected = transfer.TakeExpected(address);
        string name;
        string id;
        IReadOnlyDictionary<string, string> others;
        using (IContainerEngine engine = Connect())
        {
            (name, id) = await EngineNames.FindAsync(engine, location, cancellation).ConfigureAwait(false);
            others = await IdsOfAsync(engine, expected).ConfigureAwait(false);
        }

        TransferredImage? came = FindInSession(name, id) ?? await ReadWithAsync(name, id, others).ConfigureAwait(false);
        if (came is not null && Choose(came) is { } source)
        {
            return source;
        }

        came = new TransferredImage(await ReadAsync([name]).ConfigureAwait(false), [name], Id: null);
        Keep(name, id, came);
        return Choose(came)!;
    }

    // Of the images that are to come along those that have to; none where one of them cannot be found. Whose failure that is
    // shows when each comes alone.
    private async Task<IReadOnlyDictionary<string, string>> IdsOfAsync(IContainerEngine engine, IReadOnlyList<string> names)
    {
        var ids = new Dictionary<string, string>(StringComparer.Ordinal);
        try
        {
            foreach (string name in names)
            {
                string id = await engine.GetImageIdAsync(name, cancellation).ConfigureAwait(false);
                if (FindInSession(name, id) is null)
                {
                    ids.Add(name, id);
                }
            }
        }
        catch (GoCrossException)
        {
            ids.Clear();
        }

        return ids;
    }

    // An image together with others; null where it has to come alone.
    private async Task<TransferredImage?> ReadWithAsync(string name, string id, IReadOnlyDictionary<string, string> others)
    {
        if (others.Count == 0)
        {
            return null;
        }

        string[] names = [name, .. others.Keys.Where(other => other != name)];
        StreamedArchive archive;
        try
        {
            archive = await ReadAsync(names).ConfigureAwait(false);
        }
        catch (GoCrossException)
        {
            // Whose failure it is shows when each comes alone.
            return null;
        }

        foreach ((string other, string otherId) in others)
        {
            var along = new TransferredImage(archive, names, otherId);
            transfer.Keep(other, along);
            Keep(other, otherId, along);
        }

        var image = new TransferredImage(archive, names, id);
        Keep(name, id, image);
        return image;
    }

    private TransferredImage? FindInSession(string name, string id) =>
        KeyOf(name, id) is { } key ? settings.Session?.FindTransfer(key) : null;

    private void Keep(string name, string id, TransferredImage image)
    {
        // One that broke off is asked for again.
        if (image.Archive.Entries.IsWhole && KeyOf(name, id) is { } key)
        {
            settings.Session?.Keep(key, image);
        }
    }

    // What an engine calls by one ID is one image, as long as it is there; what is sent of it has the name that was asked for.
    private string? KeyOf(string name, string id) => Digests.IsValid(id) ? $"{name} {id} {settings.Platform}" : null;

    private async Task<StreamedArchive> ReadAsync(IReadOnlyList<string> names)
    {
        using ForwardStream saved = await SaveAsync(names, cancellation).ConfigureAwait(false);
        return new StreamedArchive(string.Join(", ", names), saved, reader, Limits, cancellation);
    }

    private async Task<ForwardStream> SaveAsync(IReadOnlyList<string> names, CancellationToken token)
    {
        IContainerEngine engine = Connect();
        try
        {
            Stream saved = await engine.SaveImagesAsync(names, settings.Platform, token).ConfigureAwait(false);
            return new ForwardStream(saved, engine, string.Join(", ", names), token);
        }
        catch
        {
            engine.Dispose();
            throw;
        }
    }

    // Null where what came with others does not tell which of them this is, or has it for other platforms alone.
    private ImageSource? Choose(TransferredImage came)
    {
        var store = new StreamedBlobStore(
            string.Join(", ", came.Names), came.Archive, token => SaveAsync(came.Names, token).GetAwaiter().GetResult(), Limits);
        IReadOnlyList<ImageCandidate> all = ReadCandidates(store);
        if (came.Id is null)
        {
            return new ImageSource(store, ImageChooser.Choose(all, store.Name, name: null, settings.Platform).Read());
        }

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
        try
        {
            return own is null
                ? null
                : new ImageSource(store, ImageChooser.Choose(own, store.Name, name: null, settings.Platform).Read());
        }
        catch (GoCrossException e) when (e.ErrorId == nameof(Messages.PlatformNotFound))
        {
            return null;
        }
    }

    private BlobStore OpenPath()
    {
        BlobStore files = OpenFiles();
        try
        {
            bool mayBe = location.Transport == ImageTransport.Dir
                || (location.Transport == ImageTransport.Auto && !files.Contains(OciLayout.IndexPath));
            return mayBe && SkopeoStore.IsOne(files, Limits) ? new SkopeoStore(files) : files;
        }
        catch
        {
            files.Dispose();
            throw;
        }
    }

    private BlobStore OpenFiles()
    {
        string path = location.Address;
        if (Directory.Exists(path))
        {
            return new DirectoryBlobStore(path);
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
        string key = string.Create(
            CultureInfo.InvariantCulture, $"{path} {RandomAccess.GetLength(file)} {File.GetLastWriteTimeUtc(file):O}");
        TransferredImage? kept = settings.Session?.FindTransfer(key);
        if (kept is null)
        {
            kept = new TransferredImage(ReadArchive(), Names: [], Id: null);
            settings.Session?.Keep(key, kept);
        }

        return new StreamedBlobStore(
            path,
            kept.Archive,
            token =>
            {
                SafeFileHandle again = File.OpenHandle(path);
                return Unpack(again, ownsFile: true, static _ => { }, token);
            },
            Limits);

        StreamedArchive ReadArchive()
        {
            using UnpackedStream unpacked = Unpack(file, ownsFile: false, reader.AddStored, cancellation);
            byte[] head = new byte[TarScanner.BlockSize];
            head = head[..unpacked.ReadAtLeast(head, head.Length, throwOnEndOfStream: false)];
            return TarScanner.IsHeader(head)
                ? new StreamedArchive(path, new PrefixedStream(head, unpacked), reader.ForUnpacked(), Limits, cancellation)
                : throw NotAnImage(path, FileSignature.Describe(head, head.Length) + ", compressed");
        }

        UnpackedStream Unpack(SafeFileHandle source, bool ownsFile, Action<int> onRead, CancellationToken token) => new(
            new FileRegionStream(source, 0, RandomAccess.GetLength(source), ownsFile),
            compression,
            new BlobLabel(path),
            Limits,
            onRead,
            token);
    }

    private IReadOnlyList<ImageCandidate> ReadCandidates(BlobStore store)
    {
        var documents = new DocumentReader(store, Limits, cancellation);
        if (store is RegistryBlobStore registry)
        {
            return new OciLayout(documents).ReadCandidates(registry.Top, [location.Address]);
        }

        if (store is SkopeoStore directory)
        {
            return new OciLayout(documents).ReadCandidates(directory.ReadTop(Limits), []);
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
