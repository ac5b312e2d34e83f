using System.Runtime.InteropServices;
using GoCross.Errors;
using GoCross.Oci;

namespace GoCross.Images;

/// <summary>
/// The file system that layers make, laid over each other one by one (OCI image-spec, layer.md, "Applying
/// Changesets"). Work is in proportion to the entries: a whiteout costs what it removes, and nothing is stacked anew.
/// </summary>
/// <param name="label">How messages name the image.</param>
/// <param name="limits">The limits.</param>
/// <param name="firstLayer">The number of the first layer that will be laid.</param>
/// <param name="paths">
/// The paths of a tree in which these layers were laid already, to share instead of making them anew; null for none.
/// </param>
/// <param name="isWindows">Whether the layers are those of a Windows image, where the case of a name does not matter.</param>
internal sealed class SquashedTree(
    BlobLabel label, ImageLimits limits, int firstLayer = 0, PathTree? paths = null, bool isWindows = false)
{
    // The root is not a child.
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
    internal PathTree Paths { get; } = paths ?? new(isWindows);

    /// <summary>Whether a path is there, if only because something below it is.</summary>
    internal bool IsPresent(int node) => node != PathTree.None && node < _states.Count && _states[node].Kind != Presence.Absent;

    /// <summary>The entry that a path comes from. Directories that no layer mentions have none.</summary>
    internal bool TryGetEntry(int node, out LayerEntry entry, out EntryExtra? extra, out int layer)
    {
        if (!TryGetSource(node, out layer, out int entryIndex))
        {
            entry = default;
            extra = null;
            return false;
        }

        LayerIndex index = _layers[layer];
        entry = index.Entries[entryIndex];
        extra = index.ExtraOf(entry);
        layer += firstLayer;
        return true;
    }

    /// <summary>The target of a symbolic link, as it is written; null for what is none.</summary>
    internal byte[]? LinkTargetOf(int node) =>
        TryGetEntry(node, out LayerEntry entry, out EntryExtra? extra, out _) && entry.Type == ImageFileType.SymbolicLink
            ? extra?.LinkTarget ?? []
            : null;

    /// <summary>The first of the paths that are there in a directory, in no order; <see cref="PathTree.None"/> for none.</summary>
    internal int FirstChildOf(int node) => OrNone(_states[node].FirstChild);

    /// <summary>The next of the paths in the same directory; <see cref="PathTree.None"/> for none.</summary>
    internal int NextOf(int node) => OrNone(_states[node].Next);

    /// <summary>What a path is, and the entry that tells it.</summary>
    internal FileState StateOf(int node) => IsPresent(node) ? StateOf(_states[node].Kind, _states[node].Now) : default;

    /// <summary>What a path was before the last layer that touched it; absent, if none did.</summary>
    internal FileState StateBefore(int node) =>
        node < _states.Count ? StateOf(_states[node].KindBefore, _states[node].Before) : default;

    /// <summary>Whether a path here and one in another tree come from the very same entry: then they cannot differ.</summary>
    internal bool IsSameEntry(int node, SquashedTree other, int otherNode)
    {
        if (!TryGetSource(node, out int layer, out int index) || !other.TryGetSource(otherNode, out int otherLayer, out int otherIndex))
        {
            return false;
        }

        return index == otherIndex && ReferenceEquals(_layers[layer], other._layers[otherLayer]);
    }

    /// <summary>Whether the layer that was laid last has an entry for a path, removes it, or makes it a directory.</summary>
    internal bool IsTouched(int node) => node < _states.Count && _states[node].Stamp == _stamp && _stamp != 0;

    /// <summary>Which layer's entry a path comes from, the first layer that was laid being 0.</summary>
    internal bool TryGetSource(int node, out int layer, out int entryIndex)
    {
        State state = IsPresent(node) ? _states[node] : default;
        layer = state.Now.Layer;
        entryIndex = state.Now.Index;
        return state.Kind is Presence.Directory or Presence.File or Presence.Link;
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

        // Windows knows no opaque directories: what begins with .wh. removes the name behind that, and nothing else (moby,
        // daemon/graphdriver/windows, writeLayerFromTar; hcsshim, ociwclayer).
        foreach (int directory in Paths.IgnoresCase ? [] : layer.OpaqueDirectories)
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
            State state = _states[node];
            if (IsFile(state.Kind)
                && state.Now == new EntryPlace((ushort)number, i)
                && TryFollow(layer, i, out EntryPlace target))
            {
                Put(node, Presence.Link, target);
            }
        }

        // What AUFS keeps beside the files is not in the image, and files of the layer may be hard links to it (moby,
        // pkg/archive/diff.go, UnpackLayer).
        int linked = Paths.Find(PathTree.Root, ".wh..wh.plnk"u8);
        if (linked != PathTree.None)
        {
            Remove(linked, cancellation);
        }

        return new LayerEffect(_added, _changed, _removed);
    }

    private static bool IsFile(Presence kind) => kind is Presence.File or Presence.Link;

    private static int OrNone(int child) => child == NoChild ? PathTree.None : child;

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
        Presence kind = type == ImageFileType.Directory ? Presence.Directory : Presence.File;
        var place = new EntryPlace((ushort)number, entryIndex);
        if (type == ImageFileType.HardLink)
        {
            if (TryFollow(layer, entryIndex, out EntryPlace target))
            {
                kind = Presence.Link;
                place = target;
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
        Put(node, kind, place);
    }

    // A link is the file: what it points to now stays, even if a layer above replaces the file under its other name.
    private bool TryFollow(LayerIndex layer, int entryIndex, out EntryPlace target)
    {
        target = default;
        byte[] path = layer.ExtraOf(layer.Entries[entryIndex])?.LinkTarget ?? [];
        int node = path.Length == 0 ? PathTree.None : Paths.FindPath(path);
        if (node == PathTree.None || node >= _states.Count || !IsFile(_states[node].Kind))
        {
            return false;
        }

        target = _states[node].Now;
        return _layers[target.Layer].Entries[target.Index].Type != ImageFileType.HardLink;
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

            Put(at, Presence.Implied, default);
        }
    }

    // Makes a path present, or present as something else.
    private void Put(int node, Presence kind, EntryPlace place)
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

        Count(ref state, kind);
        state.Kind = kind;
        state.Now = place;
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

    private FileState StateOf(Presence kind, EntryPlace place)
    {
        if (kind is Presence.Absent or Presence.Implied)
        {
            return new FileState { IsPresent = kind == Presence.Implied, Layer = -1 };
        }

        LayerIndex index = _layers[place.Layer];
        LayerEntry entry = index.Entries[place.Index];
        return new FileState
        {
            IsPresent = true,
            HasEntry = true,
            OtherNames = kind == Presence.Link ? index.Paths : null,
            Entry = entry,
            Extra = index.ExtraOf(entry),
            Layer = firstLayer + place.Layer,
        };
    }

    private void Clear(ref State state)
    {
        Count(ref state, Presence.Absent);
        state = new State { Stamp = state.Stamp, KindBefore = state.KindBefore, Before = state.Before };
    }

    // What a layer does to a path is known when all of it is laid: a file that it removes and writes again is changed.
    private void Count(ref State state, Presence next)
    {
        if (state.Stamp == _stamp)
        {
            Tally(IsFile(state.KindBefore), IsFile(state.Kind), -1);
        }
        else
        {
            state.Stamp = _stamp;
            state.KindBefore = state.Kind;
            state.Before = state.Now;
        }

        Tally(IsFile(state.KindBefore), IsFile(next), 1);
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

        // A file of another name: what a hard link leads to.
        Link,
    }

    // An entry of a layer. It lies in four-byte fields with what is beside it: there may be millions of them.
    [StructLayout(LayoutKind.Sequential, Pack = 2)]
    private readonly record struct EntryPlace(ushort Layer, int Index);

    // The children that are there form a list: what once was there, and may be many, costs a removal nothing.
    private struct State
    {
        internal int FirstChild;
        internal int Previous;
        internal int Next;
        internal EntryPlace Now;

        // Before the last layer that touched the path, which is counted from 1.
        internal EntryPlace Before;
        internal ushort Stamp;
        internal Presence Kind;
        internal Presence KindBefore;
    }
}
