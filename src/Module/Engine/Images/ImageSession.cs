namespace GoCross.Images;

/// <summary>
/// What a session has read of images, so that the next question about one reads nothing again: the indexes of its layers by
/// the digest of its manifest, the documents of what came out of a registry, and what came out of a Docker engine. Of layers
/// that cannot be read by position it keeps the files that questions are about in a nameless temporary file. It is bounded:
/// the image that was asked for longest ago goes first. Safe for several threads.
/// </summary>
public sealed class ImageSession : IDisposable
{
    /// <summary>More images than anybody asks about in turn.</summary>
    private const int MaxImages = 8;

    /// <summary>What the indexes of all of them may cost: a hundred bytes a file. A larger image is read each time.</summary>
    private const long UsualIndexBytes = 128L << 20;

    private readonly object _gate = new();
    private readonly List<Entry> _entries = [];
    private readonly long _spoolBytes;
    private readonly long _indexBytes;
    private ContentSpool _spool;

    /// <summary>Makes an empty one.</summary>
    public ImageSession()
        : this(ContentSpool.UsualBytes)
    {
    }

    internal ImageSession(long spoolBytes, long indexBytes = UsualIndexBytes)
    {
        _indexBytes = indexBytes;
        _spoolBytes = spoolBytes;
        _spool = new ContentSpool(spoolBytes);
    }

    /// <summary>Forgets everything, and gives the room of the files back.</summary>
    public void Clear()
    {
        lock (_gate)
        {
            _entries.Clear();
            _spool.Dispose();
            _spool = new ContentSpool(_spoolBytes);
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        lock (_gate)
        {
            _entries.Clear();
            _spool.Dispose();
        }
    }

    /// <summary>Where files are kept. A full one is left to those who read from it, and with it what was known.</summary>
    internal ContentSpool Spool()
    {
        lock (_gate)
        {
            if (_spool.IsFull)
            {
                _entries.Clear();
                _spool = new ContentSpool(_spoolBytes);
            }

            return _spool;
        }
    }

    /// <summary>The layers of an image that was read; none for another.</summary>
    /// <param name="digest">The digest of its manifest, or of its configuration where it has none.</param>
    internal IReadOnlyList<KnownLayer> LayersOf(string? digest) => Find(digest)?.Layers ?? [];

    /// <summary>What an engine sent of an image; null where it did not.</summary>
    /// <param name="key">The image's ID, and for what platform.</param>
    internal StreamedBlobStore? FindTransfer(string key) => Find(key)?.Transfer;

    /// <summary>The documents that a registry sent of an image, by their paths; null where it did not.</summary>
    /// <param name="digest">The digest of its manifest, or of the index that leads to it.</param>
    internal IReadOnlyDictionary<string, byte[]>? FindDocuments(string digest) => Find(digest)?.Documents;

    /// <summary>Keeps the layers of an image.</summary>
    internal void Keep(string? digest, IReadOnlyList<KnownLayer> layers)
    {
        if (digest is not null)
        {
            Keep(digest, entry => entry with { Layers = layers });
        }
    }

    /// <summary>Keeps what an engine sent.</summary>
    internal void Keep(string key, StreamedBlobStore transfer) => Keep(key, entry => entry with { Transfer = transfer });

    /// <summary>Keeps the documents that a registry sent.</summary>
    internal void Keep(string digest, IEnumerable<KeyValuePair<string, byte[]>> documents)
    {
        var copy = new Dictionary<string, byte[]>(documents, StringComparer.Ordinal);
        Keep(digest, entry => entry with { Documents = copy });
    }

    private Entry? Find(string? key)
    {
        lock (_gate)
        {
            int at = key is null ? -1 : _entries.FindIndex(entry => entry.Key == key);
            if (at < 0)
            {
                return null;
            }

            Entry found = _entries[at];
            _entries.RemoveAt(at);
            _entries.Add(found);
            return found;
        }
    }

    private void Keep(string key, Func<Entry, Entry> change)
    {
        lock (_gate)
        {
            Entry entry = Find(key) ?? new Entry(key);
            _entries.Remove(entry);
            _entries.Add(change(entry));

            // An image out of an engine or a registry has two entries: by the name it has there, and by its manifest.
            while (_entries.Count > 2 * MaxImages || (_entries.Count > 0 && _entries.Sum(kept => kept.Cost) > _indexBytes))
            {
                _entries.RemoveAt(0);
            }
        }
    }

    private sealed record Entry(string Key)
    {
        internal IReadOnlyList<KnownLayer> Layers { get; init; } = [];

        internal StreamedBlobStore? Transfer { get; init; }

        internal IReadOnlyDictionary<string, byte[]>? Documents { get; init; }

        internal long Cost => Math.Max(Layers.Sum(layer => layer.Content.Contents.Cost), Transfer?.IndexCost ?? 0);
    }
}
