using System.Collections.Concurrent;
using System.Runtime.ExceptionServices;
using GoCross.Containers;
using GoCross.Errors;
using GoCross.Images.Layers;
using GoCross.Images.Manifests;
using GoCross.Images.Sources;

namespace GoCross.Images;

/// <summary>
/// Reads images: each layer once, from its stored bytes to its index, hashed and verified on the way, layers side by
/// side. Nothing is extracted or stored.
/// </summary>
public sealed class ImageReader
{
    private readonly ImageLimits _limits;

    /// <summary>Makes a reader.</summary>
    public ImageReader()
        : this(ImageLimits.Default)
    {
    }

    internal ImageReader(ImageLimits limits) => _limits = limits;

    /// <summary>What the images have to run on; null for Linux on this machine's architecture, or the only one there is.</summary>
    public ImagePlatform? Platform { get; init; }

    /// <summary>Connects to the Docker engine, for images that are named and in no file; null where there is none.</summary>
    public Func<IContainerEngine>? ConnectEngine { get; init; }

    /// <summary>Is told how far the reading is, on any thread and often; null for nobody.</summary>
    public Action<ImageReadProgress>? Progress { get; init; }

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
        ReadAsync(image, [], cancellation);

    /// <summary>Reads an image and compares it with one that was read. A layer that both have is not read again.</summary>
    /// <param name="reference">The image to compare with.</param>
    /// <param name="difference">The image that is compared.</param>
    /// <param name="cancellation">Ends the work.</param>
    /// <exception cref="GoCrossException">As for reading.</exception>
    /// <exception cref="IOException">A file cannot be read.</exception>
    /// <exception cref="UnauthorizedAccessException">A file may not be read.</exception>
    public async Task<ImageComparison> CompareAsync(
        ContainerImage reference, ImageLocation difference, CancellationToken cancellation)
    {
        ContainerImage image = await ReadAsync(difference, reference.Layers, cancellation).ConfigureAwait(false);
        return ImageComparer.Compare(reference, image, cancellation);
    }

    private async Task<ContainerImage> ReadAsync(
        ImageLocation image, IReadOnlyList<ImageLayer> known, CancellationToken cancellation)
    {
        long read = 0;
        long total = 0;
        var reader = new LayerReader(
            _limits,
            new IndexBudget(_limits),
            count => Progress?.Invoke(new ImageReadProgress(Interlocked.Add(ref read, count), Volatile.Read(ref total))));
        using ImageSource source = await ImageSource
            .OpenAsync(image, Platform, ConnectEngine, reader, _limits, cancellation)
            .ConfigureAwait(false);

        Dictionary<string, LayerIndex> indexes = known
            .Where(layer => !layer.IsMissing)
            .DistinctBy(layer => layer.DiffId)
            .ToDictionary(layer => layer.DiffId, layer => layer.Contents);
        LayerWork[] work = [.. WorkOf(source).Where(item => !indexes.ContainsKey(item.Key))];
        Volatile.Write(ref total, work.Sum(item => item.Descriptor.StoredSize));
        ReadLayers(work, reader, cancellation);
        foreach (LayerWork item in work)
        {
            indexes.Add(item.Key, item.Result!);
        }

        return Assemble(image, source, indexes, cancellation);
    }

    // One piece of work a layer, however often it occurs. The largest first: they end last.
    private static IEnumerable<LayerWork> WorkOf(ImageSource source) => source.Image.Layers
        .Where(layer => layer.Path is not null)
        .Select(layer => new LayerWork(KeyOf(layer), source.Store, layer))
        .DistinctBy(item => item.Key)
        .OrderByDescending(item => item.Descriptor.StoredSize);

    // A path is no digest: the two do not meet.
    private static string KeyOf(LayerDescriptor layer) => layer.DiffId ?? layer.Path!;

    private static void ReadLayers(LayerWork[] work, LayerReader reader, CancellationToken cancellation)
    {
        // The first failure ends the others, which may have gigabytes to go.
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        var options = new ParallelOptions { MaxDegreeOfParallelism = Environment.ProcessorCount };

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
        ImageLocation image, ImageSource source, Dictionary<string, LayerIndex> indexes, CancellationToken cancellation)
    {
        var files = new SquashedTree(new BlobLabel(source.Store.Name), _limits);
        var layers = new List<ImageLayer>();
        var warnings = new List<string>();
        foreach (LayerDescriptor descriptor in source.Image.Layers)
        {
            LayerIndex index = descriptor.Path is null ? new LayerIndex() : indexes[KeyOf(descriptor)];
            if (descriptor.Path is null)
            {
                warnings.Add(GoCrossException
                    .Create(ErrorKind.NotFound, nameof(Messages.ForeignLayerMissing), source.Store.Name, descriptor.DiffId)
                    .Message);
            }

            files.Apply(index, cancellation);
            layers.Add(new ImageLayer(index)
            {
                Index = layers.Count,
                Digest = descriptor.Digest,
                DiffId = descriptor.DiffId ?? index.DiffId,
                MediaType = descriptor.MediaType,
                StoredSize = descriptor.StoredSize,
                CreatedBy = descriptor.CreatedBy,
                Comment = descriptor.Comment,
                Created = descriptor.Created,
                IsMissing = descriptor.Path is null,
            });
        }

        return new ContainerImage(files)
        {
            Name = image.Text,
            Tags = source.Image.Names,
            ManifestDigest = source.Image.ManifestDigest,
            ConfigDigest = source.Image.ConfigDigest,
            Platform = source.Image.Platform,
            Configuration = source.Image.Configuration,
            Layers = layers,
            Warnings = warnings,
        };
    }

    private sealed class LayerWork(string key, BlobStore store, LayerDescriptor descriptor)
    {
        internal string Key { get; } = key;

        internal LayerDescriptor Descriptor { get; } = descriptor;

        internal LayerIndex? Result { get; private set; }

        internal void Read(LayerReader reader, CancellationToken cancellation)
        {
            LayerIndex index = store.ReadLayer(Descriptor.Path!, Descriptor.Digest, reader, cancellation);
            if (Descriptor.DiffId is { } expected && !string.Equals(expected, index.DiffId, StringComparison.OrdinalIgnoreCase))
            {
                throw GoCrossException.Create(
                    ErrorKind.InvalidData,
                    nameof(Messages.DiffIdMismatch),
                    new BlobLabel(store.Name, Descriptor.Path),
                    expected,
                    index.DiffId);
            }

            Result = index;
        }
    }
}
