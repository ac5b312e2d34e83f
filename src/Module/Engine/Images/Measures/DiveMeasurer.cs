
namespace GoCross.Images;

/// <summary>
/// Computes what dive computes (wagoodman/dive, dive/filetree/efficiency.go and dive/image/analysis.go), its quirks
/// included. dive stacks all lower layers anew for each whiteout; here they are stacked once, one by one, with the sum
/// of each subtree kept, so that the work is in proportion to the entries. Layers that have whiteouts are put in order
/// first.
/// </summary>
/// <remarks>
/// The quirks, of which each has a test: parents that a layer has no entry for are nodes of no size that are no
/// directories, and lie over a directory below; what has children is not a leaf, a file with something below it included;
/// a whiteout of what is not there ends the layer, and a path that no layer ever mentions otherwise lowers the sum of
/// the smallest sizes by 1; opaque whiteouts hide nothing and make their directory an implicit one; a file over a
/// directory keeps its children; what is in the lowest layer is looked up in that layer itself.
/// </remarks>
internal sealed class DiveMeasurer
{
    // "Unset" in dive, and added up as it stands.
    private const long NoSize = -1;

    private readonly ContainerImage _image;
    private readonly CancellationToken _cancellation;
    private readonly PathTree _paths;
    private readonly Path[] _mentions;
    private readonly DiveStack _stack;

    // The last layer that looks down: whose whiteouts are looked up in those below.
    private readonly int _lastLookup;

    // Names of whiteouts whose paths no layer has.
    private readonly HashSet<int> _unknown = [];

    internal DiveMeasurer(ContainerImage image, CancellationToken cancellation)
    {
        _image = image;
        _cancellation = cancellation;
        _paths = image.Files.Paths;
        _mentions = new Path[_paths.Count];

        _stack = new DiveStack(_paths);
        _lastLookup = image.Layers.LastOrDefault(layer => DiveLayer.HasWhiteouts(layer.Contents))?.Index ?? -1;
    }

    internal DiveResult Measure()
    {
        DiveLayer? lowest = null;
        foreach (ImageLayer layer in _image.Layers)
        {
            _cancellation.ThrowIfCancellationRequested();
            var tree = new DiveLayer(layer.Contents, _image.Files);
            if (layer.Index == 0 && _lastLookup >= 0)
            {
                // dive starts from a copy of the lowest layer, its whiteouts standing there like files.
                _stack.Add(tree, applyWhiteouts: false, _cancellation);
                lowest = tree;
            }
            else if (layer.Index == 1 && _lastLookup >= 1)
            {
                // And lays the lowest layer over that copy.
                _stack.Add(lowest!, applyWhiteouts: true, _cancellation);
                lowest = null;
            }

            Visit(tree);
            if (layer.Index > 0 && layer.Index < _lastLookup)
            {
                _stack.Add(tree, applyWhiteouts: true, _cancellation);
            }
        }

        return Total();
    }

    private void Visit(DiveLayer layer)
    {
        foreach (int node in layer.Order)
        {
            if (!layer.IsLeaf(node))
            {
                continue;
            }

            if (!layer.IsWhiteout(node))
            {
                Mention(layer.Node(node), layer.Size(node));
                continue;
            }

            int target = layer.WhiteoutTarget(node);
            if (!_stack.IsPresent(target))
            {
                if (target == PathTree.None)
                {
                    _unknown.Add(layer.Node(node));
                }
                else if (_mentions[target].Count == 0)
                {
                    _mentions[target].MinSize = NoSize;
                }

                return;
            }

            Mention(target, _stack.IsDirectory(target) ? _stack.SubtreeSize(target) : 0);
        }
    }

    private void Mention(int node, long size)
    {
        ref Path path = ref _mentions[node];
        path.MinSize = path.Count == 0 || path.MinSize < 0 || size < path.MinSize ? size : path.MinSize;
        path.Sum += size;
        path.Count++;
    }

    private DiveResult Total()
    {
        long minSum = NoSize * _unknown.Count;
        long all = 0;
        long wasted = 0;
        var inefficient = new List<DiveResult.Mentions>();
        for (int node = 0; node < _mentions.Length; node++)
        {
            ref Path path = ref _mentions[node];
            minSum += path.MinSize;
            all += path.Sum;
            if (path.Count >= 2)
            {
                wasted += path.Sum;
                inefficient.Add(new DiveResult.Mentions(node, path.Sum, path.Count));
            }
        }

        inefficient.Sort(static (left, right) =>
            left.Bytes != right.Bytes ? right.Bytes.CompareTo(left.Bytes) : left.Node.CompareTo(right.Node));
        long user = 0;
        foreach (ImageLayer layer in _image.Layers.Skip(1))
        {
            user += layer.Contents.StatedSize;
        }

        return new DiveResult(all == 0 ? 1 : (double)minSum / all, wasted, user, inefficient);
    }

    private struct Path
    {
        internal long Sum;
        internal long MinSize;
        internal int Count;
    }
}
