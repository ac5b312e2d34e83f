
namespace GoCross.Images;

/// <summary>Bytes and files in each directory of a tree and below, added up from the leaves.</summary>
internal sealed class TreeSums(PathTree paths)
{
    private readonly long[] _bytes = new long[paths.Count];
    private readonly int[] _files = new int[paths.Count];
    private readonly bool[] _shown = new bool[paths.Count];

    /// <summary>Adds bytes of a path's own.</summary>
    internal void AddBytes(int node, long bytes) => _bytes[node] = Sum(_bytes[node], bytes);

    /// <summary>Counts a path that the tree shows.</summary>
    internal void Count(int node, bool isFile)
    {
        _shown[node] = true;
        _files[node] += isFile ? 1 : 0;
    }

    /// <summary>Adds a path's sums to its directory's. To be called for each node once, the highest number first.</summary>
    internal void AddToParent(int node)
    {
        if (node == PathTree.Root)
        {
            return;
        }

        int parent = paths.Parent(node);
        AddBytes(parent, _bytes[node]);
        _files[parent] += _files[node];
        _shown[parent] |= _shown[node];
    }

    /// <summary>Whether the tree shows a path, if only because it shows something below it.</summary>
    internal bool IsShown(int node) => _shown[node];

    internal long BytesOf(int node) => _bytes[node];

    internal int FilesOf(int node) => _files[node];

    // A sparse file may claim an exbibyte, and there may be several.
    private static long Sum(long left, long right) => Math.Min(left, long.MaxValue - right) + right;
}
