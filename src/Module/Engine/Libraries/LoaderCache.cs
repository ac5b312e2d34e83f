using System.Buffers.Binary;
using System.Text;
using GoCross.Elf;
using GoCross.Files;

namespace GoCross.Libraries;

/// <summary>
/// /etc/ld.so.cache, as ldconfig writes it and glibc's loader reads it (elf/cache.c, sysdeps/generic/dl-cache.h). A
/// damaged one is as good as none, to the loader, too.
/// </summary>
internal sealed class LoaderCache
{
    private const string Path = "/etc/ld.so.cache";
    private const int MaxLength = 64 * 1024 * 1024;
    private const int MaxTextLength = 4096; // PATH_MAX
    private const int HeaderSize = 48;
    private const int EntrySize = 24;
    private const int OldCountAt = 12;
    private const uint ExtensionMagic = 0xeaa42174;
    private const ulong ExtensionBit = 1UL << 62;

    private readonly Dictionary<string, List<Entry>> _entries = [];

    private LoaderCache()
    {
    }

    private static ReadOnlySpan<byte> Magic => "glibc-ld.so.cache1.1"u8;

    /// <summary>Reads the cache of a root.</summary>
    internal static LoaderCache Read(ILibraryRoot root)
    {
        var cache = new LoaderCache();
        try
        {
            if (root.RealPath(Path) is { } real)
            {
                using IRandomAccessSource source = root.Open(real);
                if (source.Length <= MaxLength)
                {
                    byte[] bytes = new byte[source.Length];
                    cache.Decode(bytes.AsSpan(0, source.Read(0, bytes)));
                }
            }
        }
        catch (Exception e) when (e is Errors.GoCrossException or IOException or UnauthorizedAccessException or ArgumentOutOfRangeException)
        {
            cache._entries.Clear();
        }

        return cache;
    }

    /// <summary>The path for a name.</summary>
    /// <param name="name">The name.</param>
    /// <param name="header">The program's header: the cache has files for several machines.</param>
    /// <param name="levels">The directories for newer processors, the most wanted first.</param>
    internal string? Find(string name, ElfHeader header, IReadOnlyList<string> levels)
    {
        if (!_entries.TryGetValue(name, out List<Entry>? entries))
        {
            return null;
        }

        string? best = null;
        int bestRank = int.MaxValue;
        foreach (Entry entry in entries)
        {
            int rank = entry.Level is null ? levels.Count : IndexOf(levels, entry.Level);
            if (rank >= 0 && rank < bestRank && entry.Flags == FlagsOf(header))
            {
                (best, bestRank) = (entry.Path, rank);
            }
        }

        return best;
    }

    private static int IndexOf(IReadOnlyList<string> levels, string level)
    {
        for (int i = 0; i < levels.Count; i++)
        {
            if (levels[i] == level)
            {
                return i;
            }
        }

        return -1;
    }

    // FLAG_ELF_LIBC6, and above it what ldconfig calls the machines.
    private static int FlagsOf(ElfHeader header)
    {
        bool wide = header.Class == ElfClass.Elf64;
        int machine = (ElfMachine.Name(header.Machine), wide) switch
        {
            ("EM_X86_64", true) => 0x0300,
            ("EM_X86_64", false) => 0x0800,
            ("EM_AARCH64", true) => 0x0a00,
            ("EM_ARM", _) => (header.Flags & 0x400) != 0 ? 0x0900 : (header.Flags & 0x200) != 0 ? 0x0b00 : 0,
            ("EM_PPC64", true) => 0x0500,
            ("EM_S390", true) => 0x0400,
            ("EM_SPARCV9", true) => 0x0100,
            ("EM_IA_64", true) => 0x0200,
            ("EM_RISCV", true) => (header.Flags & 6) == 4 ? 0x1000 : 0x0f00,
            ("EM_LOONGARCH", true) => (header.Flags & 7) == 3 ? 0x1200 : 0x1100,
            _ => 0,
        };
        return machine | 3;
    }

    private void Decode(ReadOnlySpan<byte> bytes)
    {
        // An old part may come first; its header tells how long it is.
        if (bytes.StartsWith("ld.so-1.7.0"u8))
        {
            long count = BinaryPrimitives.ReadUInt32LittleEndian(bytes[OldCountAt..]);
            long start = (16 + (12 * count) + 7) & ~7L;
            bytes = start < bytes.Length ? bytes[(int)start..] : default;
        }

        if (bytes.Length < HeaderSize || !bytes.StartsWith(Magic))
        {
            return;
        }

        bool big = (bytes[28] & 3) == 3;
        uint entries = Number(bytes, 20, big);
        string[] levels = ReadLevels(bytes, Number(bytes, 32, big), big);
        for (long i = 0; i < entries; i++)
        {
            int at = (int)(HeaderSize + (i * EntrySize));
            ulong hardware = big
                ? BinaryPrimitives.ReadUInt64BigEndian(bytes[(at + 16)..])
                : BinaryPrimitives.ReadUInt64LittleEndian(bytes[(at + 16)..]);
            string? level = null;
            if ((hardware & ExtensionBit) != 0)
            {
                level = levels.ElementAtOrDefault((int)(hardware & 0xffff));
                if (level is null)
                {
                    continue;
                }
            }
            else if (hardware != 0)
            {
                continue; // The masks that glibc 2.37 gave up.
            }

            string name = Text(bytes, Number(bytes, at + 4, big));
            if (!_entries.TryGetValue(name, out List<Entry>? list))
            {
                _entries[name] = list = [];
            }

            list.Add(new Entry((int)Number(bytes, at, big), Text(bytes, Number(bytes, at + 8, big)), level));
        }
    }

    private static string[] ReadLevels(ReadOnlySpan<byte> bytes, uint extension, bool big)
    {
        const uint LevelsTag = 1;
        if (extension == 0 || Number(bytes, (int)extension, big) != ExtensionMagic)
        {
            return [];
        }

        uint sections = Number(bytes, (int)extension + 4, big);
        for (int i = 0; i < sections; i++)
        {
            int at = (int)extension + 8 + (i * 16);
            if (Number(bytes, at, big) == LevelsTag)
            {
                int offset = (int)Number(bytes, at + 8, big);
                var levels = new string[Math.Min(Number(bytes, at + 12, big) / 4, 64)];
                for (int j = 0; j < levels.Length; j++)
                {
                    levels[j] = Text(bytes, Number(bytes, offset + (j * 4), big));
                }

                return levels;
            }
        }

        return [];
    }

    private static uint Number(ReadOnlySpan<byte> bytes, int at, bool big) => big
        ? BinaryPrimitives.ReadUInt32BigEndian(bytes[at..])
        : BinaryPrimitives.ReadUInt32LittleEndian(bytes[at..]);

    private static string Text(ReadOnlySpan<byte> bytes, uint at)
    {
        ReadOnlySpan<byte> rest = bytes[(int)at..];
        rest = rest[..Math.Min(rest.Length, MaxTextLength)];
        int end = rest.IndexOf((byte)0);
        return Encoding.UTF8.GetString(end < 0 ? rest : rest[..end]);
    }

    private sealed record Entry(int Flags, string Path, string? Level);
}
