using GoCross.Errors;

namespace GoCross.Images.Layers;

/// <summary>
/// The file system that layers make, laid over each other one by one (OCI image-spec, layer.md, "Applying
/// Changesets"). Work is in proportion to the entries: a whiteout costs what it removes, and nothing is stacked anew.
/// </summary>
/// <param name="label">How messages name the image.</param>
/// <param name="limits">The limits.</param>
/// <param name="firstLayer">The number of the first layer that will be laid.</param>
internal sealed class SquashedTree(BlobLabel label, ImageLimits limits, int firstLayer = 0)
{
    private readonly List<LayerIndex> _layers = [];
    private readonly ChunkedList<State> _states = new();
    private long _entries;

    /// <summary>All paths that any layer has had. What is there now, <see cref="IsPresent"/> tells.</summary>
    internal PathTree Paths { get; } = new();

    /// <summary>Whether a path is there, if only because something below it is.</summary>
    internal bool IsPresent(int node) => node != PathTree.None && node < _states.Count && _states[node].Kind != Presence.Absent;

    /// <summary>The entry that a path comes from. Directories that no layer mentions have none.</summary>
    internal bool TryGetEntry(int node, out LayerEntry entry, out EntryExtra? extra, out int layer)
    {
        State state = IsPresent(node) ? _states[node] : default;
        if (state.Kind != Presence.Entry)
        {
            entry = default;
            extra = null;
            layer = -1;
            return false;
        }

        LayerIndex index = _layers[state.Layer];
        entry = index.Entries[state.EntryIndex];
        extra = index.ExtraOf(entry);
        layer = firstLayer + state.Layer;
        return true;
    }

    /// <summary>Lays a layer over what is there.</summary>
    /// <exception cref="GoCrossException">SquashLimit.</exception>
    internal void Apply(LayerIndex layer, CancellationToken cancellation)
    {
        _entries += layer.Entries.Count + layer.Whiteouts.Count + layer.OpaqueDirectories.Count;
        if (_entries > limits.SquashedEntries)
        {
            throw GoCrossException.Create(
                ErrorKind.LimitExceeded, nameof(Messages.SquashLimit), label, limits.SquashedEntries);
        }

        int number = _layers.Count;
        _layers.Add(layer);
        int[] nodes = MapNodes(layer.Paths);
        cancellation.ThrowIfCancellationRequested();

        // Whiteouts are about the layers below, wherever in the layer they stand: all of them go first.
        foreach (int whiteout in layer.Whiteouts)
        {
            Remove(nodes[whiteout]);
        }

        foreach (int directory in layer.OpaqueDirectories)
        {
            RemoveChildren(nodes[directory]);
        }

        var unresolved = new List<int>();
        for (int i = 0; i < layer.Entries.Count; i++)
        {
            if (i % 4096 == 0)
            {
                cancellation.ThrowIfCancellationRequested();
            }

            ref LayerEntry entry = ref layer.Entries[i];
            Place(nodes[entry.Node], layer, number, i, unresolved);
        }

        // A hard link may stand before the file it names, though no tar program writes it so.
        foreach (int i in unresolved)
        {
            int node = nodes[layer.Entries[i].Node];
            if (_states[node].Layer == number && _states[node].EntryIndex == i && TryFollow(layer, i, out State target))
            {
                _states[node] = target;
            }
        }
    }

    private static bool IsDirectory(in State state, LayerIndex? layer) =>
        state.Kind == Presence.Implied
        || (state.Kind == Presence.Entry && layer!.Entries[state.EntryIndex].Type == ImageFileType.Directory);

    // The layer's nodes in this tree. Parents have lower numbers, so each is there before its children.
    private int[] MapNodes(PathTree paths)
    {
        int[] nodes = new int[paths.Count];
        nodes[PathTree.Root] = PathTree.Root;
        for (int node = 1; node < nodes.Length; node++)
        {
            nodes[node] = Paths.Add(nodes[paths.Parent(node)], paths.Name(node));
        }

        while (_states.Count < Paths.Count)
        {
            _states.Add(default);
        }

        return nodes;
    }

    private void Place(int node, LayerIndex layer, int number, int entryIndex, List<int> unresolved)
    {
        var state = new State { Kind = Presence.Entry, Layer = number, EntryIndex = entryIndex };
        ImageFileType type = layer.Entries[entryIndex].Type;
        if (type == ImageFileType.HardLink)
        {
            if (TryFollow(layer, entryIndex, out State target))
            {
                state = target;
            }
            else
            {
                unresolved.Add(entryIndex);
            }
        }

        // The root stays a directory, whatever an archive says of it.
        if (type != ImageFileType.Directory && node == PathTree.Root)
        {
            return;
        }

        if (type != ImageFileType.Directory)
        {
            RemoveChildren(node);
        }

        RequireDirectories(Paths.Parent(node));
        _states[node] = state;
    }

    // A link is the file: what it points to now stays, even if a layer above replaces the file under its other name.
    private bool TryFollow(LayerIndex layer, int entryIndex, out State target)
    {
        target = default;
        byte[] path = layer.ExtraOf(layer.Entries[entryIndex])?.LinkTarget ?? [];
        int node = path.Length == 0 ? PathTree.None : Paths.FindPath(path);
        if (node == PathTree.None || node >= _states.Count || _states[node].Kind != Presence.Entry)
        {
            return false;
        }

        target = _states[node];
        ImageFileType type = _layers[target.Layer].Entries[target.EntryIndex].Type;
        return type is not (ImageFileType.Directory or ImageFileType.HardLink);
    }

    // What has something below it is a directory, also where a layer below had a file.
    private void RequireDirectories(int node)
    {
        for (int at = node; at != PathTree.None; at = Paths.Parent(at))
        {
            ref State state = ref _states[at];
            if (IsDirectory(state, state.Kind == Presence.Entry ? _layers[state.Layer] : null))
            {
                // And so is all above it.
                return;
            }

            state = new State { Kind = Presence.Implied };
        }
    }

    private void Remove(int node)
    {
        RemoveChildren(node);
        if (node != PathTree.Root)
        {
            _states[node] = default;
        }
    }

    private void RemoveChildren(int top)
    {
        if (!IsPresent(top))
        {
            // Nothing lies below what is not there.
            return;
        }

        var pending = new Stack<int>();
        pending.Push(top);
        while (pending.TryPop(out int node))
        {
            for (int child = Paths.FirstChild(node); child != PathTree.None; child = Paths.NextSibling(child))
            {
                if (_states[child].Kind != Presence.Absent)
                {
                    _states[child] = default;
                    pending.Push(child);
                }
            }
        }
    }

    private enum Presence : byte
    {
        Absent,
        Implied,
        Entry,
    }

    private struct State
    {
        internal int Layer;
        internal int EntryIndex;
        internal Presence Kind;
    }
}
