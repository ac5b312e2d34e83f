using GoCross.Elf;
using GoCross.Files;
using GoCross.Formatting;
using GoCross.Libraries;
using GoCross.Roots;
using GoCross.Runs;

namespace GoCross.Scratch;

/// <summary>
/// The loader and all libraries that a program gets from it, as files of an image: each at the path by which the loader of
/// the image will find it, for an image made from scratch has neither links nor a cache of libraries.
/// </summary>
internal sealed record LibraryClosure
{
    /// <summary>The first glibc that looks up hosts and users itself; those before load a library for each source of names.</summary>
    private const string GlibcWithNames = "GLIBC_2.34";

    private const string GlibcName = "libc.so.6";

    private const string CapabilityFolder = "/glibc-hwcaps/";

    /// <summary>What glibc's name lookups load by themselves (nsswitch.conf(5): files and dns are the default).</summary>
    private static readonly string[] NameLibraries = ["libnss_files.so.2", "libnss_dns.so.2"];

    /// <summary>The files.</summary>
    internal required IReadOnlyList<RootEntry> Entries { get; init; }

    /// <summary>Whether the program starts with them, and why.</summary>
    internal required RootStart Start { get; init; }

    /// <summary>The root that the libraries are taken from, as messages name it.</summary>
    internal required string Root { get; init; }

    /// <summary>Libraries that no header names and that are among them: what was asked for, and what looks up names.</summary>
    internal required IReadOnlyList<string> Included { get; init; }

    /// <summary>What the user should know.</summary>
    internal required IReadOnlyList<string> Warnings { get; init; }

    /// <summary>Finds a program's libraries.</summary>
    /// <param name="program">The program, which names a loader.</param>
    /// <param name="imagePath">What it will be called in the image: <c>/api</c>.</param>
    /// <param name="options">Where libraries are, and which more are wanted.</param>
    /// <param name="cancellation">Ends the search.</param>
    /// <exception cref="Errors.GoCrossException">PathNotFound: the root that was given; ElfLimit and its kin.</exception>
    /// <exception cref="IOException">A file cannot be read.</exception>
    /// <exception cref="UnauthorizedAccessException">A file may not be read.</exception>
    internal static LibraryClosure Find(
        ScratchProgram program, string imagePath, ScratchOptions options, CancellationToken cancellation)
    {
        DirectoryRoot root = ChooseRoot(program, options);
        using RandomAccessFile file = RandomAccessFile.Open(program.Path);
        var search = new Search(program, imagePath, root, cancellation);
        search.Add(file, program.Path, isProgram: true);
        List<string> included = [];
        List<string> warnings = [];
        IEnumerable<string> wanted = options.Libraries.Concat(program.DlopenLibraries(options.IncludesDlopened));
        foreach (string library in wanted.Distinct(StringComparer.Ordinal))
        {
            if (search.AddByName(library))
            {
                included.Add(library);
            }
            else
            {
                warnings.Add(TextFormat.Fill(Texts.ScratchLibraryNotFound, library, root.Name));
            }
        }

        if (program.LooksUpNames && search.LoadsNameLibraries)
        {
            included.AddRange(NameLibraries.Where(search.AddByName));
        }

        RootStart verdict = search.Prove(file);
        if (verdict.RunsInRoot == Verdict.No)
        {
            verdict = verdict with { Reason = TextFormat.Fill(Texts.ScratchNotInRoot, verdict.Reason, root.Name) };
        }

        return new LibraryClosure
        {
            Entries = search.Entries,
            Start = verdict,
            Root = root.Name,
            Included = included,
            Warnings = warnings,
        };
    }

    // The root that was given; this machine's, which may have other architectures' libraries beside its own; or where the
    // cross compilers' packages have them. The first that has the loader.
    private static DirectoryRoot ChooseRoot(ScratchProgram program, ScratchOptions options)
    {
        if (options.LibraryRoot is { } given)
        {
            return new DirectoryRoot(given);
        }

        var machine = new DirectoryRoot("/");
        return SysRoots.Of(program.Platform.Architecture)
            .Select(folder => folder is null ? machine : Directory.Exists(folder) ? new DirectoryRoot(folder) : null)
            .OfType<DirectoryRoot>()
            .FirstOrDefault(root => HasLoader(root, program)) ?? machine;
    }

    private static bool HasLoader(DirectoryRoot root, ScratchProgram program)
    {
        try
        {
            if (root.RealPath(program.Interpreter!) is not { } real)
            {
                return false;
            }

            using IRandomAccessSource loader = root.Open(real);
            using ElfFile? file = ElfFile.TryOpen(loader);
            return file is not null && ElfMachine.Architecture(file.Header) == program.Platform.Architecture;
        }
        catch (Exception e) when (e is Errors.GoCrossException or IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }

    /// <summary>One program's search.</summary>
    private sealed class Search(ScratchProgram program, string imagePath, DirectoryRoot root, CancellationToken cancellation)
    {
        private readonly RootInspector _inspector = new(root, []);
        private readonly SortedDictionary<string, RootEntry> _entries = new(StringComparer.Ordinal);

        // By the name that was asked for: where it is on this machine.
        private readonly Dictionary<string, string> _found = new(StringComparer.Ordinal);
        private string? _libraryFolder;

        internal IReadOnlyList<RootEntry> Entries => [.. _entries.Values];

        /// <summary>Whether this C library loads others to look up names.</summary>
        internal bool LoadsNameLibraries { get; private set; }

        /// <summary>Adds all that a file loads.</summary>
        internal void Add(IRandomAccessSource file, string path, bool isProgram)
        {
            foreach (ElfLibrary library in _inspector.Resolve(file, path, cancellation))
            {
                if (library is { Status: ElfLibraryStatus.Found, Path: { } outside, TargetPath: { } target })
                {
                    Put(PathInImage(target, isProgram), outside);
                    _found.TryAdd(library.Name, outside);
                    LearnFromCLibrary(library.Name, target, outside);
                }
            }
        }

        /// <summary>Adds a library that no header names, with all that it loads itself.</summary>
        /// <param name="name">Its name, or its path in the root.</param>
        internal bool AddByName(string name)
        {
            string? path = name.StartsWith('/')
                ? name
                : Folders().Select(folder => $"{folder}/{name}").FirstOrDefault(candidate => root.RealPath(candidate) is not null);
            if (path is null || root.RealPath(path) is not { } real)
            {
                return false;
            }

            using IRandomAccessSource file = root.Open(real);
            Put(PathInImage(path, isProgram: false), root.OutsideName(real));
            Add(file, path, isProgram: false);
            return true;
        }

        /// <summary>Whether the program starts with what was found. What this machine finds by its cache moves to where the loader itself looks.</summary>
        internal RootStart Prove(IRandomAccessSource file)
        {
            RootStart verdict = Decide(file);
            if (verdict.RunsInRoot == Verdict.Yes || _libraryFolder is not { } folder)
            {
                return verdict;
            }

            foreach (string name in verdict.Missing)
            {
                if (_found.TryGetValue(name, out string? outside))
                {
                    Put($"{folder}/{name}", outside);
                }
            }

            return Decide(file);
        }

        private RootStart Decide(IRandomAccessSource file) =>
            new RootInspector(new PlannedRoot(_entries.Values), []).TryInspect(file, imagePath, null, cancellation)!.Start;

        private void Put(string path, string outside) =>
            _entries[path] = RootEntry.Program(path[1..], FileSnapshot.Of(outside));

        // Where the loader looks in an image, whatever processor it runs on, and with the program in the image's root.
        private string PathInImage(string target, bool isProgram)
        {
            int capability = target.IndexOf(CapabilityFolder, StringComparison.Ordinal);
            if (capability >= 0)
            {
                string plain = $"{target[..capability]}/{Path.GetFileName(target)}";
                target = root.RealPath(plain) is null ? target : plain;
            }

            string folder = Path.GetDirectoryName(program.Path)! + "/";
            return UnixPath.Rooted(isProgram && folder.Length > 1 && target.StartsWith(folder, StringComparison.Ordinal)
                ? Path.GetDirectoryName(imagePath)! + "/" + target[folder.Length..]
                : target);
        }

        private void LearnFromCLibrary(string name, string target, string outside)
        {
            if (_libraryFolder is not null
                || !(name.StartsWith("libc.so", StringComparison.Ordinal) || name.StartsWith("libc.musl-", StringComparison.Ordinal)))
            {
                return;
            }

            _libraryFolder = Path.GetDirectoryName(UnixPath.Rooted(target));
            if (name == GlibcName)
            {
                using RandomAccessFile library = RandomAccessFile.Open(outside);
                LoadsNameLibraries = !LibraryFile.Read(library).Definitions.Contains(GlibcWithNames);
            }
        }

        private IEnumerable<string> Folders() =>
            ((string?[])[_libraryFolder, Path.GetDirectoryName(program.Interpreter), "/lib", "/usr/lib", "/lib64", "/usr/lib64", "/usr/local/lib"])
            .OfType<string>()
            .SelectMany(folder => folder.StartsWith("/lib/", StringComparison.Ordinal) ? [folder, "/usr" + folder] : (string[])[folder])
            .Distinct(StringComparer.Ordinal);
    }
}
