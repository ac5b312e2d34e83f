namespace GoCross.Images;

/// <summary>
/// What a session has read of images, so that the next question about one reads nothing again: the indexes of its layers by
/// the digest of its manifest, the documents of what came out of a registry, and what came out of a Docker engine or of an
/// archive that is compressed as a whole. Of layers that cannot be read by position it keeps the files that questions are
/// about in nameless temporary files. It is bounded: the image that was asked for longest ago goes first. Safe for several
/// threads.
/// </summary>
public sealed class ImageSession : IDisposable
{
    /// <summary>More images than anybody asks about in turn.</summary>
    private const int MaxImages = 8;

    /// <summary>What the indexes of all of them may cost: a hundred bytes a file. A larger image is read each time.</summary>
    private const long UsualIndexBytes = 128L << 20;

    /// <summary>Bytes of files that are kept of all images.</summary>
    private const long UsualSpoolBytes = 2L << 30;

    private readonly object _gate = new();
    private readonly List<Entry> _entries = [];
    private readonly long _indexBytes;
    private readonly SpoolRoom _room;

    /// <summary>Makes an empty one.</summary>
    public ImageSession()
        : this(UsualSpoolBytes)
    {
    }

    internal ImageSession(long spoolBytes, long indexBytes = UsualIndexBytes)
    {
        _indexBytes = indexBytes;
        _room = new SpoolRoom(spoolBytes, TryForgetFiles);
    }

    /// <summary>Forgets everything, and gives the room of the files back; what is open is read on to its end.</summary>
    public void Clear()
    {
        lock (_gate)
        {
            while (_entries.Count > 0)
            {
                RemoveAt(0);
            }
        }
    }

    /// <inheritdoc/>
    public void Dispose() => Clear();

    /// <summary>Where the files of an image that is read are kept. The caller disposes it.</summary>
    internal ContentSpool NewSpool() => new(_room);

    /// <summary>The layers of an image that was read; none for another.</summary>
    /// <param name="digest">The digest of its manifest, or of its configuration where it has none.</param>
    internal IReadOnlyList<KnownLayer> LayersOf(string? digest) => Find(digest)?.Layers ?? [];

    /// <summary>What was read forward of an image; null where nothing was.</summary>
    /// <param name="key">What tells it from all others: in an engine its name, its ID, and for what platform.</param>
    internal TransferredImage? FindTransfer(string key) => Find(key)?.Transfer;

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

    /// <summary>Keeps what was read forward.</summary>
    internal void Keep(string key, TransferredImage transfer) => Keep(key, entry => entry with { Transfer = transfer });

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
            // What was found is the last of all.
            Entry? before = Find(key);
            Entry entry = change(before ?? new Entry(key));
            _entries.Add(entry with { Spools = ContentSpool.Hold(entry.Indexes) });
            if (before is not null)
            {
                RemoveAt(_entries.Count - 2);
            }

            // An image out of an engine or a registry has two entries: by the name it has there, and by its manifest.
            while (_entries.Count > 2 * MaxImages || IndexCost() > _indexBytes)
            {
                RemoveAt(0);
            }
        }
    }

    // Two entries of one image share its indexes.
    private long IndexCost() => _entries.SelectMany(entry => entry.Indexes).Distinct().Sum(index => index.Cost);

    // Those of the image that was asked for longest ago; the rest of what is known of it is of little use without them.
    private bool TryForgetFiles()
    {
        lock (_gate)
        {
            int at = _entries.FindIndex(entry => entry.Spools.Length > 0);
            if (at >= 0)
            {
                RemoveAt(at);
            }

            return at >= 0;
        }
    }

    private void RemoveAt(int at)
    {
        foreach (ContentSpool spool in _entries[at].Spools)
        {
            spool.Dispose();
        }

        _entries.RemoveAt(at);
    }

    private sealed record Entry(string Key)
    {
        internal IReadOnlyList<KnownLayer> Layers { get; init; } = [];

        internal TransferredImage? Transfer { get; init; }

        internal IReadOnlyDictionary<string, byte[]>? Documents { get; init; }

        /// <summary>The spools of its files, which it uses.</summary>
        internal ContentSpool[] Spools { get; init; } = [];

        internal IEnumerable<LayerIndex> Indexes =>
            Layers.Select(layer => layer.Content.Contents).Concat(Transfer?.Archive.Indexes ?? []);
    }
}
