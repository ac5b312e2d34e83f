using System.Buffers.Binary;
using GoCross.Errors;
using GoCross.Files;

namespace GoCross.Images;

/// <summary>An image that was read and is still open, so that its files can be read. Not safe for several threads.</summary>
public sealed class OpenImage : IDisposable
{
    private readonly ImageSource _source;
    private readonly LayerFiles _files;

    // What a session keeps of the files, which it may forget while they are read here.
    private ContentSpool[] _spools;

    internal OpenImage(ContainerImage image, ImageSource source, ImageLimits limits, CancellationToken cancellation)
    {
        Image = image;
        _source = source;
        _spools = ContentSpool.Hold(image.Layers.Select(layer => layer.Contents));
        _files = new LayerFiles(source.Store, source.Image.Layers, image.Layers, limits, cancellation);
    }

    /// <summary>What was read.</summary>
    public ContainerImage Image { get; }

    /// <summary>Closes what the image was read from.</summary>
    public void Dispose()
    {
        _files.Dispose();
        _source.Dispose();
        foreach (ContentSpool spool in Interlocked.Exchange(ref _spools, []))
        {
            spool.Dispose();
        }
    }

    /// <summary>Opens a layer as it is stored.</summary>
    /// <param name="index">Its place, from 0 for the lowest.</param>
    /// <param name="cancellation">Ends the reading of what is fetched from elsewhere.</param>
    /// <exception cref="GoCrossException">BlobMissing: its blob is not there; what fetching it throws.</exception>
    /// <exception cref="IOException">It cannot be read.</exception>
    internal Stream OpenLayer(int index, CancellationToken cancellation)
    {
        LayerDescriptor layer = _source.Image.Layers[index];
        return layer.Path is { } path
            ? _source.Store.OpenBlob(path, cancellation)
            : throw _source.Store.Missing(layer.DiffId ?? string.Empty);
    }

    /// <summary>What errors and reports call a file of the image.</summary>
    /// <param name="path">Its path in the image.</param>
    internal string NameOf(string path) => $"{Image.Name}:{path}";

    /// <summary>Opens a file of the file system that the layers make. Links are not followed.</summary>
    /// <param name="node">Its node in <see cref="ContainerImage.Files"/>.</param>
    /// <exception cref="GoCrossException">
    /// PathNotFound; PathIsDirectory; FileEmpty: it is empty, or no regular file; what <see cref="LayerFiles.Open"/> throws.
    /// </exception>
    /// <exception cref="IOException">The image cannot be read.</exception>
    internal IRandomAccessSource OpenFile(int node)
    {
        SquashedTree tree = Image.Files;
        string name = NameOf(tree.Paths.PathOf(node));
        if (!tree.TryGetSource(node, out int layer, out int entry))
        {
            throw tree.IsPresent(node)
                ? GoCrossException.Create(ErrorKind.InvalidArgument, nameof(Messages.PathIsDirectory), name)
                : GoCrossException.Create(ErrorKind.NotFound, nameof(Messages.PathNotFound), name);
        }

        return Image.Layers[layer].Contents.Entries[entry] switch
        {
            { Type: ImageFileType.Directory } =>
                throw GoCrossException.Create(ErrorKind.InvalidArgument, nameof(Messages.PathIsDirectory), name),
            { Type: ImageFileType.File, Size: > 0 } => _files.Open(layer, entry, name),
            _ => throw GoCrossException.Create(ErrorKind.InvalidData, nameof(Messages.FileEmpty), name),
        };
    }

    /// <summary>Opens a file as one layer has it, whatever the layers above make of it.</summary>
    /// <param name="layer">The layer's place, from 0 for the lowest.</param>
    /// <param name="node">The file's node in the layer's own tree.</param>
    /// <returns>Null where the layer has no regular file with content there.</returns>
    /// <exception cref="GoCrossException">What <see cref="LayerFiles.Open"/> throws.</exception>
    /// <exception cref="IOException">The image cannot be read.</exception>
    internal IRandomAccessSource? TryOpenFile(int layer, int node)
    {
        LayerIndex contents = Image.Layers[layer].Contents;
        for (int i = contents.Entries.Count - 1; i >= 0; i--)
        {
            if (contents.Entries[i] is { Type: ImageFileType.File, Size: > 0 } entry && entry.Node == node)
            {
                return _files.Open(layer, i, NameOf(contents.Paths.PathOf(node)));
            }
        }

        return null;
    }

    /// <summary>Whether a path of the file system that the layers make is a regular file that begins with four bytes.</summary>
    /// <param name="node">Its node in <see cref="ContainerImage.Files"/>.</param>
    /// <param name="magic">The bytes.</param>
    internal bool StartsWith(int node, ReadOnlySpan<byte> magic) =>
        Image.Files.TryGetSource(node, out int layer, out int entry)
        && Image.Layers[layer].Contents.Entries[entry] is { Type: ImageFileType.File } file
        && file.Size >= magic.Length
        && file.Head == BinaryPrimitives.ReadUInt32LittleEndian(magic);
}
