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
    // The root is no child.
    private const int NoChild = PathTree.Root;

    private readonly List<LayerIndex> _layers = [];
    private readonly ChunkedList<State> _states = new();
    private long _entries;

    // Of the layer that is being laid.
    private ushort _stamp;
    private int _added;
    private int _changed;
    private int _removed;

    /// <summary>The limits that it keeps.</summary>
    internal ImageLimits Limits => limits;

    /// <summary>All paths that any layer has had. What is there now, <see cref="IsPresent"/> tells.</summary>
    internal PathTree Paths { get; } = new();

    /// <summary>Whether a path is there, if only because something below it is.</summary>
    internal bool IsPresent(int node) => node != PathTree.None && node < _states.Count && _states[node].Kind != Presence.Absent;

    /// <summary>The entry that a path comes from. Directories that no layer mentions have none.</summary>
    internal bool TryGetEntry(int node, out LayerEntry entry, out EntryExtra? extra, out int layer)
    {
        if (!TryGetSource(node, out layer, out int entryIndex))
        {
            entry = default;
            extra = null;
            layer = -1;
            return false;
        }

        LayerIndex index = _layers[layer];
        entry = index.Entries[entryIndex];
        extra = index.ExtraOf(entry);
        layer += firstLayer;
        return true;
    }

    /// <summary>Which layer's entry a path comes from, the first layer that was laid being 0.</summary>
    internal bool TryGetSource(int node, out int layer, out int entryIndex)
    {
        State state = IsPresent(node) ? _states[node] : default;
        layer = state.Layer;
        entryIndex = state.EntryIndex;
        return state.Kind is Presence.Directory or Presence.File;
    }

    /// <summary>The nodes in this tree of a layer that was laid, by its own nodes.</summary>
    internal int[] NodesOf(LayerIndex layer)
    {
        int[] nodes = new int[layer.Paths.Count];
        for (int node = 1; node < nodes.Length; node++)
        {
            nodes[node] = Paths.Find(nodes[layer.Paths.Parent(node)], layer.Paths.Name(node));
        }

        return nodes;
    }

    /// <summary>Lays a layer over what is there.</summary>
    /// <returns>What that did to the files.</returns>
    /// <exception cref="GoCrossException">SquashLimit.</exception>
    internal LayerEffect Apply(LayerIndex layer, CancellationToken cancellation)
    {
        _entries += layer.Entries.Count + layer.Whiteouts.Count + layer.OpaqueDirectories.Count;
        if (_entries > limits.SquashedEntries)
        {
            throw GoCrossException.Create(
                ErrorKind.LimitExceeded, nameof(Messages.SquashLimit), label, limits.SquashedEntries);
        }

        int number = _layers.Count;
        _layers.Add(layer);
        _stamp = checked((ushort)(number + 1));
        _added = _changed = _removed = 0;
        int[] nodes = MapNodes(layer.Paths);
        cancellation.ThrowIfCancellationRequested();

        // Whiteouts are about the layers below, wherever in the layer they stand: all of them go first.
        foreach (int whiteout in layer.Whiteouts)
        {
            Remove(nodes[whiteout], cancellation);
        }

        foreach (int directory in layer.OpaqueDirectories)
        {
            RemoveChildren(nodes[directory], cancellation);
        }

        var unresolved = new List<int>();
        for (int i = 0; i < layer.Entries.Count; i++)
        {
            if (i % 4096 == 0)
            {
                cancellation.ThrowIfCancellationRequested();
            }

            ref LayerEntry entry = ref layer.Entries[i];
            Place(nodes[entry.Node], layer, number, i, unresolved, cancellation);
        }

        // A hard link may stand before the file it names, though no tar program writes it so.
        foreach (int i in unresolved)
        {
            int node = nodes[layer.Entries[i].Node];
            if (_states[node].Layer == number && _states[node].EntryIndex == i && TryFollow(layer, i, out State target))
            {
                Put(node, target);
            }
        }

        return new LayerEffect(_added, _changed, _removed);
    }

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

    private void Place(
        int node, LayerIndex layer, int number, int entryIndex, List<int> unresolved, CancellationToken cancellation)
    {
        ImageFileType type = layer.Entries[entryIndex].Type;
        var state = new State
        {
            Kind = type == ImageFileType.Directory ? Presence.Directory : Presence.File,
            Layer = number,
            EntryIndex = entryIndex,
        };
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
            RemoveChildren(node, cancellation);
        }

        RequireDirectories(Paths.Parent(node));
        Put(node, state);
    }

    // A link is the file: what it points to now stays, even if a layer above replaces the file under its other name.
    private bool TryFollow(LayerIndex layer, int entryIndex, out State target)
    {
        target = default;
        byte[] path = layer.ExtraOf(layer.Entries[entryIndex])?.LinkTarget ?? [];
        int node = path.Length == 0 ? PathTree.None : Paths.FindPath(path);
        if (node == PathTree.None || node >= _states.Count || _states[node].Kind != Presence.File)
        {
            return false;
        }

        target = _states[node];
        return _layers[target.Layer].Entries[target.EntryIndex].Type != ImageFileType.HardLink;
    }

    // What has something below it is a directory, also where a layer below had a file.
    private void RequireDirectories(int node)
    {
        for (int at = node; at != PathTree.None; at = Paths.Parent(at))
        {
            if (_states[at].Kind is Presence.Implied or Presence.Directory)
            {
                // And so is all above it.
                return;
            }

            Put(at, new State { Kind = Presence.Implied });
        }
    }

    // Makes a path present, or present as something else.
    private void Put(int node, in State what)
    {
        ref State state = ref _states[node];
        if (state.Kind == Presence.Absent && node != PathTree.Root)
        {
            ref State parent = ref _states[Paths.Parent(node)];
            state.Next = parent.FirstChild;
            if (parent.FirstChild != NoChild)
            {
                _states[parent.FirstChild].Previous = node;
            }

            parent.FirstChild = node;
        }

        Count(ref state, what.Kind);
        state.Kind = what.Kind;
        state.Layer = what.Layer;
        state.EntryIndex = what.EntryIndex;
    }

    private void Remove(int node, CancellationToken cancellation)
    {
        RemoveChildren(node, cancellation);
        ref State state = ref _states[node];
        if (node == PathTree.Root || state.Kind == Presence.Absent)
        {
            return;
        }

        if (state.Previous != NoChild)
        {
            _states[state.Previous].Next = state.Next;
        }
        else
        {
            _states[Paths.Parent(node)].FirstChild = state.Next;
        }

        if (state.Next != NoChild)
        {
            _states[state.Next].Previous = state.Previous;
        }

        Clear(ref state);
    }

    private void RemoveChildren(int top, CancellationToken cancellation)
    {
        var pending = new Stack<int>();
        pending.Push(top);
        int removed = 0;
        while (pending.TryPop(out int node))
        {
            int child = _states[node].FirstChild;
            _states[node].FirstChild = NoChild;
            while (child != NoChild)
            {
                if (++removed % 4096 == 0)
                {
                    cancellation.ThrowIfCancellationRequested();
                }

                ref State state = ref _states[child];
                int next = state.Next;
                int below = state.FirstChild;
                Clear(ref state);
                if (below != NoChild)
                {
                    state.FirstChild = below;
                    pending.Push(child);
                }

                child = next;
            }
        }
    }

    private void Clear(ref State state)
    {
        Count(ref state, Presence.Absent);
        state = new State { Stamp = state.Stamp, WasFile = state.WasFile };
    }

    // What a layer does to a path is known when all of it is laid: a file that it removes and writes again is changed.
    private void Count(ref State state, Presence next)
    {
        if (state.Stamp == _stamp)
        {
            Tally(state.WasFile, state.Kind == Presence.File, -1);
        }
        else
        {
            state.Stamp = _stamp;
            state.WasFile = state.Kind == Presence.File;
        }

        Tally(state.WasFile, next == Presence.File, 1);
    }

    private void Tally(bool wasFile, bool isFile, int by)
    {
        _added += isFile && !wasFile ? by : 0;
        _changed += isFile && wasFile ? by : 0;
        _removed += !isFile && wasFile ? by : 0;
    }

    private enum Presence : byte
    {
        Absent,
        Implied,
        Directory,
        File,
    }

    // The children that are there form a list: what once was there, and may be many, costs a removal nothing.
    private struct State
    {
        internal int Layer;
        internal int EntryIndex;
        internal int FirstChild;
        internal int Previous;
        internal int Next;

        // The last layer that touched the path, from 1, and whether there was a file before it did.
        internal ushort Stamp;
        internal bool WasFile;
        internal Presence Kind;
    }
}
