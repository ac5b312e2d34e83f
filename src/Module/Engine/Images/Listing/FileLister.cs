using System.Collections.ObjectModel;
using GoCross.Formatting;
using GoCross.Oci;

namespace GoCross.Images;

/// <summary>
/// Lists the files of an image, or of its layers one by one: a directory before what is in it, siblings by the bytes of
/// their names. Each object is made as it is asked for; what is held meanwhile is some bytes a path.
/// </summary>
internal sealed class FileLister
{
    private static readonly ReadOnlyDictionary<string, byte[]> NoAttributes = new(new Dictionary<string, byte[]>());

    private readonly ContainerImage _image;
    private readonly CancellationToken _cancellation;
    private readonly TreeOrder _order;

    internal FileLister(ContainerImage image, CancellationToken cancellation)
    {
        _image = image;
        _cancellation = cancellation;
        _order = new TreeOrder(image.Files.Paths, cancellation);
    }

    /// <summary>The files of the file system that the layers make.</summary>
    internal IEnumerable<ImageFile> Files() => _order.Walk(_image.Files.IsPresent)
        .Where(at => at.Node != PathTree.Root || _image.Files.StateOf(at.Node).HasEntry)
        .Select(at => Describe(_image.Files, at.Node));

    /// <summary>What some layers have and remove, layer by layer from the lowest.</summary>
    /// <param name="layers">Their places, from 0.</param>
    internal IEnumerable<ImageFile> FilesOf(IReadOnlySet<int> layers)
    {
        foreach ((int layer, SquashedTree tree) in Replay(layers))
        {
            // What it removes is not part of the tree any more, but of its order.
            foreach ((int node, _) in _order.Walk(_ => true).Where(at => IsOfLayer(tree, at.Node)))
            {
                yield return Describe(tree, node, layer);
            }
        }
    }

    /// <summary>The tree of the file system that the layers make.</summary>
    /// <param name="depth">How deep it is drawn; the root's own children are at 0.</param>
    internal IEnumerable<ImageTreeItem> Tree(int depth)
    {
        var sums = new TreeSums(_image.Files.Paths);
        ChunkedList<int> files = VisibleFiles.Of(_image, _cancellation).Nodes;
        for (int i = 0; i < files.Count; i++)
        {
            sums.AddBytes(files[i], _image.Files.StateOf(files[i]).Size ?? 0);
        }

        return Draw(_image.Files, layer: null, sums, _image.Files.IsPresent, depth);
    }

    /// <summary>The trees of what some layers have and remove, one after the other from the lowest.</summary>
    /// <param name="layers">Their places, from 0.</param>
    /// <param name="depth">How deep they are drawn; the root's own children are at 0.</param>
    internal IEnumerable<ImageTreeItem> TreesOf(IReadOnlySet<int> layers, int depth)
    {
        foreach ((int layer, SquashedTree tree) in Replay(layers))
        {
            var sums = new TreeSums(tree.Paths);
            for (int node = 0; node < tree.Paths.Count; node++)
            {
                if (IsOfLayer(tree, node) && tree.StateOf(node) is { HasEntry: true, OtherNames: null } state)
                {
                    sums.AddBytes(node, state.Entry.Size);
                }
            }

            foreach (ImageTreeItem item in Draw(tree, layer, sums, node => IsOfLayer(tree, node), depth))
            {
                yield return item;
            }
        }
    }

    private static bool IsOfLayer(SquashedTree tree, int node) =>
        tree.IsTouched(node) && (tree.StateOf(node).HasEntry || tree.StateBefore(node).HasEntry);

    // Lays the layers anew, over the paths that are known: what was there below each of them is known only then.
    private IEnumerable<(int Layer, SquashedTree Tree)> Replay(IReadOnlySet<int> layers)
    {
        var tree = new SquashedTree(new BlobLabel(_image.Name), _image.Files.Limits, paths: _image.Files.Paths);
        int last = layers.Count == 0 ? -1 : layers.Max();
        foreach (ImageLayer layer in _image.Layers.Take(last + 1))
        {
            tree.Apply(layer.Contents, _cancellation);
            if (layers.Contains(layer.Index))
            {
                yield return (layer.Index, tree);
            }
        }
    }

    private IEnumerable<ImageTreeItem> Draw(
        SquashedTree tree, int? layer, TreeSums sums, Func<int, bool> isShown, int depth)
    {
        // Children have higher numbers than their parents: one pass from the end adds up all.
        for (int node = tree.Paths.Count - 1; node >= 0; node--)
        {
            FileState state = tree.StateOf(node);
            if (isShown(node))
            {
                sums.Count(node, isFile: state.IsPresent && state.Type != ImageFileType.Directory);
            }

            sums.AddToParent(node);
        }

        yield return Item(PathTree.Root, 0, string.Empty);
        var open = new Stack<(int Node, int Next, string Branch)>();
        open.Push((PathTree.Root, 0, string.Empty));
        while (open.TryPop(out (int Node, int Next, string Branch) at))
        {
            _cancellation.ThrowIfCancellationRequested();
            int next = NextShown(at.Node, at.Next);
            if (next == _order.CountOf(at.Node))
            {
                continue;
            }

            int child = _order.Child(at.Node, next);
            bool isLast = NextShown(at.Node, next + 1) == _order.CountOf(at.Node);
            open.Push((at.Node, next + 1, at.Branch));
            int level = open.Count;
            yield return Item(child, level, at.Branch + (isLast ? "\u2514\u2500\u2500 " : "\u251C\u2500\u2500 "));
            if (level <= depth)
            {
                open.Push((child, 0, at.Branch + (isLast ? "    " : "\u2502   ")));
            }
        }

        int NextShown(int node, int place)
        {
            while (place < _order.CountOf(node) && !sums.IsShown(_order.Child(node, place)))
            {
                place++;
            }

            return place;
        }

        // A directory that the layer does not mention is there because of what is in it.
        ImageTreeItem Item(int node, int level, string branch)
        {
            ImageFile file = layer is not { } number ? Describe(tree, node)
                : IsOfLayer(tree, node) ? Describe(tree, node, number)
                : Describe(tree, node) with { Change = FileChangeKind.None };
            return new ImageTreeItem(file, level, branch, sums.BytesOf(node), sums.FilesOf(node));
        }
    }

    // A path as it is now.
    private ImageFile Describe(SquashedTree tree, int node)
    {
        FileState state = tree.StateOf(node);
        return Describe(
            tree.Paths.PathOf(node),
            state,
            state.HasEntry ? state.Layer : null,
            FileState.Difference(tree.StateBefore(node), state));
    }

    // A path that the layer laid last touched: as it is, be it a directory that it only implies, or as it was before the
    // layer removed it.
    private ImageFile Describe(SquashedTree tree, int node, int layer)
    {
        FileState before = tree.StateBefore(node);
        FileState after = tree.StateOf(node);
        return Describe(
            tree.Paths.PathOf(node), after.IsPresent ? after : before, layer, FileState.Difference(before, after));
    }

    private ImageFile Describe(string path, in FileState state, int? layer, FileChangeKind change)
    {
        _cancellation.ThrowIfCancellationRequested();
        return new ImageFile
        {
            Image = _image.Name,
            Path = path,
            Type = state.Type,
            Size = state.Size ?? 0,
            Mode = state.Mode,
            UserId = state.HasEntry ? state.Entry.UserId : null,
            GroupId = state.HasEntry ? state.Entry.GroupId : null,
            Owner = state.Owner,
            LinkTarget = state.Type == ImageFileType.SymbolicLink ? state.LinkTarget : null,
            HardLinkTo = state.Type == ImageFileType.HardLink ? state.LinkTarget : state.HardLinkTo,
            ExtendedAttributes = AttributesOf(state.Extra),
            Layer = layer,
            Change = change,
        };
    }

    private static ReadOnlyDictionary<string, byte[]> AttributesOf(EntryExtra? extra)
    {
        if (extra is null || extra.ExtendedAttributes.Count == 0)
        {
            return NoAttributes;
        }

        var attributes = new Dictionary<string, byte[]>();
        foreach ((byte[] name, byte[] value) in extra.ExtendedAttributes)
        {
            attributes[ByteText.Decode(name)] = value;
        }

        return new ReadOnlyDictionary<string, byte[]>(attributes);
    }
}
