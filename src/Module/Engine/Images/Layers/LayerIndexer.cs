using System.Buffers.Binary;
using System.IO.Hashing;
using GoCross.Errors;
using GoCross.Oci;

namespace GoCross.Images;

/// <summary>Makes the index of a layer from its unpacked tar, entry by entry, in one pass.</summary>
internal sealed class LayerIndexer
{
    // The content hash is not cryptographic. A seed that lives no longer than the process keeps a stranger from making
    // two files that it takes for one.
    private static readonly long ContentSeed = Random.Shared.NextInt64();
    private static readonly byte[] Zeros = new byte[64 << 10];

    private readonly LayerIndex _index;
    private readonly BlobLabel _label;
    private readonly ImageLimits _limits;
    private readonly IndexBudget _budget;
    private readonly UnpackGuard _guard;
    private readonly XxHash128 _hash = new(ContentSeed);
    private long _charged;

    internal LayerIndexer(LayerIndex index, BlobLabel label, ImageLimits limits, IndexBudget budget, UnpackGuard guard)
    {
        _index = index;
        _label = label;
        _limits = limits;
        _budget = budget;
        _guard = guard;
    }

    /// <summary>Whether an entry's name, cleaned, makes it a whiteout or a mark of AUFS, and no file.</summary>
    internal static bool IsWhiteout(ReadOnlySpan<byte> name) => name.StartsWith(".wh."u8);

    /// <summary>The hash of a file's whole content, as <see cref="LayerEntry.Content"/> has it.</summary>
    internal static UInt128 HashOf(ReadOnlySpan<byte> content) => XxHash128.HashToUInt128(content, ContentSeed);

    /// <summary>Reads the archive to its end marker.</summary>
    /// <exception cref="GoCrossException">
    /// TarDamaged; ImageTruncated; WhiteoutInvalid; TarExtendedHeaderLimit; LayerPathLimit; LayerIndexLimit;
    /// LayerUnpackLimit.
    /// </exception>
    internal void Read(TarScanner scanner, CancellationToken cancellation)
    {
        while (scanner.MoveNext())
        {
            cancellation.ThrowIfCancellationRequested();
            Add(scanner);
        }
    }

    private void Add(TarScanner scanner)
    {
        TarEntry entry = scanner.Current;
        if (entry.Name.Length > _limits.PathBytes || entry.LinkName.Length > _limits.PathBytes)
        {
            throw GoCrossException.Create(
                ErrorKind.LimitExceeded, nameof(Messages.LayerPathLimit), _label, entry.HeaderOffset, _limits.PathBytes);
        }

        int node = _index.Paths.AddPath(entry.Name);
        if (node != PathTree.Root)
        {
            _index.StatedSize = Math.Min(_index.StatedSize, long.MaxValue - entry.StatedSize) + entry.StatedSize;
        }

        if (!TryAddWhiteout(entry, node))
        {
            AddEntry(scanner, entry, node);
        }

        Charge();
    }

    /// <summary>OCI image-spec, layer.md, "Whiteouts". Names that begin with .wh..wh. belong to AUFS, but for one.</summary>
    private bool TryAddWhiteout(TarEntry entry, int node)
    {
        ReadOnlySpan<byte> name = _index.Paths.Name(node);
        if (!IsWhiteout(name))
        {
            return false;
        }

        _index.WhiteoutNames.Add(new WhiteoutName(node, entry.StatedSize));
        int directory = _index.Paths.Parent(node);
        ReadOnlySpan<byte> target = name[".wh.".Length..];
        if (target.SequenceEqual(".wh..opq"u8))
        {
            _index.OpaqueDirectories.Add(directory);
        }
        else if (target.IsEmpty || target.SequenceEqual("."u8) || target.SequenceEqual(".."u8))
        {
            throw GoCrossException.Create(
                ErrorKind.InvalidData, nameof(Messages.WhiteoutInvalid), _label, entry.HeaderOffset, _index.Paths.PathOf(node));
        }
        else
        {
            int removed = _index.Paths.Add(directory, target);
            if (!target.StartsWith(".wh."u8))
            {
                _index.Whiteouts.Add(removed);
            }
        }

        return true;
    }

    private void AddEntry(TarScanner scanner, TarEntry entry, int node)
    {
        // Of 32 bits: what is negative, as macOS's nobody (-2), is what the kernel makes of it.
        if (entry.UserId is < int.MinValue or > uint.MaxValue || entry.GroupId is < int.MinValue or > uint.MaxValue)
        {
            throw GoCrossException.Create(
                ErrorKind.InvalidData,
                nameof(Messages.TarDamaged),
                _label,
                entry.HeaderOffset,
                $"the owner {entry.UserId}:{entry.GroupId} is impossible");
        }

        (UInt128 content, uint head) = entry.Type == ImageFileType.File ? ReadContent(scanner, entry, node) : default;
        _index.Entries.Add(new LayerEntry
        {
            Node = node,
            Type = entry.Type,
            Size = entry.Type == ImageFileType.File ? entry.Size : 0,
            Content = content,
            Head = head,
            Mode = (ushort)entry.Mode,
            UserId = unchecked((uint)entry.UserId),
            GroupId = unchecked((uint)entry.GroupId),
            Extra = AddExtra(entry),
        });
        if (entry.Type == ImageFileType.File)
        {
            _index.ContentSize = Math.Min(_index.ContentSize, long.MaxValue - entry.Size) + entry.Size;
        }

        _index.FileCount += entry.Type == ImageFileType.Directory ? 0 : 1;
    }

    private int AddExtra(TarEntry entry)
    {
        bool isDevice = entry.Type is ImageFileType.CharacterDevice or ImageFileType.BlockDevice;
        bool isLink = entry.Type is ImageFileType.SymbolicLink or ImageFileType.HardLink;
        long stated = entry.Type == ImageFileType.File ? 0 : entry.StatedSize;
        if (!isDevice && !isLink && entry.ExtendedAttributes.Count == 0 && stated == 0)
        {
            return LayerEntry.NoExtra;
        }

        KeyValuePair<byte[], byte[]>[] attributes =
            [.. entry.ExtendedAttributes.OrderBy(pair => pair.Key, ByteOrder.Instance)];
        const int ObjectCost = 96;
        _index.ExtrasCost += ObjectCost + entry.LinkName.Length
            + attributes.Sum(pair => pair.Key.Length + pair.Value.Length + ObjectCost);
        Charge();
        _index.Extras.Add(new EntryExtra
        {
            LinkTarget = isLink ? entry.LinkName.ToArray() : [],
            ExtendedAttributes = attributes,
            DeviceMajor = entry.DeviceMajor,
            DeviceMinor = entry.DeviceMinor,
            StatedSize = stated,
        });
        return _index.Extras.Count - 1;
    }

    // Of the whole file: a sparse file and the same file written out are equal.
    private (UInt128 Hash, uint Head) ReadContent(TarScanner scanner, TarEntry entry, int node)
    {
        _hash.Reset();
        if (entry.Sparse is null)
        {
            // Most files lie whole in the scanner's buffer.
            ReadOnlySpan<byte> part = scanner.ReadContent();
            return part.Length == entry.Size
                ? (HashOf(part), KeepWhole(part, node))
                : ReadParts(scanner, part, entry.Size, node);
        }

        long position = 0;
        uint head = 0;
        foreach (SparseSegment segment in entry.Sparse)
        {
            AppendHole(segment.Offset - position);
            for (long left = segment.Length; left > 0;)
            {
                ReadOnlySpan<byte> part = scanner.ReadContent((int)Math.Min(left, int.MaxValue));
                head = segment.Offset == 0 && left == segment.Length ? HeadOf(part) : head;
                _hash.Append(part);
                left -= part.Length;
            }

            position = segment.Offset + segment.Length;
        }

        AppendHole(entry.Size - position);
        return (_hash.GetCurrentHashAsUInt128(), head);
    }

    private uint KeepWhole(ReadOnlySpan<byte> content, int node)
    {
        if (_index.Kept is { } kept && kept.TryTake(_index.Paths, node, content.Length, content) is { } offset && kept.TryWrite(offset, content))
        {
            kept.Add(_index.Entries.Count, offset);
        }

        return HeadOf(content);
    }

    private (UInt128 Hash, uint Head) ReadParts(TarScanner scanner, ReadOnlySpan<byte> part, long size, int node)
    {
        // The scanner's buffer may end within the first bytes.
        Span<byte> head = stackalloc byte[sizeof(uint)];
        head.Clear();
        int seen = 0;
        long position = 0;
        long? kept = null;
        for (; !part.IsEmpty; part = scanner.ReadContent())
        {
            _hash.Append(part);
            if (seen < head.Length)
            {
                int count = Math.Min(part.Length, head.Length - seen);
                part[..count].CopyTo(head[seen..]);
                seen += count;
            }

            kept = position == 0 ? _index.Kept?.TryTake(_index.Paths, node, size, part) : kept;
            kept = kept is { } offset && !_index.Kept!.TryWrite(offset + position, part) ? null : kept;
            position += part.Length;
        }

        if (kept is { } whole)
        {
            _index.Kept!.Add(_index.Entries.Count, whole);
        }

        return (_hash.GetCurrentHashAsUInt128(), BinaryPrimitives.ReadUInt32LittleEndian(head));
    }

    private static uint HeadOf(ReadOnlySpan<byte> content)
    {
        Span<byte> head = stackalloc byte[sizeof(uint)];
        head.Clear();
        content[..Math.Min(content.Length, head.Length)].CopyTo(head);
        return BinaryPrimitives.ReadUInt32LittleEndian(head);
    }

    private void AppendHole(long length)
    {
        _guard.Add(length);
        for (; length > 0; length -= Zeros.Length)
        {
            _hash.Append(Zeros.AsSpan(0, (int)Math.Min(length, Zeros.Length)));
        }
    }

    private void Charge()
    {
        long now = _index.Cost;
        _budget.Take(now - _charged, _label);
        _charged = now;
    }
}
