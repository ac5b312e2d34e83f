using GoCross.Oci;

namespace GoCross.Scratch;

/// <summary>
/// An OCI image layout in the making (OCI image-spec, image-layout.md): blobs by their digests, which are known only when
/// they are written, and some documents. Disposed before <see cref="Commit"/>, nothing is left of it.
/// </summary>
internal abstract class ImageStore : IDisposable
{
    /// <summary>The folder of the blobs in a layout, with a slash at its end.</summary>
    internal const string BlobFolder = "blobs/sha256/";

    /// <summary>The file that says that a folder is a layout.</summary>
    private protected const string LayoutName = "oci-layout";

    private const int BufferLength = 1 << 16;

    private readonly Dictionary<string, Func<Stream>> _blobs = new(StringComparer.Ordinal);

    /// <summary>The content of <see cref="LayoutName"/>.</summary>
    private protected static byte[] Layout => ImageJson.Write(new LayoutDocument());

    /// <summary>The file or the folder that it becomes.</summary>
    internal abstract string Path { get; }

    /// <summary>Its length in bytes once it is committed: the tar's, or the sum of the files'.</summary>
    internal abstract long Length { get; }

    /// <summary>Whether the mark of what was written here stands in index.json.</summary>
    internal virtual bool HasMarkedIndex => false;

    /// <summary>A blob's path in a layout.</summary>
    internal static string PathOf(string digest) => BlobFolder + digest[Digests.Algorithm.Length..];

    /// <summary>Adds a blob. One that is there already is not stored twice.</summary>
    /// <param name="mediaType">What it is.</param>
    /// <param name="write">Writes its bytes.</param>
    /// <exception cref="IOException">The store cannot be written.</exception>
    internal ImageBlob Add(string mediaType, Action<Stream> write)
    {
        var buffer = new BufferedStream(BeginBlob(), BufferLength);
        using var hashed = new HashingStream(buffer);
        write(hashed);
        buffer.Flush();
        string digest = hashed.GetDigest();
        if (_blobs.TryGetValue(digest, out Func<Stream>? open))
        {
            AbandonBlob();
        }
        else
        {
            open = EndBlob(digest, hashed.Length);
            _blobs.Add(digest, open);
        }

        return new ImageBlob(new Descriptor { MediaType = mediaType, Digest = digest, Size = hashed.Length }, open);
    }

    /// <summary>Adds a blob that is a document.</summary>
    internal ImageBlob Add(string mediaType, ReadOnlyMemory<byte> content) => Add(mediaType, stream => stream.Write(content.Span));

    /// <summary>Adds a manifest or an index.</summary>
    internal void Add(ImageDocument document) => Add(document.MediaType, document.Content);

    /// <summary>Adds a file at the layout's root.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="content">Its bytes.</param>
    internal abstract void AddFile(string name, ReadOnlySpan<byte> content);

    /// <summary>Gives it its name: now it is whole.</summary>
    /// <exception cref="Errors.GoCrossException">FileExists.</exception>
    internal abstract void Commit();

    /// <inheritdoc/>
    public abstract void Dispose();

    /// <summary>Where the bytes of the next blob go.</summary>
    private protected abstract Stream BeginBlob();

    /// <summary>Takes the blob that was written back out.</summary>
    private protected abstract void AbandonBlob();

    /// <summary>Gives the blob that was written its name.</summary>
    /// <returns>Opens it from its beginning, once the store is committed. It can be called on several threads.</returns>
    private protected abstract Func<Stream> EndBlob(string digest, long length);
}
