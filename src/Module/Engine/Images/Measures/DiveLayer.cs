
namespace GoCross.Images;

/// <summary>A layer as dive sees it: a tree of its entries and whiteouts, the parents that have no entry included.</summary>
internal sealed class DiveLayer
{
    private const int NoEntry = -1;

    private readonly LayerIndex _index;
    private readonly PathTree _image;
    private readonly int[] _nodes;
    private readonly int[] _entries;
    private readonly bool[] _isThere;
    private readonly bool[] _hasChild;
    private readonly Dictionary<int, long> _whiteouts = [];

    /// <summary>Makes the tree.</summary>
    /// <param name="index">The layer.</param>
    /// <param name="files">The image's file system, of which the layer is one.</param>
    internal DiveLayer(LayerIndex index, SquashedTree files)
    {
        _index = index;
        _image = files.Paths;
        _nodes = files.NodesOf(index);
        _entries = new int[index.Paths.Count];
        _isThere = new bool[_entries.Length];
        _hasChild = new bool[_entries.Length];
        Array.Fill(_entries, NoEntry);
        bool hasWhiteouts = HasWhiteouts(index);
        FindNodes(hasWhiteouts);
        Order = hasWhiteouts ? SortedChildrenFirst() : ChildrenFirst();
    }

    /// <summary>Whether a layer has names of whiteouts, be it those of directories of which it has no entry.</summary>
    internal static bool HasWhiteouts(LayerIndex index)
    {
        for (int node = 1; node < index.Paths.Count; node++)
        {
            if (index.Paths.Name(node).StartsWith(".wh."u8))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>
    /// The nodes that are there, without the root, each after its children. With whiteouts also in the order of the
    /// names, which matters then; else it makes no difference.
    /// </summary>
    internal IReadOnlyList<int> Order { get; }

    /// <summary>The parent of a node; the root's number for what is at the top.</summary>
    internal int Parent(int node) => _index.Paths.Parent(node);

    /// <summary>The node's number in the image's tree.</summary>
    internal int Node(int node) => _nodes[node];

    internal bool IsLeaf(int node) => !_hasChild[node];

    internal bool IsWhiteout(int node) => _index.Paths.Name(node).StartsWith(".wh."u8);

    /// <summary>The node in the image's tree of what a whiteout names; none if no layer has the name.</summary>
    internal int WhiteoutTarget(int node) =>
        _image.Find(_image.Parent(_nodes[node]), _index.Paths.Name(node)[".wh.".Length..]);

    /// <summary>The size that the last header of the path states; 0 for a parent that has none.</summary>
    internal long Size(int node) => _entries[node] != NoEntry
        ? _index.StatedSizeOf(_index.Entries[_entries[node]])
        : _whiteouts.GetValueOrDefault(node);

    /// <summary>Whether the last header of the path says that it is a directory.</summary>
    internal bool IsDirectory(int node) =>
        _entries[node] != NoEntry && _index.Entries[_entries[node]].Type == ImageFileType.Directory;

    private void FindNodes(bool hasWhiteouts)
    {
        // What is called .wh..wh..x is not there, nor what lies below it; what lies above it is.
        PathTree paths = _index.Paths;
        bool[]? isHidden = hasWhiteouts ? new bool[paths.Count] : null;
        for (int node = 1; node < isHidden?.Length; node++)
        {
            isHidden[node] = isHidden[paths.Parent(node)] || paths.Name(node).StartsWith(".wh..wh.."u8);
        }

        for (int i = 0; i < _index.Entries.Count; i++)
        {
            int node = _index.Entries[i].Node;
            if (Place(node, isHidden))
            {
                _entries[node] = i;
            }
        }

        foreach (WhiteoutName whiteout in _index.WhiteoutNames)
        {
            if (Place(whiteout.Node, isHidden))
            {
                _whiteouts[whiteout.Node] = whiteout.Size;
            }
        }

        for (int node = paths.Count - 1; node > PathTree.Root; node--)
        {
            if (_isThere[node])
            {
                _isThere[paths.Parent(node)] = true;
                _hasChild[paths.Parent(node)] = true;
            }
        }
    }

    // Whether the node is there; if not, the first parent that is not hidden is.
    private bool Place(int node, bool[]? isHidden)
    {
        int at = node;
        while (isHidden is not null && isHidden[at])
        {
            at = _index.Paths.Parent(at);
        }

        _isThere[at] = true;
        return at == node && node != PathTree.Root;
    }

    // Children have greater numbers than their parents.
    private List<int> ChildrenFirst()
    {
        var order = new List<int>();
        for (int node = _isThere.Length - 1; node > PathTree.Root; node--)
        {
            if (_isThere[node])
            {
                order.Add(node);
            }
        }

        return order;
    }

    private List<int> SortedChildrenFirst()
    {
        // The children of each node lie together in one array, from the node's start to the next one's.
        PathTree paths = _index.Paths;
        int[] starts = new int[_isThere.Length + 1];
        for (int node = 1; node < _isThere.Length; node++)
        {
            starts[paths.Parent(node) + 1] += _isThere[node] ? 1 : 0;
        }

        for (int node = 0; node < _isThere.Length; node++)
        {
            starts[node + 1] += starts[node];
        }

        int[] children = new int[starts[^1]];
        int[] ends = starts[..^1];
        for (int node = 1; node < _isThere.Length; node++)
        {
            if (_isThere[node])
            {
                children[ends[paths.Parent(node)]++] = node;
            }
        }

        var order = new List<int>(children.Length);
        var open = new Stack<(int Node, int Next)>();
        open.Push((PathTree.Root, starts[PathTree.Root]));
        while (open.TryPop(out (int Node, int Next) top))
        {
            Span<int> names = children.AsSpan(starts[top.Node], ends[top.Node] - starts[top.Node]);
            if (top.Next == starts[top.Node])
            {
                names.Sort((left, right) => paths.Name(left).SequenceCompareTo(paths.Name(right)));
            }

            if (top.Next < ends[top.Node])
            {
                int child = children[top.Next];
                open.Push((top.Node, top.Next + 1));
                open.Push((child, starts[child]));
            }
            else if (top.Node != PathTree.Root)
            {
                order.Add(top.Node);
            }
        }

        return order;
    }
}
