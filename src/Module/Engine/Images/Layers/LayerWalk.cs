using GoCross.Errors;
using GoCross.Oci;

namespace GoCross.Images;

/// <summary>Goes once more through a layer that was indexed, and makes sure that it is the same.</summary>
internal sealed class LayerWalk : IDisposable
{
    private readonly LayerIndex _contents;
    private readonly TarScanner _scanner;
    private readonly Stream _unpacked;
    private readonly Func<GoCrossException> _changed;
    private readonly CancellationToken _cancellation;

    /// <summary>Stands before the first entry.</summary>
    /// <param name="unpacked">The unpacked layer, which is disposed with this.</param>
    /// <param name="contents">What was read of it.</param>
    /// <param name="label">How messages name it.</param>
    /// <param name="limits">The limits.</param>
    /// <param name="changed">The error for a layer that is another now.</param>
    /// <param name="cancellation">Ends the walk.</param>
    internal LayerWalk(
        Stream unpacked,
        LayerIndex contents,
        BlobLabel label,
        ImageLimits limits,
        Func<GoCrossException> changed,
        CancellationToken cancellation)
    {
        _unpacked = unpacked;
        _contents = contents;
        _scanner = new TarScanner(unpacked, label, limits);
        _changed = changed;
        _cancellation = cancellation;
    }

    /// <summary>The number of the entry where it stands, in the layer's index; -1 before the first.</summary>
    internal int Entry { get; private set; } = -1;

    /// <summary>What the index has of it.</summary>
    internal ref LayerEntry Known => ref _contents.Entries[Entry];

    /// <summary>Where its content begins, in bytes from the layer's beginning; -1 for a sparse file's, which lies in parts.</summary>
    internal long ContentOffset => _scanner.Current.Sparse is null ? _scanner.Position : -1;

    /// <summary>Goes to the next entry of the index.</summary>
    /// <returns>False behind the last.</returns>
    /// <exception cref="GoCrossException">ImageChanged; what <see cref="TarScanner.MoveNext"/> throws.</exception>
    internal bool MoveNext()
    {
        while (_scanner.MoveNext())
        {
            _cancellation.ThrowIfCancellationRequested();
            int node = _contents.Paths.FindPath(_scanner.Current.Name);
            if (node != PathTree.None && LayerIndexer.IsWhiteout(_contents.Paths.Name(node)))
            {
                continue;
            }

            Entry++;
            return Entry < _contents.Entries.Count && IsKnown(node) ? true : throw _changed();
        }

        return Entry == _contents.Entries.Count - 1 ? false : throw _changed();
    }

    /// <summary>Reads the file where it stands, whole. Its size is the caller's to bound.</summary>
    /// <exception cref="GoCrossException">ImageChanged; what <see cref="TarScanner.ReadContent"/> throws.</exception>
    internal byte[] ReadFile()
    {
        byte[] content = new byte[Known.Size];
        foreach (SparseSegment segment in _scanner.Current.Sparse ?? [new SparseSegment(0, content.Length)])
        {
            Fill(content.AsSpan(checked((int)segment.Offset), checked((int)segment.Length)));
        }

        // It was verified when the layer was indexed, and may have changed since.
        return LayerIndexer.HashOf(content) == Known.Content ? content : throw _changed();
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _scanner.Dispose();
        _unpacked.Dispose();
    }

    private bool IsKnown(int node) =>
        Known.Node == node && (Known.Type != ImageFileType.File || Known.Size == _scanner.Current.Size);

    private void Fill(Span<byte> target)
    {
        while (!target.IsEmpty)
        {
            ReadOnlySpan<byte> part = _scanner.ReadContent(target.Length);
            if (part.IsEmpty)
            {
                throw _changed();
            }

            part.CopyTo(target);
            target = target[part.Length..];
        }
    }
}
