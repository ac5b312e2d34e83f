namespace GoCross.Images;

/// <summary>
/// The children of every node of a tree, ordered by the bytes of their names, so that paths can be walked in order.
/// Costs eight bytes a node; the tree must not grow meanwhile.
/// </summary>
internal sealed class TreeOrder
{
    private readonly int[] _starts;
    private readonly int[] _children;

    /// <summary>Orders a tree.</summary>
    internal TreeOrder(PathTree paths, CancellationToken cancellation)
    {
        // How many children each node has, then where those of each begin, then who they are.
        _starts = new int[paths.Count + 1];
        _children = new int[paths.Count - 1];
        for (int node = 1; node < paths.Count; node++)
        {
            _starts[paths.Parent(node) + 1]++;
        }

        for (int node = 0; node < paths.Count; node++)
        {
            _starts[node + 1] += _starts[node];
        }

        int[] next = _starts[..paths.Count];
        for (int node = 1; node < paths.Count; node++)
        {
            _children[next[paths.Parent(node)]++] = node;
        }

        for (int node = 0; node < paths.Count; node++)
        {
            if (node % 4096 == 0)
            {
                cancellation.ThrowIfCancellationRequested();
            }

            _children.AsSpan(_starts[node].._starts[node + 1])
                .Sort((left, right) => paths.Name(left).SequenceCompareTo(paths.Name(right)));
        }
    }

    /// <summary>How many children a node has.</summary>
    internal int CountOf(int node) => _starts[node + 1] - _starts[node];

    /// <summary>A node's child, by its place among its siblings.</summary>
    internal int Child(int node, int place) => _children[_starts[node] + place];

    /// <summary>Nodes with how deep they lie, the root being 0: a directory before what is in it, siblings by name.</summary>
    /// <param name="enters">Whether a node, and with it what is below it, is walked.</param>
    internal IEnumerable<(int Node, int Depth)> Walk(Func<int, bool> enters)
    {
        yield return (PathTree.Root, 0);
        var open = new Stack<(int Node, int Next)>();
        open.Push((PathTree.Root, 0));
        while (open.TryPop(out (int Node, int Next) at))
        {
            if (at.Next < CountOf(at.Node))
            {
                int child = Child(at.Node, at.Next);
                open.Push((at.Node, at.Next + 1));
                if (enters(child))
                {
                    yield return (child, open.Count);
                    open.Push((child, 0));
                }
            }
        }
    }
}
