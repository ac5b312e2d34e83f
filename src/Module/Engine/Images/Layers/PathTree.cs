using System.IO.Hashing;
using GoCross.Formatting;

namespace GoCross.Images;

/// <summary>
/// Paths as a tree of names, each name stored once, each node a number. The root is 0, and a parent's number is always
/// less than its children's. Names are bytes: a file system's names need not be UTF-8.
/// </summary>
internal sealed class PathTree
{
    internal const int Root = 0;
    internal const int None = -1;

    /// <summary>About what a node costs in memory without its name, in bytes: the node, its bucket.</summary>
    internal const int NodeCost = 40;

    private const int FirstNameChunk = 256;
    private const int NameChunkBits = 16;
    private const int NameChunkSize = 1 << NameChunkBits;

    // A stranger cannot aim at a hash whose seed he does not know.
    private static readonly long Seed = Random.Shared.NextInt64();

    private readonly ChunkedList<Node> _nodes = new();
    private readonly List<byte[]> _names = [];
    private int[] _buckets = new int[16];
    private int _nameEnd;
    private long _nameCapacity;

    /// <summary>A tree with its root alone.</summary>
    /// <param name="ignoresCase">Whether a name is found in whatever case it is written, as on Windows.</param>
    internal PathTree(bool ignoresCase = false)
    {
        IgnoresCase = ignoresCase;
        Array.Fill(_buckets, None);
        _nodes.Add(new Node { Parent = None, NextInBucket = None });
    }

    /// <summary>Whether a name is found in whatever case it is written. It keeps the first that there was.</summary>
    internal bool IgnoresCase { get; }

    /// <summary>How many nodes there are, the root included.</summary>
    internal int Count => _nodes.Count;

    /// <summary>About how much memory it takes, in bytes.</summary>
    internal long Cost => ((long)_nodes.Count * NodeCost) + _nameCapacity;

    internal int Parent(int node) => _nodes[node].Parent;

    internal ReadOnlySpan<byte> Name(int node)
    {
        ref Node found = ref _nodes[node];
        return found.NameLength == 0
            ? []
            : _names[found.NameOffset >> NameChunkBits].AsSpan(found.NameOffset & (NameChunkSize - 1), found.NameLength);
    }

    /// <summary>The child of a name, or <see cref="None"/>.</summary>
    internal int Find(int parent, ReadOnlySpan<byte> name) => Find(parent, name, Hash(parent, name));

    /// <summary>The child of a name, made if need be.</summary>
    internal int Add(int parent, ReadOnlySpan<byte> name)
    {
        uint hash = Hash(parent, name);
        int node = Find(parent, name, hash);
        if (node != None)
        {
            return node;
        }

        if (_nodes.Count >= _buckets.Length)
        {
            Rehash();
        }

        ref int bucket = ref _buckets[hash & (uint)(_buckets.Length - 1)];
        node = _nodes.Add(new Node
        {
            Parent = parent,
            NextInBucket = bucket,
            Hash = hash,
            NameOffset = Store(name),
            NameLength = name.Length,
        });
        bucket = node;
        return node;
    }

    /// <summary>
    /// The node of a path as an archive has it, made if need be. The path is cleaned as containerd cleans it: rooted,
    /// with "." and empty parts left out and ".." going up no further than the root.
    /// </summary>
    internal int AddPath(ReadOnlySpan<byte> path) => Walk(path, add: true);

    /// <summary>The node of a path, or <see cref="None"/>.</summary>
    internal int FindPath(ReadOnlySpan<byte> path) => Walk(path, add: false);

    /// <summary>The path of a node, from the root: /usr/bin/env. Bytes that are not UTF-8 are as <see cref="ByteText"/> has them.</summary>
    internal string PathOf(int node)
    {
        if (node == Root)
        {
            return "/";
        }

        int length = 0;
        for (int at = node; at != Root; at = Parent(at))
        {
            length += Name(at).Length + 1;
        }

        byte[] path = new byte[length];
        for (int at = node; at != Root; at = Parent(at))
        {
            ReadOnlySpan<byte> name = Name(at);
            length -= name.Length;
            name.CopyTo(path.AsSpan(length));
            path[--length] = (byte)'/';
        }

        return ByteText.Decode(path);
    }

    private static byte[] InOneCase(ReadOnlySpan<byte> name) => ByteText.Encode(ByteText.Decode(name).ToUpperInvariant());

    private uint Hash(int parent, ReadOnlySpan<byte> name) =>
        (uint)XxHash3.HashToUInt64(IgnoresCase ? InOneCase(name) : name, Seed ^ ((long)parent << 17));

    private bool IsName(int node, ReadOnlySpan<byte> name) => Name(node).SequenceEqual(name)
        || (IgnoresCase && InOneCase(Name(node)).AsSpan().SequenceEqual(InOneCase(name)));

    private int Walk(ReadOnlySpan<byte> path, bool add)
    {
        int node = Root;
        while (!path.IsEmpty && node != None)
        {
            int slash = path.IndexOf((byte)'/');
            ReadOnlySpan<byte> name = slash < 0 ? path : path[..slash];
            path = slash < 0 ? [] : path[(slash + 1)..];
            if (name.SequenceEqual(".."u8))
            {
                node = node == Root ? Root : Parent(node);
            }
            else if (!name.IsEmpty && !name.SequenceEqual("."u8))
            {
                node = add ? Add(node, name) : Find(node, name);
            }
        }

        return node;
    }

    private int Find(int parent, ReadOnlySpan<byte> name, uint hash)
    {
        int node = _buckets[hash & (uint)(_buckets.Length - 1)];
        while (node != None)
        {
            ref Node candidate = ref _nodes[node];
            if (candidate.Hash == hash && candidate.Parent == parent && IsName(node, name))
            {
                return node;
            }

            node = candidate.NextInBucket;
        }

        return None;
    }

    private void Rehash()
    {
        _buckets = new int[_buckets.Length * 4];
        Array.Fill(_buckets, None);
        for (int node = 1; node < _nodes.Count; node++)
        {
            ref int bucket = ref _buckets[_nodes[node].Hash & (uint)(_buckets.Length - 1)];
            _nodes[node].NextInBucket = bucket;
            bucket = node;
        }
    }

    // A name lies whole in one chunk: the limit on paths is less than a chunk. The first chunk starts small and grows,
    // for a layer often has three names.
    private int Store(ReadOnlySpan<byte> name)
    {
        int used = _nameEnd & (NameChunkSize - 1);
        if (_names.Count == 0 || used + name.Length > NameChunkSize || (_nameEnd >> NameChunkBits) == _names.Count)
        {
            _nameEnd = _names.Count << NameChunkBits;
            used = 0;
            _names.Add(new byte[_names.Count == 0 ? FirstNameChunk : NameChunkSize]);
            _nameCapacity += _names[^1].Length;
        }

        byte[] chunk = _names[^1];
        if (used + name.Length > chunk.Length)
        {
            _nameCapacity -= chunk.Length;
            Array.Resize(ref chunk, Math.Min(NameChunkSize, Math.Max(chunk.Length * 4, used + name.Length)));
            _nameCapacity += chunk.Length;
            _names[^1] = chunk;
        }

        int offset = _nameEnd;
        name.CopyTo(chunk.AsSpan(used));
        _nameEnd += name.Length;
        return offset;
    }

    private struct Node
    {
        internal int Parent;
        internal int NextInBucket;
        internal int NameOffset;
        internal int NameLength;
        internal uint Hash;
    }
}
