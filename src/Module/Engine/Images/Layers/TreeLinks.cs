using GoCross.Files;

namespace GoCross.Images;

/// <summary>
/// Follows the symbolic links of a tree as a process does whose root it is (path_resolution(7)): one with an absolute
/// target starts at the root again, and no .. leads out of it. Not safe for several threads.
/// </summary>
/// <param name="paths">The paths.</param>
/// <param name="isThere">Whether a path is there.</param>
/// <param name="targetOf">The target of a symbolic link; null for all else.</param>
internal sealed class TreeLinks(PathTree paths, Func<int, bool> isThere, Func<int, byte[]?> targetOf)
{
    // What a container of Windows has as drive C lies in a directory of the layers.
    private readonly int _drive = paths.IgnoresCase && paths.Find(PathTree.Root, "Files"u8) is var files and not PathTree.None ? files : PathTree.Root;

    /// <summary>Sees the file system that layers make.</summary>
    internal TreeLinks(SquashedTree tree)
        : this(tree.Paths, tree.IsPresent, tree.LinkTargetOf)
    {
    }

    /// <summary>The node that a path leads to in the end, or <see cref="PathTree.None"/>: nothing is there, or links go in a circle.</summary>
    /// <param name="path">The path, from the root.</param>
    internal int Follow(ReadOnlyMemory<byte> path) => Follow(PathTree.Root, path);

    /// <summary>The node that a link leads to in the end; the node itself, if it is not a link.</summary>
    internal int FollowLink(int node) =>
        TargetOf(node) is { } target ? Follow(IsAbsolute(target) ? _drive : paths.Parent(node), target.TrimStart((byte)'/')) : node;

    private static bool IsAbsolute(ReadOnlyMemory<byte> path) => path.Span is [(byte)'/', ..];

    // Of Windows with slashes, and without the drive: C:\Windows, \??\C:\Windows.
    private ReadOnlyMemory<byte>? TargetOf(int node)
    {
        if (targetOf(node) is not { } target)
        {
            return null;
        }

        if (!paths.IgnoresCase)
        {
            return target;
        }

        byte[] slashed = [.. target.Select(value => value == (byte)'\\' ? (byte)'/' : value)];
        ReadOnlyMemory<byte> path = slashed.AsMemory(slashed.AsSpan().StartsWith("/??/"u8) ? 4 : 0);
        return path.Span is [_, (byte)':', ..] ? (byte[])[(byte)'/', .. path.Span[2..]] : path;
    }

    private int Follow(int start, ReadOnlyMemory<byte> path)
    {
        // What is still to go, the next on top.
        var ahead = new Stack<ReadOnlyMemory<byte>>();
        ahead.Push(path);
        int at = path.Span is [(byte)'/', ..] ? PathTree.Root : start;
        int links = 0;
        while (ahead.TryPop(out ReadOnlyMemory<byte> rest))
        {
            int slash = rest.Span.IndexOf((byte)'/');
            ReadOnlySpan<byte> name = slash < 0 ? rest.Span : rest.Span[..slash];
            if (slash >= 0)
            {
                ahead.Push(rest[(slash + 1)..]);
            }

            if (name.IsEmpty || name.SequenceEqual("."u8))
            {
                continue;
            }

            if (name.SequenceEqual(".."u8))
            {
                at = at == PathTree.Root || at == _drive ? at : paths.Parent(at);
                continue;
            }

            int next = paths.Find(at, name);
            if (next == PathTree.None || !isThere(next))
            {
                return PathTree.None;
            }

            if (TargetOf(next) is not { } target)
            {
                at = next;
                continue;
            }

            if (++links > UnixPath.MaxLinks)
            {
                return PathTree.None;
            }

            ahead.Push(target);
            at = IsAbsolute(target) ? _drive : at;
        }

        return at;
    }
}
