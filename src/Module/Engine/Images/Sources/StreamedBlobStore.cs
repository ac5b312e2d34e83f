using System.Text;
using GoCross.Errors;
using GoCross.Files;
using GoCross.Oci;

namespace GoCross.Images;

/// <summary>An image archive that came by once: its documents and layers were read with it.</summary>
/// <param name="name">How messages name the image.</param>
/// <param name="archive">What was read of it.</param>
/// <param name="reopen">Opens the archive once more, for a blob that is read again. Its caller disposes it.</param>
/// <param name="limits">The limits.</param>
internal sealed class StreamedBlobStore(
    string name, StreamedArchive archive, Func<CancellationToken, Stream> reopen, ImageLimits limits) : BlobStore(name)
{
    internal override bool IsWhole => archive.Entries.IsWhole;

    internal override IEnumerable<string> TopPaths => archive.Entries.TopPaths;

    internal override bool Contains(string path) => archive.Entries.Resolve(path) is not null;

    internal override long SizeOf(string path) => archive.Entries[path].Size;

    // What is in one stream is not in the next, whatever both are called: a name in an engine moves.
    internal override BlobOrigin OriginOf(string path) => new((archive, archive.Entries.Resolve(path)!), 0, SizeOf(path), default);

    internal override bool IsSeekable => false;

    /// <remarks>The archive is asked for again, and read up to the blob.</remarks>
    internal override Stream OpenBlob(string path, CancellationToken cancellation)
    {
        string real = archive.Entries.Resolve(path) ?? throw Missing(path);
        long size = SizeOf(real);
        Stream again = reopen(cancellation);
        TarScanner? scanner = null;
        try
        {
            scanner = new TarScanner(again, new BlobLabel(Name), limits);
            while (scanner.MoveNext())
            {
                cancellation.ThrowIfCancellationRequested();
                TarEntry entry = scanner.Current;

                // Of a name that is there twice the later counts, and the size is what is known of it.
                if (entry is { Type: ImageFileType.File, Sparse: null }
                    && entry.StoredSize == size
                    && UnixPath.Clean(Encoding.UTF8.GetString(entry.Name)) == real)
                {
                    var content = new OwningEntryStream(scanner, again);
                    scanner = null;
                    return content;
                }
            }

            throw GoCrossException.Create(ErrorKind.InvalidData, nameof(Messages.ImageChanged), Name);
        }
        catch
        {
            again.Dispose();
            throw;
        }
        finally
        {
            scanner?.Dispose();
        }
    }

    internal override StoredLayer ReadLayer(
        string path, string? expectedDigest, LayerReader reader, StoredLayer? known, CancellationToken cancellation)
    {
        StreamedBlob blob = archive.Entries.TryGet(path, out StreamedBlob? found) ? found : throw Missing(path);
        if (blob.Failure is not null)
        {
            throw blob.Failure;
        }

        var label = new BlobLabel(Name, path);
        if (blob.Layer is not { } layer)
        {
            // A document in a layer's place: it reads as the broken archive that it is.
            return reader.Read(new MemoryStream(blob.Document!), label, expectedDigest, known, cancellation);
        }

        LayerReader.RequireDigest(label, expectedDigest, layer.DigestLike(expectedDigest));
        return known is null ? layer : layer with { Contents = known.Contents };
    }

    internal override GoCrossException Missing(string path) =>
        IsWhole ? base.Missing(path) : archive.Entries.CutOffBefore(path);

    internal override byte[] ReadAll(string path, int limit)
    {
        StreamedBlob blob = archive.Entries[path];
        return blob.Failure is null ? blob.Document ?? [] : throw blob.Failure;
    }

    private sealed class OwningEntryStream(TarScanner scanner, Stream archive) : ForwardOnlyStream
    {
        private readonly EntryStream _content = new(scanner);

        public override int Read(Span<byte> buffer) => _content.Read(buffer);

        protected override void Dispose(bool disposing)
        {
            if (disposing)
            {
                scanner.Dispose();
                archive.Dispose();
            }

            base.Dispose(disposing);
        }
    }
}
