using GoCross.Errors;
using GoCross.Files;

namespace GoCross.Bench;

/// <summary>The ELF files of this machine.</summary>
internal static class ElfFiles
{
    private static readonly Lazy<string[]> Found = new(() =>
        [.. FolderWalk.Files("/usr", hidden: true, (_, _) => { }).Where(path => !IsLink(path) && IsElf(path))]);

    /// <summary>All below /usr, each once however many links lead to it.</summary>
    internal static IReadOnlyList<string> All => Found.Value;

    /// <summary>So many of them, spread evenly: programs, libraries, object files, large and small as they come.</summary>
    internal static string[] Sample(int count) => Spread(All, count);

    /// <summary>So many of some files, spread evenly.</summary>
    internal static string[] Spread(IReadOnlyList<string> files, int count)
    {
        int taken = Math.Min(count, files.Count);
        return [.. Enumerable.Range(0, taken).Select(i => files[(int)((long)i * files.Count / taken)])];
    }

    private static bool IsLink(string path) => File.GetAttributes(path).HasFlag(FileAttributes.ReparsePoint);

    private static bool IsElf(string path)
    {
        try
        {
            using var source = RandomAccessFile.Open(path);
            Span<byte> magic = stackalloc byte[4];
            return source.Read(0, magic) == 4 && magic.SequenceEqual("\u007fELF"u8);
        }
        catch (Exception e) when (e is GoCrossException or IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }
}
