using GoCross.Errors;
using GoCross.Files;

namespace GoCross.Sboms;

/// <summary>The packages of a database that one file holds, each with the first layer whose database has it in that version.</summary>
internal static class PackageHistory
{
    /// <summary>Reads a database.</summary>
    /// <param name="tree">Where.</param>
    /// <param name="path">The database's path.</param>
    /// <param name="maxBytes">The most bytes it may have.</param>
    /// <param name="parse">Reads the packages of one version of it.</param>
    /// <param name="cancellation">Ends the reading.</param>
    /// <exception cref="GoCrossException">PackageDatabaseTooLong.</exception>
    internal static IReadOnlyList<SystemPackage> Read(
        SystemTree tree,
        string path,
        int maxBytes,
        Func<byte[], SbomPlace, IEnumerable<SystemPackage>> parse,
        CancellationToken cancellation)
    {
        var first = new Dictionary<(string Name, string Version, string? Architecture), SystemPackage>();
        List<SystemPackage> now = [];
        if (tree.TryOpen(path) is not { } current)
        {
            return now; // Not there, or removed by a layer above.
        }

        current.Dispose();
        foreach ((SbomPlace place, Func<IRandomAccessSource?> open) in tree.Versions(path))
        {
            cancellation.ThrowIfCancellationRequested();
            using IRandomAccessSource? source = open();
            if (source is null)
            {
                continue;
            }

            byte[] content = SystemTree.TryRead(source, maxBytes) ?? throw GoCrossException.Create(
                ErrorKind.LimitExceeded, nameof(Messages.PackageDatabaseTooLong), source.Name, source.Length, maxBytes);
            now = [.. parse(content, place)];
            foreach (SystemPackage package in now)
            {
                first.TryAdd((package.Name, package.Version, package.Architecture), package);
            }
        }

        return [.. now.Select(package => package with { Place = first[(package.Name, package.Version, package.Architecture)].Place })];
    }
}
