using GoCross.Formatting;
using GoCross.Oci;

namespace GoCross.Images;

/// <summary>
/// Finds the paths of an image that a pattern means: in its file system, and in what its layers hold besides. A path is
/// looked up through the image's own links, as a process in a container would find it: where /bin is a link to usr/bin,
/// /bin/sh means /usr/bin/sh.
/// </summary>
/// <param name="image">The image.</param>
/// <param name="cancellation">Ends the search.</param>
internal sealed class PathSearch(ContainerImage image, CancellationToken cancellation)
{
    private readonly PathTree _paths = image.Files.Paths;
    private Tree? _everything;
    private bool _hasTurned;

    /// <summary>The nodes in the image's file system that a pattern means.</summary>
    internal IReadOnlySet<int> Visible(PathPattern pattern) => pattern.IsName
        ? Named(pattern, image.Files.IsPresent)
        : Walk(pattern, new Tree(image.Files.FirstChildOf, image.Files.NextOf, new TreeLinks(image.Files)));

    /// <summary>
    /// The nodes that only layers have, and layers above remove, each with the topmost layer that has it or something
    /// below it, from 0.
    /// </summary>
    internal IReadOnlyDictionary<int, int> Hidden(PathPattern pattern)
    {
        HashSet<int> found = pattern.IsName ? Named(pattern, _ => true) : Walk(pattern, _everything ??= OfAllLayers());
        if (!pattern.IsName && _hasTurned)
        {
            // What was a link in one layer is something else in another: each file system that layers made counts.
            var tree = new SquashedTree(new BlobLabel(image.Name), image.Files.Limits, paths: _paths);
            foreach (ImageLayer layer in image.Layers)
            {
                tree.Apply(layer.Contents, cancellation);
                found.UnionWith(Walk(pattern, new Tree(tree.FirstChildOf, tree.NextOf, new TreeLinks(tree))));
            }
        }

        found.RemoveWhere(image.Files.IsPresent);
        return LayersOf(found);
    }

    private HashSet<int> Named(PathPattern pattern, Func<int, bool> isWanted)
    {
        var found = new HashSet<int>();
        for (int node = 1; node < _paths.Count; node++)
        {
            CheckEvery(node);
            if (isWanted(node) && pattern.Matches(ByteText.Decode(_paths.Name(node))))
            {
                found.Add(node);
            }
        }

        return found;
    }

    private HashSet<int> Walk(PathPattern pattern, Tree tree)
    {
        // A directory is entered once for each state of the pattern: so links may go in circles, and to one directory
        // a thousand times.
        var found = new HashSet<int>();
        var entered = new HashSet<(int Node, string State)>();
        var open = new Stack<(int Node, string State)>();
        char[] slash = new char[pattern.MaxState];
        char[] state = new char[pattern.MaxState];
        Enter(PathTree.Root, pattern.Start);
        if (image.IsWindows)
        {
            // What a container has as drive C lies here in a Windows layer.
            Enter(_paths.Find(PathTree.Root, "Files"u8), pattern.Start);
        }

        int count = 0;
        while (open.TryPop(out (int Node, string State) at))
        {
            int slashLength = pattern.Advance(at.State, "/", slash);
            for (int child = tree.First(at.Node); slashLength > 0 && child != PathTree.None; child = tree.Next(child))
            {
                CheckEvery(++count);
                int length = pattern.Advance(slash.AsSpan(0, slashLength), ByteText.Decode(_paths.Name(child)), state);
                if (pattern.Accepts(state.AsSpan(0, length)))
                {
                    found.Add(child);
                }

                if (length > 0)
                {
                    Enter(tree.Links.FollowLink(child), state.AsSpan(0, length));
                }
            }
        }

        return found;

        void Enter(int node, ReadOnlySpan<char> at)
        {
            if (node != PathTree.None && tree.First(node) != PathTree.None && at.ToString() is var text && entered.Add((node, text)))
            {
                open.Push((node, text));
            }
        }
    }

    // All paths that any layer has had, with the links that the topmost layer with one has there.
    private Tree OfAllLayers()
    {
        int[] first = new int[_paths.Count];
        int[] next = new int[_paths.Count];
        Array.Fill(first, PathTree.None);
        for (int node = 1; node < first.Length; node++)
        {
            next[node] = first[_paths.Parent(node)];
            first[_paths.Parent(node)] = node;
        }

        var targets = new Dictionary<int, byte[]>();
        foreach (ImageLayer layer in image.Layers)
        {
            int[]? nodes = null;
            for (int i = 0; i < layer.Contents.Entries.Count; i++)
            {
                CheckEvery(i);
                LayerEntry entry = layer.Contents.Entries[i];
                if (entry.Type == ImageFileType.SymbolicLink)
                {
                    nodes ??= image.Files.NodesOf(layer.Contents);
                    int node = nodes[entry.Node];
                    byte[] target = layer.Contents.ExtraOf(entry)?.LinkTarget ?? [];
                    _hasTurned |= first[node] != PathTree.None
                        || (targets.TryGetValue(node, out byte[]? other) && !target.AsSpan().SequenceEqual(other));
                    targets[node] = target;
                }
            }
        }

        return new Tree(
            node => first[node], node => next[node], new TreeLinks(_paths, static _ => true, targets.GetValueOrDefault));
    }

    // What only whiteouts name is in no layer.
    private Dictionary<int, int> LayersOf(HashSet<int> wanted)
    {
        var found = new Dictionary<int, int>();
        foreach (ImageLayer layer in wanted.Count == 0 ? [] : image.Layers)
        {
            cancellation.ThrowIfCancellationRequested();
            LayerIndex contents = layer.Contents;
            int[] nodes = image.Files.NodesOf(contents);
            bool[] isThere = new bool[nodes.Length];
            for (int i = 0; i < contents.Entries.Count; i++)
            {
                isThere[contents.Entries[i].Node] = true;
            }

            for (int node = nodes.Length - 1; node > PathTree.Root; node--)
            {
                if (isThere[node])
                {
                    isThere[contents.Paths.Parent(node)] = true;
                    if (wanted.Contains(nodes[node]))
                    {
                        found[nodes[node]] = layer.Index;
                    }
                }
            }
        }

        return found;
    }

    private void CheckEvery(int count)
    {
        if (count % 4096 == 0)
        {
            cancellation.ThrowIfCancellationRequested();
        }
    }

    /// <summary>What is walked: of each node its first child, of each child the next, and the links.</summary>
    private sealed record Tree(Func<int, int> First, Func<int, int> Next, TreeLinks Links);
}
