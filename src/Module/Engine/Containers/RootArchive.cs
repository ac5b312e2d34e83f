using System.Buffers;

namespace GoCross.Containers;

/// <summary>Packs entries of a root file system: same entries, same bytes, whatever the machine.</summary>
internal static class RootArchive
{
    /// <summary>
    /// Makes a ustar archive. Entries are sorted by the bytes of their paths, so that a directory comes before what is
    /// in it; directories named twice come once; directories on the way that nobody named are added.
    /// </summary>
    /// <param name="entries">The entries, in any order. A hard link's file sorts before the link.</param>
    /// <param name="time">The modification time of them all, in seconds since 1970.</param>
    internal static byte[] Create(IEnumerable<RootEntry> entries, long time)
    {
        var sorted = new SortedDictionary<string, RootEntry>(StringComparer.Ordinal);
        foreach (RootEntry entry in entries)
        {
            for (int slash = entry.Path.IndexOf('/', StringComparison.Ordinal);
                slash >= 0;
                slash = entry.Path.IndexOf('/', slash + 1))
            {
                sorted.TryAdd(entry.Path[..slash], RootEntry.Directory(entry.Path[..slash]));
            }

            sorted[entry.Path] = entry;
        }

        var archive = new ArrayBufferWriter<byte>();
        foreach (RootEntry entry in sorted.Values)
        {
            string name = entry.Type == UstarType.Directory ? entry.Path + "/" : entry.Path;
            Ustar.WriteHeader(
                archive.GetSpan(Ustar.BlockSize),
                name, entry.Type, entry.Mode, entry.Content.Length, entry.UserId, entry.GroupId, time, entry.LinkName);
            archive.Advance(Ustar.BlockSize);
            archive.Write(entry.Content.Span);
            Fill(archive, Ustar.Padding(entry.Content.Length));
        }

        Fill(archive, Ustar.EndLength);
        return archive.WrittenSpan.ToArray();
    }

    private static void Fill(ArrayBufferWriter<byte> archive, int count)
    {
        if (count > 0)
        {
            archive.GetSpan(count)[..count].Clear();
            archive.Advance(count);
        }
    }
}
