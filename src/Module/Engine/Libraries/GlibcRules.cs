using System.Runtime.Intrinsics.X86;
using System.Text;
using GoCross.Elf;
using GoCross.Files;

namespace GoCross.Libraries;

/// <summary>
/// How glibc's loader searches (elf/dl-load.c, _dl_map_object and open_path; ld.so(8)). The subdirectories by hardware
/// capability that glibc 2.37 gave up (tls, x86_64, haswell, ...) are not searched, and neither are directories that
/// are relative: they are the working directory's business.
/// </summary>
internal sealed class GlibcRules : LoaderRules
{
    private readonly IReadOnlyList<string> _libraryPath;
    private readonly Lazy<LoaderCache> _cache;
    private readonly IReadOnlyList<string> _levels;
    private readonly string[] _systemDirectories;

    internal GlibcRules(
        LibraryFiles files,
        LoadedObject program,
        LoadedObject? loader,
        IReadOnlyList<string> libraryPath,
        Lazy<LoaderCache> cache)
        : base(files, program, loader)
    {
        _libraryPath = libraryPath;
        _cache = cache;
        _levels = Levels(program.File.Header);
        _systemDirectories = ReadSystemDirectories();
    }

    internal override bool ChecksVersions => true;

    internal override Finding Find(string name, LoadedObject asker, IReadOnlyList<LoadedObject> loaded)
    {
        foreach (LoadedObject item in loaded)
        {
            if (item.Names.Contains(name) || item.File.SoName == name)
            {
                return new Finding(
                    ElfLibraryStatus.Found, ElfLibraryRule.AlreadyLoaded, item.Path, item.RealPath, item.File, item);
            }
        }

        var search = new Search(this, name, loaded);
        return search.Run(asker);
    }

    // x86-64 has levels of processors, of which this machine has some; a program in a container has the same.
    private static string[] Levels(ElfHeader header)
    {
        if (ElfMachine.Architecture(header) != "amd64" || !X86Base.IsSupported)
        {
            return [];
        }

        bool v2 = Popcnt.X64.IsSupported && Sse42.IsSupported && Ssse3.IsSupported;
        bool v3 = v2 && Avx2.IsSupported && Bmi1.X64.IsSupported && Bmi2.X64.IsSupported && Fma.IsSupported && Lzcnt.X64.IsSupported;
        bool v4 = v3 && Avx512F.VL.IsSupported && Avx512BW.IsSupported && Avx512CD.IsSupported && Avx512DQ.IsSupported;
        return [.. v4 ? ["x86-64-v4"] : (string[])[], .. v3 ? ["x86-64-v3"] : (string[])[], .. v2 ? ["x86-64-v2"] : (string[])[]];
    }

    private string[] Directories(string list, LoadedObject owner, bool semicolons = false)
    {
        string[] parts = semicolons ? list.Split(':', ';') : list.Split(':');
        return [.. parts
            .Select(part => Expand(part, owner))
            .Where(part => part.StartsWith('/'))
            .Select(part => part.Length > 1 ? part.TrimEnd('/') : part)];
    }

    private string Expand(string text, LoadedObject owner)
    {
        if (!text.Contains('$', StringComparison.Ordinal))
        {
            return text;
        }

        // What $LIB stands for is compiled into the loader: the first of its own directories, without the slash.
        string library = _systemDirectories[0].Trim('/');
        string platform = ElfMachine.Architecture(Program.File.Header) switch
        {
            "amd64" => "x86_64",
            "arm64" => "aarch64",
            "386" => "i686",
            "s390x" => "z900",
            _ => string.Empty,
        };
        return Replace(Replace(Replace(text, "ORIGIN", owner.Origin), "LIB", library), "PLATFORM", platform);
    }

    /// <summary>
    /// The directories that the loader was compiled with (SYSDIRS): texts in it, one after the other, each from a slash
    /// to a slash. Distributions have different ones, so the loader itself is asked.
    /// </summary>
    private string[] ReadSystemDirectories()
    {
        const int MaxLoaderLength = 8 * 1024 * 1024;
        string[] usual = Program.File.Header.Class == ElfClass.Elf64
            ? ["/lib64/", "/usr/lib64/"]
            : ["/lib/", "/usr/lib/"];
        if (Loader is null)
        {
            return usual;
        }

        try
        {
            using IRandomAccessSource source = Files.Root.Open(Loader.RealPath);
            byte[] bytes = new byte[Math.Min(source.Length, MaxLoaderLength)];
            ReadOnlySpan<byte> rest = bytes.AsSpan(0, source.Read(0, bytes));
            for (int at = rest.IndexOf("\0/lib"u8); at >= 0; at = rest.IndexOf("\0/lib"u8))
            {
                rest = rest[(at + 1)..];
                string[] found = Run(rest);
                if (found.Length > 1)
                {
                    return found;
                }
            }
        }
        catch (Exception e) when (e is Errors.GoCrossException or IOException or UnauthorizedAccessException)
        {
            // A loader that cannot be read is told of where it is asked for; the usual directories are the best guess.
        }

        return usual;
    }

    private static string[] Run(ReadOnlySpan<byte> bytes)
    {
        const int MaxTextLength = 128;
        var found = new List<string>();
        while (bytes.Length > 2 && bytes[0] == '/')
        {
            int end = bytes[..Math.Min(bytes.Length, MaxTextLength)].IndexOf((byte)0);
            if (end < 2 || bytes[end - 1] != '/')
            {
                break;
            }

            found.Add(Encoding.UTF8.GetString(bytes[..end]));
            bytes = bytes[(end + 1)..];
        }

        return [.. found];
    }

    /// <summary>One search, with what it came across.</summary>
    private sealed class Search(GlibcRules rules, string name, IReadOnlyList<LoadedObject> loaded)
    {
        private bool _otherMachine;
        private Finding? _end;

        internal Finding Run(LoadedObject asker)
        {
            if (name.Contains('/', StringComparison.Ordinal))
            {
                string path = rules.Expand(name, asker);
                if (!path.StartsWith('/'))
                {
                    return new Finding(ElfLibraryStatus.Unresolvable);
                }

                Try(path, ElfLibraryRule.Path);
                return End();
            }

            SearchRPaths(asker);
            foreach (string list in rules._libraryPath)
            {
                In(rules.Directories(list, rules.Program, semicolons: true), ElfLibraryRule.LibraryPath);
            }

            if (asker.File.RunPath is { } runPath)
            {
                In(rules.Directories(runPath, asker), ElfLibraryRule.RunPath);
            }

            bool defaults = !asker.File.NoDefaultLibraries;
            if (_end is null && rules._cache.Value.Find(name, rules.Program.File.Header, rules._levels) is { } cached
                && (defaults || !Array.Exists(rules._systemDirectories, folder => cached.StartsWith(folder, StringComparison.Ordinal))))
            {
                Try(cached, ElfLibraryRule.Cache);
            }

            if (defaults)
            {
                In(rules._systemDirectories.Select(folder => folder.TrimEnd('/')), ElfLibraryRule.DefaultDirectory);
            }

            return End();
        }

        // DT_RPATH of all that led here; one with a DT_RUNPATH has none, and asks without any.
        private void SearchRPaths(LoadedObject asker)
        {
            if (asker.File.RunPath is not null)
            {
                return;
            }

            bool program = false;
            for (LoadedObject? item = asker; item is not null; item = item.Loader)
            {
                program |= item == rules.Program;
                SearchRPath(item);
            }

            if (!program)
            {
                SearchRPath(rules.Program);
            }
        }

        private void SearchRPath(LoadedObject owner)
        {
            if (owner.File is { RPath: { } rPath, RunPath: null })
            {
                In(rules.Directories(rPath, owner), ElfLibraryRule.RPath);
            }
        }

        private void In(IEnumerable<string> directories, ElfLibraryRule rule)
        {
            foreach (string directory in directories)
            {
                if (_end is not null)
                {
                    return;
                }

                if (rules.Files.Root.RealPath(directory) is null)
                {
                    continue;
                }

                string folder = directory == "/" ? string.Empty : directory;
                if (rules.Files.Root.RealPath(folder + "/glibc-hwcaps") is not null)
                {
                    foreach (string level in rules._levels)
                    {
                        Try($"{folder}/glibc-hwcaps/{level}/{name}", rule);
                    }
                }

                Try($"{folder}/{name}", rule);
            }
        }

        // open_verify: another machine or width is passed over; what is not an ELF file, or has its bytes in another
        // order, ends the program.
        private void Try(string path, ElfLibraryRule rule)
        {
            if (_end is not null || !rules.Files.TryOpen(path, out string realPath, out LibraryFile? file))
            {
                return;
            }

            ElfHeader wanted = rules.Program.File.Header;
            if (file is not null && file.Header.Class != wanted.Class)
            {
                _otherMachine = true;
            }
            else if (file is null || file.Header.ByteOrder != wanted.ByteOrder)
            {
                _end = new Finding(ElfLibraryStatus.FatalCandidate, rule, path, realPath);
            }
            else if (file.Header.Machine != wanted.Machine)
            {
                _otherMachine = true;
            }
            else
            {
                _end = file.IsLoadable
                    ? Take(loaded, rule, path, realPath, file)
                    : new Finding(ElfLibraryStatus.FatalCandidate, rule, path, realPath);
            }
        }

        private Finding End() =>
            _end ?? new Finding(_otherMachine ? ElfLibraryStatus.WrongArch : ElfLibraryStatus.Missing);
    }
}
