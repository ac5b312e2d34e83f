
namespace GoCross.Images;

/// <summary>Layers laid over each other as dive lays them, with the sum of the sizes of each subtree.</summary>
/// <param name="paths">The paths of the image.</param>
internal sealed class DiveStack(PathTree paths)
{
    // The root is not a child.
    private const int NoChild = PathTree.Root;

    private readonly State[] _states = new State[paths.Count];

    internal bool IsPresent(int node) => node != PathTree.None && (node == PathTree.Root || _states[node].IsPresent);

    /// <summary>Whether the topmost layer that has the path, as entry or as parent, has a header of a directory for it.</summary>
    internal bool IsDirectory(int node) => _states[node].IsDirectory;

    /// <summary>The sizes of a node and all below it, added up.</summary>
    internal long SubtreeSize(int node) => _states[node].SubtreeSize;

    /// <summary>Lays a layer over what is there.</summary>
    /// <param name="layer">The layer.</param>
    /// <param name="applyWhiteouts">Whether whiteouts remove what they name, or stand there as files do.</param>
    /// <param name="cancellation">Ends the work.</param>
    internal void Add(DiveLayer layer, bool applyWhiteouts, CancellationToken cancellation)
    {
        // What the subtrees have grown by, from children to parents, by the layer's nodes.
        var growth = new Dictionary<int, long>();
        foreach (int node in layer.Order)
        {
            cancellation.ThrowIfCancellationRequested();
            growth.Remove(node, out long grown);
            int placed = layer.Node(node);
            if (applyWhiteouts && layer.IsWhiteout(node))
            {
                // Entries below a directory with such a name are there all the same.
                if (IsPresent(placed))
                {
                    _states[placed].SubtreeSize += grown;
                }

                int target = layer.WhiteoutTarget(node);
                grown -= target == PathTree.None ? 0 : Remove(target);
            }
            else
            {
                Require(placed);
                ref State state = ref _states[placed];
                grown += layer.Size(node) - state.Size;
                state.Size = layer.Size(node);
                state.IsDirectory = layer.IsDirectory(node);
                state.SubtreeSize += grown;
            }

            if (grown != 0)
            {
                int parent = layer.Parent(node);
                growth[parent] = growth.GetValueOrDefault(parent) + grown;
            }
        }
    }

    // Makes a node and its parents present.
    private void Require(int node)
    {
        for (int at = node; at != PathTree.Root && !_states[at].IsPresent; at = paths.Parent(at))
        {
            ref State state = ref _states[at];
            ref State parent = ref _states[paths.Parent(at)];
            state.IsPresent = true;
            state.Next = parent.FirstChild;
            if (parent.FirstChild != NoChild)
            {
                _states[parent.FirstChild].Previous = at;
            }

            parent.FirstChild = at;
        }
    }

    // Gives the size that went.
    private long Remove(int node)
    {
        ref State state = ref _states[node];
        if (!state.IsPresent)
        {
            return 0;
        }

        long size = state.SubtreeSize;
        if (state.Previous != NoChild)
        {
            _states[state.Previous].Next = state.Next;
        }
        else
        {
            _states[paths.Parent(node)].FirstChild = state.Next;
        }

        if (state.Next != NoChild)
        {
            _states[state.Next].Previous = state.Previous;
        }

        var pending = new Stack<int>();
        pending.Push(node);
        while (pending.TryPop(out int removed))
        {
            for (int child = _states[removed].FirstChild; child != NoChild; child = _states[child].Next)
            {
                pending.Push(child);
            }

            _states[removed] = default;
        }

        return size;
    }

    private struct State
    {
        internal long Size;
        internal long SubtreeSize;
        internal int FirstChild;
        internal int Previous;
        internal int Next;
        internal bool IsPresent;
        internal bool IsDirectory;
    }
}
