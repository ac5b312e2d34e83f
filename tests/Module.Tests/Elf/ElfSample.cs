namespace GoCross.Tests.Elf;

/// <summary>
/// ELF files of the machine to compare on: some hundreds spread over /usr, or with GOCROSS_TEST_ALL=1 all of them.
/// </summary>
internal static class ElfSample
{
    private const int Size = 300;

    private static readonly Lazy<string[]> AllFiles = new(() => Find().ToArray());

    internal static bool Whole => Environment.GetEnvironmentVariable("GOCROSS_TEST_ALL") == "1";

    /// <summary>The sample, the same on every run on the same machine.</summary>
    internal static IReadOnlyList<string> Files
    {
        get
        {
            string[] all = AllFiles.Value;
            int step = Whole ? 1 : Math.Max(1, all.Length / Size);
            return [.. all.Where((_, i) => i % step == 0)];
        }
    }

    // /usr/share has a hundred thousand files and hardly a program.
    private static IEnumerable<string> Find()
    {
        string[] folders = !Directory.Exists("/usr") ? []
            : Whole ? ["/usr"]
            : [.. Directory.GetDirectories("/usr").Where(folder => Path.GetFileName(folder) is not ("share" or "src" or "include"))];
        var options = new EnumerationOptions
        {
            RecurseSubdirectories = true,
            AttributesToSkip = FileAttributes.ReparsePoint,
            IgnoreInaccessible = true,
        };
        return folders
            .SelectMany(folder => Directory.EnumerateFiles(folder, "*", options))
            .Where(IsElf)
            .Order(StringComparer.Ordinal);
    }

    /// <summary>Whether a file begins as ELF files do, and is long enough to be one.</summary>
    internal static bool IsElf(string path)
    {
        try
        {
            if (new FileInfo(path).Length < 64)
            {
                return false;
            }

            using Microsoft.Win32.SafeHandles.SafeFileHandle handle = File.OpenHandle(path);
            Span<byte> magic = stackalloc byte[4];
            return RandomAccess.Read(handle, magic, 0) == 4 && magic.SequenceEqual("\u007fELF"u8);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }
}
