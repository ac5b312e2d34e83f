namespace GoCross.Images;

/// <summary>
/// Tells of a layer which of many it is like, without comparing it with each: the paths of the many are looked up.
/// </summary>
/// <param name="mostLayersOfPath">How many layers of one path are looked at.</param>
internal sealed class SimilarityIndex(int mostLayersOfPath)
{
    private readonly PathTree _paths = new();
    private readonly ChunkedList<int> _heads = new();
    private readonly ChunkedList<Posting> _postings = new();
    private readonly Dictionary<int, (LayerIndex Layer, double Weight)> _layers = [];

    /// <summary>Adds a layer that others are to be compared with.</summary>
    /// <param name="number">Its number.</param>
    /// <param name="layer">The layer.</param>
    /// <param name="weigh">What an entry weighs.</param>
    internal void Add(int number, LayerIndex layer, Func<LayerEntry, double> weigh)
    {
        int[] nodes = new int[layer.Paths.Count];
        for (int node = 1; node < nodes.Length; node++)
        {
            nodes[node] = _paths.Add(nodes[layer.Paths.Parent(node)], layer.Paths.Name(node));
        }

        while (_heads.Count < _paths.Count)
        {
            _heads.Add(PathTree.None);
        }

        double weight = 0;
        for (int i = 0; i < layer.Entries.Count; i++)
        {
            weight += weigh(layer.Entries[i]);
            Post(nodes[layer.Entries[i].Node], number, i);
        }

        foreach (int whiteout in layer.Whiteouts)
        {
            weight += weigh(default);
            Post(nodes[whiteout], number, Posting.Whiteout);
        }

        _layers.Add(number, (layer, weight));
    }

    /// <summary>
    /// The layers that share a path with this one, and how alike they are, from 0 to 1: the weight of the entries that
    /// are the same, and half of that of those that only have the same path, in that of all entries of both.
    /// </summary>
    internal IEnumerable<(int Number, double Similarity)> Compare(LayerIndex layer, Func<LayerEntry, double> weigh)
    {
        var shared = new Dictionary<int, (double Alike, double Common)>();
        int[] nodes = new int[layer.Paths.Count];
        for (int node = 1; node < nodes.Length; node++)
        {
            int parent = nodes[layer.Paths.Parent(node)];
            nodes[node] = parent == PathTree.None ? PathTree.None : _paths.Find(parent, layer.Paths.Name(node));
        }

        double weight = 0;
        for (int i = 0; i < layer.Entries.Count; i++)
        {
            LayerEntry entry = layer.Entries[i];
            weight += weigh(entry);
            foreach (Posting posting in PostingsOf(nodes[entry.Node]))
            {
                if (posting.EntryIndex != Posting.Whiteout)
                {
                    LayerIndex other = _layers[posting.Layer].Layer;
                    LayerEntry otherEntry = other.Entries[posting.EntryIndex];
                    double common = Math.Min(weigh(entry), weigh(otherEntry));
                    bool same = Same(entry, layer.ExtraOf(entry), otherEntry, other.ExtraOf(otherEntry));
                    Share(posting.Layer, same ? common : common / 2, common);
                }
            }
        }

        foreach (int whiteout in layer.Whiteouts)
        {
            weight += weigh(default);
            foreach (Posting posting in PostingsOf(nodes[whiteout]))
            {
                if (posting.EntryIndex == Posting.Whiteout)
                {
                    Share(posting.Layer, weigh(default), weigh(default));
                }
            }
        }

        return shared.Select(pair => (
            pair.Key,
            Math.Min(1, pair.Value.Alike / (weight + _layers[pair.Key].Weight - pair.Value.Common))));

        void Share(int number, double alike, double common)
        {
            (double Alike, double Common) sum = shared.GetValueOrDefault(number);
            shared[number] = (sum.Alike + alike, sum.Common + common);
        }
    }

    private static bool Same(in LayerEntry left, EntryExtra? leftExtra, in LayerEntry right, EntryExtra? rightExtra) =>
        left.Type == right.Type
        && left.Size == right.Size
        && left.Content == right.Content
        && (leftExtra?.LinkTarget ?? []).AsSpan().SequenceEqual(rightExtra?.LinkTarget ?? []);

    private void Post(int node, int layer, int entry) =>
        _heads[node] = _postings.Add(new Posting { Layer = layer, EntryIndex = entry, Next = _heads[node] });

    private IEnumerable<Posting> PostingsOf(int node)
    {
        int seen = 0;
        int at = node == PathTree.None || node >= _heads.Count ? PathTree.None : _heads[node];
        for (; at != PathTree.None && seen < mostLayersOfPath; seen++)
        {
            Posting posting = _postings[at];
            yield return posting;
            at = posting.Next;
        }
    }

    private struct Posting
    {
        internal const int Whiteout = -1;

        internal int Layer;
        internal int EntryIndex;
        internal int Next;
    }
}
