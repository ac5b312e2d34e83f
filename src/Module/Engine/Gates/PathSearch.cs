using GoCross.Images;

namespace GoCross.Gates;

/// <summary>Looks for paths in an image: in its file system, and in what its layers hold besides.</summary>
internal static class PathSearch
{
    /// <summary>Looks for all patterns in one pass.</summary>
    internal static IReadOnlyList<PathFinding> Find(
        ContainerImage image, IReadOnlyList<PathPattern> patterns, CancellationToken cancellation)
    {
        PathTree paths = image.Files.Paths;
        var visible = patterns.Select(_ => new List<string>()).ToArray();
        var others = new List<(int Pattern, int Node)>();
        for (int node = 1; node < paths.Count; node++)
        {
            if (node % 4096 == 0)
            {
                cancellation.ThrowIfCancellationRequested();
            }

            string path = paths.PathOf(node);
            bool isPresent = image.Files.IsPresent(node);
            for (int i = 0; i < patterns.Count; i++)
            {
                if (patterns[i].Matches(path))
                {
                    if (isPresent)
                    {
                        visible[i].Add(path);
                    }
                    else
                    {
                        others.Add((i, node));
                    }
                }
            }
        }

        Dictionary<int, int> layers = LayersOf(image, [.. others.Select(other => other.Node)], cancellation);
        return
        [
            .. patterns.Select((pattern, i) => new PathFinding(
                pattern,
                [.. visible[i].Order(StringComparer.Ordinal)],
                [
                    .. others
                        .Where(other => other.Pattern == i && layers.ContainsKey(other.Node))
                        .Select(other => new HiddenPath(paths.PathOf(other.Node), layers[other.Node]))
                        .OrderBy(hidden => hidden.Path, StringComparer.Ordinal),
                ])),
        ];
    }

    // The topmost layer that has each of some nodes, or something below it. What only whiteouts name is in none.
    private static Dictionary<int, int> LayersOf(ContainerImage image, HashSet<int> wanted, CancellationToken cancellation)
    {
        var found = new Dictionary<int, int>();
        if (wanted.Count == 0)
        {
            return found;
        }

        foreach (ImageLayer layer in image.Layers)
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
}
