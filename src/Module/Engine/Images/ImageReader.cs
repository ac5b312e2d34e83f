using System.Collections.Concurrent;
using System.Runtime.ExceptionServices;
using GoCross.ContainerEngines;
using GoCross.Errors;
using GoCross.Oci;
using GoCross.Progress;
using GoCross.Registries;

namespace GoCross.Images;

/// <summary>
/// Reads images: each blob of a layer once, from its stored bytes to its index, hashed and verified on the way, layers
/// side by side. Nothing is extracted, and nothing is stored but what a session keeps.
/// </summary>
public sealed class ImageReader
{
    private readonly EngineTransfer _transfer = new();

    /// <summary>Makes a reader.</summary>
    public ImageReader()
        : this(ImageLimits.Default)
    {
    }

    internal ImageReader(ImageLimits limits) => Limits = limits;

    /// <summary>What the images have to run on; null for Linux on this machine's architecture, or the only one there is.</summary>
    public ImagePlatform? Platform { get; init; }

    /// <summary>Connects to the Docker engine, for images that are named and in no file; null where there is none.</summary>
    public Func<IContainerEngine>? ConnectEngine { get; init; }

    /// <summary>What was read before, and keeps what is read now; null for nothing.</summary>
    public ImageSession? Session { get; init; }

    /// <summary>Where the settings for registries are; this user's on this machine.</summary>
    internal RegistryOptions Registries { get; init; } = RegistryOptions.FromEnvironment();

    /// <summary>The limits.</summary>
    internal ImageLimits Limits { get; }

    /// <summary>Gets how far the reading is, on any thread and often; null for nobody.</summary>
    public Action<ImageReadProgress>? Progress { get; set; }

    /// <summary>
    /// Says that an image will be read: if it is one of a Docker engine, it comes with the next that is fetched, in one
    /// transfer, in which a layer that both have comes once.
    /// </summary>
    /// <param name="image">The image.</param>
    public void Expect(ImageLocation image) => _transfer.Expect(image);

    /// <summary>
    /// Says which images a file or directory has, by their documents; of a compressed archive it is read to its end, and of
    /// engines and registries there are none.
    /// </summary>
    /// <param name="image">Where they are.</param>
    /// <param name="cancellation">Ends the reading.</param>
    /// <exception cref="GoCrossException">As for reading.</exception>
    /// <exception cref="IOException">The file cannot be read.</exception>
    /// <exception cref="UnauthorizedAccessException">The file may not be read.</exception>
    public IReadOnlyList<ImageOutline> Outline(ImageLocation image, CancellationToken cancellation) =>
        new ImageOpener(this, image, _transfer, new LayerReader(Limits, new IndexBudget(Limits), _ => { }), cancellation).Outline();

    /// <summary>Reads an image.</summary>
    /// <param name="image">The image.</param>
    /// <param name="cancellation">Ends the reading.</param>
    /// <exception cref="GoCrossException">
    /// NotAnImage; ImageTruncated; DigestMismatch; BlobMissing; MediaTypeNotSupported; PlatformNotFound; limits. Each
    /// names the file, and the blob in it.
    /// </exception>
    /// <exception cref="IOException">The file cannot be read.</exception>
    /// <exception cref="UnauthorizedAccessException">The file may not be read.</exception>
    public Task<ContainerImage> ReadAsync(ImageLocation image, CancellationToken cancellation) =>
        ReadAsync(image, reference: null, cancellation);

    /// <summary>Reads an image that may share layers with one that was read, to be compared with it.</summary>
    /// <remarks>
    /// A layer that both have is hashed and verified like any other, and not indexed again. Only a blob at the same place
    /// in the same file, in the same transfer out of an engine, or of the same digest in a registry, which was verified with
    /// the reference, is not read again.
    /// </remarks>
    /// <param name="image">The image.</param>
    /// <param name="reference">The image that was read; null for none.</param>
    /// <param name="cancellation">Ends the reading.</param>
    /// <exception cref="GoCrossException">As for reading.</exception>
    /// <exception cref="IOException">The file cannot be read.</exception>
    /// <exception cref="UnauthorizedAccessException">The file may not be read.</exception>
    public async Task<ContainerImage> ReadAsync(
        ImageLocation image, ContainerImage? reference, CancellationToken cancellation)
    {
        using OpenImage open = await OpenAsync(image, reference, cancellation).ConfigureAwait(false);
        return open.Image;
    }

    /// <summary>Reads an image, and leaves it open so that its files can be read, too.</summary>
    /// <param name="image">The image.</param>
    /// <param name="lifetime">Ends the reading of files later on.</param>
    /// <param name="cancellation">Ends the reading now.</param>
    /// <exception cref="GoCrossException">As for reading.</exception>
    /// <exception cref="IOException">The file cannot be read.</exception>
    /// <exception cref="UnauthorizedAccessException">The file may not be read.</exception>
    public Task<OpenImage> OpenAsync(
        ImageLocation image, CancellationToken lifetime, CancellationToken cancellation) =>
        OpenAsync(image, [], lifetime, cancellation);

    /// <summary>
    /// Reads an image that may share layers with one that was read, as
    /// <see cref="ReadAsync(ImageLocation, ContainerImage, CancellationToken)"/> does, and leaves it open.
    /// </summary>
    /// <param name="image">The image.</param>
    /// <param name="reference">The image that was read; null for none.</param>
    /// <param name="cancellation">Ends the reading, now and later on.</param>
    /// <exception cref="GoCrossException">As for reading.</exception>
    /// <exception cref="IOException">The file cannot be read.</exception>
    /// <exception cref="UnauthorizedAccessException">The file may not be read.</exception>
    public Task<OpenImage> OpenAsync(
        ImageLocation image, ContainerImage? reference, CancellationToken cancellation) =>
        OpenAsync(image, reference?.Layers ?? [], cancellation, cancellation);

    private async Task<OpenImage> OpenAsync(
        ImageLocation image,
        IReadOnlyList<ImageLayer> known,
        CancellationToken lifetime,
        CancellationToken cancellation)
    {
        long read = 0;
        long total = 0;
        using ContentSpool? spool = Session?.NewSpool();
        var reader = new LayerReader(
            Limits,
            new IndexBudget(Limits),
            count => Progress?.Invoke(new ImageReadProgress(Interlocked.Add(ref read, count), Volatile.Read(ref total))))
        {
            Spool = spool,
            KeepsPlain = image.IsRemote,
        };
        ImageSource source = await new ImageOpener(this, image, _transfer, reader, cancellation).OpenAsync().ConfigureAwait(false);
        try
        {
            string? digest = source.Image.ManifestDigest ?? source.Image.ConfigDigest;
            Dictionary<BlobOrigin, StoredLayer> layers = ReadLayers(
                source,
                [.. KnownLayer.Of(known), .. Session?.LayersOf(digest) ?? []],
                reader,
                bytes => Volatile.Write(ref total, bytes),
                cancellation);
            ContainerImage assembled = Assemble(image, source, layers, cancellation);
            Session?.Keep(digest, [.. KnownLayer.Of(assembled.Layers)]);
            return new OpenImage(assembled, source, Limits, lifetime);
        }
        catch
        {
            source.Dispose();
            throw;
        }
    }

    private static Dictionary<BlobOrigin, StoredLayer> ReadLayers(
        ImageSource source,
        IReadOnlyList<KnownLayer> known,
        LayerReader reader,
        Action<long> announce,
        CancellationToken cancellation)
    {
        // What the reference has: the same blob is not read again, and what should unpack to the same is hashed, for a
        // diff ID is only claimed until it is seen, but not indexed.
        Dictionary<string, StoredLayer> alike = known
            .DistinctBy(layer => layer.Content.DiffId)
            .ToDictionary(layer => layer.Content.DiffId, layer => layer.Content);
        Dictionary<BlobOrigin, StoredLayer> layers = known
            .DistinctBy(layer => layer.Origin)
            .ToDictionary(layer => layer.Origin, layer => layer.Content);
        LayerWork[] work = [.. WorkOf(source, alike).Where(item => !layers.ContainsKey(item.Origin))];
        announce(work.Sum(item => item.Descriptor.StoredSize));
        ReadLayers(work, reader, source.Store.ParallelReads, cancellation);
        foreach (LayerWork item in work)
        {
            layers.Add(item.Origin, item.Result!);
        }

        return layers;
    }

    // One piece of work a blob, however often it occurs. The largest first: they end last.
    private static IEnumerable<LayerWork> WorkOf(ImageSource source, Dictionary<string, StoredLayer> alike) =>
        source.Image.Layers
            .Where(layer => layer.Path is not null)
            .Select(layer => new LayerWork(
                source.Store, layer, layer.DiffId is null ? null : alike.GetValueOrDefault(layer.DiffId)))
            .DistinctBy(item => item.Origin)
            .OrderByDescending(item => item.Descriptor.StoredSize);

    private static void ReadLayers(
        LayerWork[] work, LayerReader reader, int parallelReads, CancellationToken cancellation)
    {
        // The first failure ends the others, which may have gigabytes to go.
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        var options = new ParallelOptions { MaxDegreeOfParallelism = parallelReads };

        // Without buffering each thread takes one layer at a time: chunks would put the large ones behind each other.
        OrderablePartitioner<LayerWork> queue = Partitioner.Create(work, EnumerablePartitionerOptions.NoBuffering);
        try
        {
            Parallel.ForEach(queue, options, item =>
            {
                try
                {
                    item.Read(reader, stop.Token);
                }
                catch
                {
                    stop.Cancel();
                    throw;
                }
            });
        }
        catch (AggregateException e)
        {
            cancellation.ThrowIfCancellationRequested();
            ExceptionDispatchInfo.Throw(
                e.Flatten().InnerExceptions.FirstOrDefault(inner => inner is not OperationCanceledException) ?? e);
        }
    }

    private ContainerImage Assemble(
        ImageLocation image, ImageSource source, Dictionary<BlobOrigin, StoredLayer> read, CancellationToken cancellation)
    {
        var files = new SquashedTree(
            new BlobLabel(source.Store.Name),
            Limits,
            isWindows: string.Equals(source.Image.Platform.Os, "windows", StringComparison.OrdinalIgnoreCase));
        var layers = new List<ImageLayer>();
        var warnings = new List<string>();
        foreach (LayerDescriptor descriptor in source.Image.Layers)
        {
            BlobOrigin? origin = descriptor.Path is null ? null : source.Store.OriginOf(descriptor.Path);
            StoredLayer layer = origin is null ? StoredLayer.Missing : read[origin];
            if (origin is null)
            {
                warnings.Add(GoCrossException
                    .Create(ErrorKind.NotFound, nameof(Messages.ForeignLayerMissing), source.Store.Name, descriptor.DiffId)
                    .Message);
            }
            else
            {
                // Each descriptor of its own, also where several point to one blob.
                layer = WithDigests(source.Store, descriptor, layer, Limits, cancellation);
            }

            LayerEffect effect = files.Apply(layer.Contents, cancellation);
            layers.Add(new ImageLayer(layer, origin)
            {
                Index = layers.Count,
                Digest = descriptor.Digest ?? (origin is null ? null : layer.Digest),
                DiffId = descriptor.DiffId ?? layer.DiffId,
                MediaType = descriptor.MediaType,
                Annotations = descriptor.Annotations,
                StoredSize = descriptor.StoredSize,
                CreatedBy = descriptor.CreatedBy,
                Comment = descriptor.Comment,
                Created = descriptor.Created,
                IsMissing = origin is null,
                FilesAdded = effect.Added,
                FilesChanged = effect.Changed,
                FilesRemoved = effect.Removed,
            });
        }

        return new ContainerImage(files)
        {
            Location = image,
            Tags = ImageNames.Shown(source.Image.Names),
            ManifestDigest = source.Image.ManifestDigest,
            ConfigDigest = source.Image.ConfigDigest,
            Platform = source.Image.Platform,
            Configuration = source.Image.Configuration,
            Layers = layers,
            Warnings = warnings,
        };
    }

    // A layer that is what its descriptor says.
    private static StoredLayer WithDigests(
        BlobStore store, LayerDescriptor descriptor, StoredLayer layer, ImageLimits limits, CancellationToken cancellation)
    {
        var label = new BlobLabel(store.Name, descriptor.Path);
        if (Digests.IsSha512(descriptor.DiffId) && layer.Sha512DiffId is null)
        {
            // Its blob is named by another algorithm, so that nobody expected this one: it is unpacked once more.
            Stream stored = store.OpenBlob(descriptor.Path!, cancellation);
            using var unpacked = new BlobStream(
                new UnpackedStream(stored, layer.Compression, label, limits, static _ => { }, cancellation),
                static _ => { },
                cancellation,
                withSha512: true);
            unpacked.Drain();
            layer = layer with { Sha512DiffId = unpacked.GetSha512Digest() };
        }

        LayerReader.RequireDigest(label, descriptor.Digest, layer.DigestLike(descriptor.Digest));
        string diffId = layer.DiffIdLike(descriptor.DiffId);
        if (descriptor.DiffId is { } expected && !string.Equals(expected, diffId, StringComparison.OrdinalIgnoreCase))
        {
            throw GoCrossException.Create(
                ErrorKind.InvalidData, nameof(Messages.DiffIdMismatch), label, expected, diffId);
        }

        return layer;
    }

    private sealed class LayerWork(BlobStore store, LayerDescriptor descriptor, StoredLayer? known)
    {
        internal BlobOrigin Origin { get; } = store.OriginOf(descriptor.Path!);

        internal LayerDescriptor Descriptor { get; } = descriptor;

        internal StoredLayer? Result { get; private set; }

        internal void Read(LayerReader reader, CancellationToken cancellation)
        {
            StoredLayer layer = store.ReadLayer(Descriptor.Path!, Descriptor.Digest, reader, known, cancellation);
            Result = WithDigests(store, Descriptor, layer, reader.Limits, cancellation);
        }
    }
}
