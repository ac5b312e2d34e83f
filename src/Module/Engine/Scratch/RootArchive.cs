using GoCross.Errors;

namespace GoCross.Scratch;

/// <summary>Packs entries of a root file system: same entries, same bytes, whatever the machine.</summary>
internal static class RootArchive
{
    /// <summary>
    /// Makes a ustar archive. Entries are sorted by the bytes of their paths, so that a directory comes before what is
    /// in it; directories named twice come once; directories on the way that nobody named are added.
    /// </summary>
    /// <param name="entries">The entries, in any order. A hard link's file sorts before the link.</param>
    /// <param name="time">The modification time of them all, in seconds since 1970.</param>
    /// <exception cref="GoCrossException">What <see cref="Write"/> throws.</exception>
    /// <exception cref="IOException">A file of an entry cannot be read.</exception>
    /// <exception cref="UnauthorizedAccessException">A file of an entry may not be read.</exception>
    internal static byte[] Create(IEnumerable<RootEntry> entries, long time)
    {
        using var archive = new MemoryStream();
        Write(archive, entries, time, CancellationToken.None);
        return archive.ToArray();
    }

    /// <summary>Writes the archive that <see cref="Create"/> makes to a stream, files in pieces.</summary>
    /// <param name="archive">The stream.</param>
    /// <param name="entries">The entries.</param>
    /// <param name="time">The modification time of them all, in seconds since 1970.</param>
    /// <param name="cancellation">Ends it.</param>
    /// <exception cref="GoCrossException">
    /// BinaryTooLong: a file is longer than an archive's can be; BinaryChanged: one changed since it was looked at;
    /// ImagePathTooLong.
    /// </exception>
    /// <exception cref="IOException">A file of an entry cannot be read, or the stream not be written.</exception>
    /// <exception cref="UnauthorizedAccessException">A file of an entry may not be read.</exception>
    internal static void Write(Stream archive, IEnumerable<RootEntry> entries, long time, CancellationToken cancellation)
    {
        Span<byte> block = stackalloc byte[Ustar.BlockSize];
        foreach (RootEntry entry in Sort(entries))
        {
            cancellation.ThrowIfCancellationRequested();
            if (entry.Length > Ustar.MaxFileLength)
            {
                throw GoCrossException.Create(
                    ErrorKind.LimitExceeded,
                    nameof(Messages.BinaryTooLong),
                    entry.Source?.Path ?? entry.Path,
                    entry.Length,
                    Ustar.MaxFileLength);
            }

            string name = entry.Type == UstarType.Directory ? entry.Path + "/" : entry.Path;
            Ustar.WriteHeader(block, name, entry.Type, entry.Mode, entry.Length, entry.UserId, entry.GroupId, time, entry.LinkName);
            archive.Write(block);
            if (entry.Source is { } source)
            {
                source.CopyTo(piece => archive.Write(piece.Span), cancellation);
            }
            else
            {
                archive.Write(entry.Content.Span);
            }

            Fill(archive, Ustar.Padding(entry.Length));
        }

        Fill(archive, Ustar.EndLength);
    }

    private static SortedDictionary<string, RootEntry>.ValueCollection Sort(IEnumerable<RootEntry> entries)
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

        return sorted.Values;
    }

    private static void Fill(Stream archive, int count)
    {
        Span<byte> zeros = stackalloc byte[Ustar.EndLength];
        zeros.Clear();
        archive.Write(zeros[..count]);
    }
}
