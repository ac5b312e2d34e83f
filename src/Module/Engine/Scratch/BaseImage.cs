using GoCross.Errors;
using GoCross.Files;
using GoCross.Images;
using GoCross.Oci;
using GoCross.Roots;

namespace GoCross.Scratch;

/// <summary>An image that a program is put on top of. It was read: its layers are verified and its files known.</summary>
internal sealed class BaseImage : IDisposable
{
    private readonly OpenImage _image;
    private readonly TemporaryDirectory? _saved;

    private BaseImage(ImageLocation location, OpenImage image, TemporaryDirectory? saved)
    {
        Location = location;
        _image = image;
        _saved = saved;
        Root = new ImageRoot(image);
        Inspector = new ImageInspector(image);
    }

    /// <summary>What the user called it.</summary>
    internal ImageLocation Location { get; }

    /// <summary>Its file system.</summary>
    internal ImageRoot Root { get; }

    /// <summary>Says what starts in it.</summary>
    internal ImageInspector Inspector { get; }

    /// <summary>How it runs.</summary>
    internal ImageConfiguration Configuration => _image.Image.Configuration;

    /// <summary>Its layers, the lowest first.</summary>
    internal IReadOnlyList<ImageLayer> Layers => _image.Image.Layers;

    /// <summary>The digest of its manifest; null where it has none.</summary>
    internal string? Digest => _image.Image.ManifestDigest;

    /// <summary>The repository that has its layers; null for one that is in no registry.</summary>
    internal ImageReference? Repository => Location.Transport == ImageTransport.Registry ? Location.Reference : null;

    /// <summary>Reads an image.</summary>
    /// <param name="location">The image.</param>
    /// <param name="reader">Reads it, for the platform that is wanted.</param>
    /// <param name="cancellation">Ends the reading, now and later on.</param>
    /// <exception cref="GoCrossException">What <see cref="ImageReader.OpenAsync(ImageLocation, CancellationToken, CancellationToken)"/> throws; BaseLayerMissing.</exception>
    /// <exception cref="IOException">A file cannot be read.</exception>
    /// <exception cref="UnauthorizedAccessException">A file may not be read.</exception>
    internal static async Task<BaseImage> OpenAsync(ImageLocation location, ImageReader reader, CancellationToken cancellation)
    {
        TemporaryDirectory? saved = null;
        OpenImage? image = null;
        try
        {
            ImageLocation source = location;
            if (location.Transport == ImageTransport.DockerDaemon && reader.ConnectEngine is { } connect)
            {
                // Layers come out of an engine in one stream only, and are needed once more than they are looked at.
                saved = new TemporaryDirectory();
                string archive = Path.Combine(saved.Path, "base.tar");
                using (var engine = connect())
                {
                    (string name, _) = await EngineNames.FindAsync(engine, location, cancellation).ConfigureAwait(false);
                    using Stream stream = await engine.SaveImagesAsync([name], reader.Platform, cancellation).ConfigureAwait(false);
                    using FileStream file = File.Create(archive);
                    await stream.CopyToAsync(file, cancellation).ConfigureAwait(false);
                }

                // Its index is looked at before Docker's manifest, which knows one platform.
                source = ImageLocation.Parse(archive, Path.GetFullPath);
            }

            image = await reader.OpenAsync(source, cancellation, cancellation).ConfigureAwait(false);
            if (image.Image.Layers.FirstOrDefault(layer => layer.IsMissing) is { } missing)
            {
                throw GoCrossException.Create(
                    ErrorKind.Unsupported, nameof(Messages.BaseLayerMissing), location.Text, missing.DiffId);
            }

            return new BaseImage(location, image, saved);
        }
        catch
        {
            image?.Dispose();
            saved?.Dispose();
            throw;
        }
    }

    /// <summary>Opens a layer as it is stored.</summary>
    /// <param name="layer">The layer.</param>
    /// <param name="cancellation">Ends the reading.</param>
    internal Stream Open(ImageLayer layer, CancellationToken cancellation) => _image.OpenLayer(layer.Index, cancellation);

    /// <summary>The content of a small file; null where there is none.</summary>
    /// <param name="path">Its path.</param>
    /// <param name="limit">The most bytes.</param>
    /// <exception cref="GoCrossException">ImageContentLimit; what reading a file of the image throws.</exception>
    internal byte[]? TryRead(string path, int limit)
    {
        if (Root.RealPath(path) is not { } real || !Root.IsFile(real))
        {
            return null;
        }

        using IRandomAccessSource source = Root.Open(real);
        if (source.Length > limit)
        {
            throw GoCrossException.Create(
                ErrorKind.LimitExceeded, nameof(Messages.BaseFileTooLong), Root.OutsideName(real), source.Length, limit);
        }

        byte[] content = new byte[source.Length];
        return source.Read(0, content) == content.Length ? content : null;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _image.Dispose();
        _saved?.Dispose();
    }
}
