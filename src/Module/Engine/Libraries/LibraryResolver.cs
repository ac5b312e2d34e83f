using GoCross.Elf;
using GoCross.Errors;
using GoCross.Files;

namespace GoCross.Libraries;

/// <summary>
/// Says which libraries a program gets when it is started, by the rules of the loader that it names. Nothing is
/// executed, and no environment is read. What several programs share is read once. Not safe for several threads.
/// </summary>
public sealed class LibraryResolver
{
    /// <summary>The most libraries of one program.</summary>
    public const int MaxLibraries = 4096;

    private readonly ILibraryRoot _root;
    private readonly IReadOnlyList<string> _libraryPath;
    private readonly LibraryFiles _files;
    private readonly Lazy<LoaderCache> _cache;

    /// <summary>Prepares a search.</summary>
    /// <param name="root">Where the program is to be started.</param>
    /// <param name="libraryPath">What LD_LIBRARY_PATH is to be: directories of the root, in their order.</param>
    public LibraryResolver(ILibraryRoot root, IReadOnlyList<string> libraryPath)
    {
        _root = root;
        _libraryPath = libraryPath;
        _files = new LibraryFiles(root);
        _cache = new Lazy<LoaderCache>(() => LoaderCache.Read(root));
    }

    /// <summary>Follows the libraries of a program.</summary>
    /// <param name="program">The program.</param>
    /// <param name="path">
    /// What it is called in the root; $ORIGIN is its directory. It need not lie there: a program that is not yet in an
    /// image is looked at as though it were.
    /// </param>
    /// <param name="cancellation">Ends the search.</param>
    /// <returns>
    /// One edge for the loader and one for each need of each file, breadth first, as the loader goes. Empty for what
    /// needs none.
    /// </returns>
    /// <exception cref="GoCrossException">
    /// NotElf and its kin, ElfTruncated, ElfFieldInvalid, ElfAddressInvalid, ElfLimit: of the program, and ElfLimit of
    /// the number of libraries. A library that is damaged is not an error but an edge with
    /// <see cref="ElfLibraryStatus.FatalCandidate"/>.
    /// </exception>
    /// <exception cref="IOException">The program cannot be read.</exception>
    public IReadOnlyList<ElfLibrary> Resolve(
        IRandomAccessSource program, string path, CancellationToken cancellation = default) =>
        ResolveFile(LibraryFile.Read(program), program.Name, path, cancellation);

    /// <summary>Follows the libraries of a program whose headers were read before.</summary>
    /// <param name="file">What was read.</param>
    /// <param name="name">What messages and edges call the program.</param>
    /// <param name="path">What it is called in the root.</param>
    /// <param name="cancellation">Ends the search.</param>
    /// <exception cref="GoCrossException">ElfLimit, of the number of libraries.</exception>
    internal IReadOnlyList<ElfLibrary> ResolveFile(
        LibraryFile file, string name, string path, CancellationToken cancellation)
    {
        string real = _root.RealPath(path) ?? path;
        var main = new LoadedObject { Path = real, RealPath = real, File = file, Loader = null, Depth = 0 };
        if (file.Interpreter is null && file.Needed.Count == 0)
        {
            return [];
        }

        var edges = new List<(LoadedObject Parent, string Name, Finding Finding)>();
        var loaded = new List<LoadedObject> { main };
        LoaderRules rules = Rules(main, loaded, edges);
        var waiting = new Queue<LoadedObject>([main]);
        while (waiting.TryDequeue(out LoadedObject? asker))
        {
            cancellation.ThrowIfCancellationRequested();
            foreach (string needed in asker.File.Needed)
            {
                Finding finding = rules.Find(needed, asker, loaded);
                if (finding is { Status: ElfLibraryStatus.Found, Loaded: null })
                {
                    var item = new LoadedObject
                    {
                        Path = finding.Path!,
                        RealPath = finding.RealPath!,
                        File = finding.File!,
                        Loader = asker,
                        Depth = asker.Depth + 1,
                    };
                    item.Names.Add(needed);
                    item.Names.Add(item.Path);
                    loaded.Add(item);
                    waiting.Enqueue(item);
                    if (loaded.Count > MaxLibraries)
                    {
                        throw ElfErrors.Limit(name, "number of libraries", MaxLibraries);
                    }
                }
                else
                {
                    finding.Loaded?.Names.Add(needed);
                }

                edges.Add((asker, needed, finding));
            }
        }

        return [.. edges.Select(edge => Edge(name, main, edge.Parent, edge.Name, edge.Finding, rules))];
    }

    private ElfLibrary Edge(
        string program, LoadedObject main, LoadedObject parent, string name, Finding finding, LoaderRules rules) => new()
    {
        Name = name,
        Path = finding.RealPath is { } real ? _root.OutsideName(real) : null,
        TargetPath = finding.Path,
        Parent = parent == main ? program : parent.Path,
        Program = program,
        Depth = parent.Depth + 1,
        Rule = finding.Rule,
        Status = finding.Status,
        MissingVersions = rules.ChecksVersions && finding is { Status: ElfLibraryStatus.Found, File.Definitions.Count: > 0 }
            ? parent.File.VersionNeeds
                .Where(need => need.Library == name && !need.Weak && !finding.File.Definitions.Contains(need.Version))
                .Select(need => need.Version)
                .ToArray()
            : [],
    };

    private LoaderRules Rules(
        LoadedObject main, List<LoadedObject> loaded, List<(LoadedObject Parent, string Name, Finding Finding)> edges)
    {
        string? named = main.File.Interpreter;
        string path = named ?? UsualLoader(main.File);
        LoadedObject? loader = null;
        ElfLibraryStatus status = ElfLibraryStatus.Missing;
        if (_files.TryOpen(path, out string real, out LibraryFile? file))
        {
            // The kernel has an eye on the loader's machine, too: ELIBBAD.
            bool fits = file is { IsLoadable: true }
                && file.Header.Machine == main.File.Header.Machine && file.Header.Class == main.File.Header.Class;
            status = fits ? ElfLibraryStatus.Found : ElfLibraryStatus.FatalCandidate;
            if (fits)
            {
                loader = new LoadedObject { Path = path, RealPath = real, File = file!, Loader = main, Depth = 1 };
                loader.Names.Add(path);
                loaded.Add(loader);
            }
        }

        if (named is not null)
        {
            edges.Add((main, named, status == ElfLibraryStatus.Missing
                ? new Finding(status)
                : new Finding(status, ElfLibraryRule.Interpreter, path, real, file)));
        }

        return IsMusl(main.File, path)
            ? new MuslRules(_files, main, loader, path, _libraryPath)
            : new GlibcRules(_files, main, loader, _libraryPath, _cache);
    }

    private static bool IsMusl(LibraryFile file, string loader) =>
        Path.GetFileName(loader).StartsWith("ld-musl-", StringComparison.Ordinal)
        || (file.Interpreter is null && file.LibC == LibC.Musl);

    // A library names no loader: it gets that of the program that loads it, which as a rule is its system's.
    private string UsualLoader(LibraryFile file)
    {
        (string glibc, string musl) = ElfMachine.Architecture(file.Header) switch
        {
            "386" => ("/lib/ld-linux.so.2", "i386"),
            "amd64" => ("/lib64/ld-linux-x86-64.so.2", "x86_64"),
            "arm" => ("/lib/ld-linux-armhf.so.3", "armhf"),
            "arm64" => ("/lib/ld-linux-aarch64.so.1", "aarch64"),
            "loong64" => ("/lib64/ld-linux-loongarch-lp64d.so.1", "loongarch64"),
            "mips64le" => ("/lib64/ld.so.1", "mips64el"),
            "ppc64le" => ("/lib64/ld64.so.2", "powerpc64le"),
            "riscv64" => ("/lib/ld-linux-riscv64-lp64d.so.1", "riscv64"),
            "s390x" => ("/lib/ld64.so.1", "s390x"),
            _ => ("/lib/ld.so.1", "unknown"),
        };
        string other = $"/lib/ld-musl-{musl}.so.1";
        return file.LibC == LibC.Musl || (file.LibC == LibC.Unknown && _root.RealPath(glibc) is null && _root.RealPath(other) is not null)
            ? other
            : glibc;
    }
}
