namespace GoCross.Images;

/// <summary>Contents that several files of an image's file system have.</summary>
internal sealed class DuplicateResult
{
    private readonly int[] _nodes;
    private readonly Group[] _groups;

    private DuplicateResult(int[] nodes, Group[] groups)
    {
        _nodes = nodes;
        _groups = groups;
    }

    internal long Bytes => _groups.Sum(group => group.Bytes);

    internal static DuplicateResult Of(ContainerImage image, VisibleFiles visible, CancellationToken cancellation)
    {
        int[] nodes = new int[visible.Nodes.Count];
        var contents = new UInt128[nodes.Length];
        for (int i = 0; i < nodes.Length; i++)
        {
            nodes[i] = visible.Nodes[i];
            image.Files.TryGetEntry(nodes[i], out LayerEntry entry, out _, out _);
            contents[i] = entry.Content;
        }

        cancellation.ThrowIfCancellationRequested();
        Array.Sort(contents, nodes);
        cancellation.ThrowIfCancellationRequested();

        // Only what stands more than once is kept.
        var kept = new List<int>();
        var groups = new List<Group>();
        for (int start = 0, end; start < nodes.Length; start = end)
        {
            end = start + 1;
            while (end < nodes.Length && contents[end] == contents[start])
            {
                end++;
            }

            if (end - start > 1)
            {
                Array.Sort(nodes, start, end - start);
                image.Files.TryGetEntry(nodes[start], out LayerEntry entry, out _, out _);
                groups.Add(new Group(kept.Count, end - start, entry.Size));
                kept.AddRange(nodes.AsSpan(start, end - start));
            }
        }

        int[] all = [.. kept];
        groups.Sort((left, right) => left.Bytes != right.Bytes
            ? right.Bytes.CompareTo(left.Bytes)
            : all[left.Start].CompareTo(all[right.Start]));
        return new DuplicateResult(all, [.. groups]);
    }

    internal IEnumerable<DuplicateContent> Contents(PathTree paths)
    {
        foreach (Group group in _groups)
        {
            string[] names = new string[group.Count];
            for (int i = 0; i < names.Length; i++)
            {
                names[i] = paths.PathOf(_nodes[group.Start + i]);
            }

            Array.Sort(names, string.CompareOrdinal);
            yield return new DuplicateContent { Paths = names, Size = group.Size };
        }
    }

    private readonly record struct Group(int Start, int Count, long Size)
    {
        internal long Bytes => Size * (Count - 1);
    }
}

/// <summary>A content that several files of the image have. Hard links of one file are one.</summary>
public sealed record DuplicateContent
{
    /// <summary>The paths of the files, one for each, in their order.</summary>
    public required IReadOnlyList<string> Paths { get; init; }

    /// <summary>Bytes of the content.</summary>
    public required long Size { get; init; }

    /// <summary>How many files have it.</summary>
    public int Count => Paths.Count;

    /// <summary>The same as <see cref="Count"/>: the name that the table's header has.</summary>
    public int Files => Count;

    /// <summary>Bytes that would be saved if they shared it, by hard links or symbolic links.</summary>
    public long Bytes => Size * (Count - 1);

    /// <summary>The same as <see cref="Bytes"/>: the name that the table's header has.</summary>
    public long Saved => Bytes;
}
