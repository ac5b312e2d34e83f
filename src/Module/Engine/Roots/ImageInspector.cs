using GoCross.Binaries;
using GoCross.Elf;
using GoCross.Errors;
using GoCross.Files;
using GoCross.Formatting;
using GoCross.Images;
using GoCross.Libraries;
using GoCross.Oci;

namespace GoCross.Roots;

/// <summary>
/// Says what the programs of an image are and whether the image can run them. Nothing is executed or extracted. Not safe
/// for several threads. The image is its owner's to close.
/// </summary>
public sealed class ImageInspector
{
    private readonly ImageRoot _root;
    private readonly RootInspector _programs;
    private readonly EntryPointFinder _finder;
    private readonly bool _isWindows;

    /// <summary>Prepares to look.</summary>
    /// <param name="image">The image.</param>
    /// <param name="libraryPath">What LD_LIBRARY_PATH is to be instead of what the image sets; null for that.</param>
    public ImageInspector(OpenImage image, IReadOnlyList<string>? libraryPath = null)
    {
        ImageConfiguration configuration = image.Image.Configuration;
        _root = new ImageRoot(image);
        _programs = new RootInspector(
            _root,
            libraryPath ?? (configuration.Environment.TryGetValue("LD_LIBRARY_PATH", out string? set) ? [set] : []),
            image.Image.Platform);
        _finder = new EntryPointFinder(_root, configuration);
        _isWindows = image.Image.IsWindows;
    }

    /// <summary>Finds files by their paths, and by those that links give them: their own, and their directories'.</summary>
    /// <param name="wildcard">
    /// What paths are wanted, in PowerShell's notation: * is any text, slashes included, ? one character, [a-z] one of
    /// some, and ` takes a character as it is. Case matters.
    /// </param>
    /// <param name="cancellation">Ends the search.</param>
    /// <returns>
    /// The paths without links, each file once, in the order in which the layers hold them: asked about in that order,
    /// a compressed layer is not read again for each.
    /// </returns>
    public IReadOnlyList<string> Find(string wildcard, CancellationToken cancellation = default) =>
        _root.Find(PathPattern.OfWildcard(wildcard), cancellation);

    /// <summary>Finds the program that a container of the image starts with.</summary>
    /// <exception cref="GoCrossException">
    /// ImageNoCommand; EntryPointMissing; ScriptInterpreterMissing; ScriptsTooDeep; ImageForWindows; what reading a file
    /// of the image throws.
    /// </exception>
    /// <exception cref="IOException">The image cannot be read.</exception>
    public EntryPoint FindEntryPoint() => _isWindows
        ? throw GoCrossException.Create(ErrorKind.Unsupported, nameof(Messages.ImageForWindows), _root.Name)
        : _finder.Find();

    /// <summary>Reads the program that a container of the image starts with, and says whether it starts.</summary>
    /// <param name="cancellation">Ends the reading.</param>
    /// <exception cref="GoCrossException">
    /// What <see cref="FindEntryPoint"/> throws; NotElf and its kin; it is damaged, as
    /// <see cref="BinaryInspector.Inspect(string, ElfFacts, CancellationToken)"/> has it.
    /// </exception>
    /// <exception cref="IOException">The image cannot be read.</exception>
    public RootReport InspectEntryPoint(CancellationToken cancellation = default)
    {
        EntryPoint entry = FindEntryPoint();
        using IRandomAccessSource source = _root.Open(entry.Path);
        RootReport report = _programs.TryInspect(source, entry.Path, _root.ModeOf(entry.Path), cancellation)
            ?? throw BinaryInspector.NotElf(source);
        return entry.Scripts.Count == 0
            ? report
            : report with
            {
                Start = report.Start with { Reason = TextFormat.Fill(Texts.RootScript, entry.Scripts[0], report.RunsInRootReason) },
            };
    }

    /// <summary>Reads a file of the image, and says whether it starts there.</summary>
    /// <param name="path">Its path in the image. Links are followed.</param>
    /// <param name="cancellation">Ends the reading.</param>
    /// <exception cref="GoCrossException">PathNotFound; PathIsDirectory; FileEmpty; NotElf and its kin; it is damaged, as
    /// <see cref="BinaryInspector.Inspect(string, ElfFacts, CancellationToken)"/> has it.</exception>
    /// <exception cref="IOException">The image cannot be read.</exception>
    public RootReport Inspect(string path, CancellationToken cancellation = default)
    {
        using IRandomAccessSource source = Open(path, out string real);
        return _programs.TryInspect(source, real, _root.ModeOf(real), cancellation) ?? throw BinaryInspector.NotElf(source);
    }

    /// <summary>Whether a file of the image is an ELF file.</summary>
    /// <param name="path">Its path in the image. Links are followed.</param>
    /// <returns>False also for what is not a file, is empty, or is a link to nothing.</returns>
    /// <exception cref="GoCrossException">What reading a file of the image throws.</exception>
    /// <exception cref="IOException">The image cannot be read.</exception>
    public bool IsElf(string path) => _root.RealPath(path) is { } real && _root.StartsWith(real, "\u007fELF"u8);

    /// <summary>Reads a file that is not in the image as though it were, and says whether it starts there; null for what
    /// is not an ELF file.</summary>
    /// <param name="program">The file. It stays open.</param>
    /// <param name="path">What it is to be called in the image.</param>
    /// <param name="cancellation">Ends the reading.</param>
    /// <exception cref="GoCrossException">It is damaged, as <see cref="BinaryInspector.Inspect(string, ElfFacts, CancellationToken)"/> has it.</exception>
    /// <exception cref="IOException">A file cannot be read.</exception>
    public RootReport? TryInspect(IRandomAccessSource program, string path, CancellationToken cancellation = default) =>
        _programs.TryInspect(program, path, mode: null, cancellation);

    /// <summary>Follows the libraries of a file of the image.</summary>
    /// <param name="path">Its path in the image. Links are followed.</param>
    /// <param name="cancellation">Ends the search.</param>
    /// <exception cref="GoCrossException">As <see cref="LibraryResolver.Resolve"/> has it; PathNotFound; PathIsDirectory;
    /// FileEmpty.</exception>
    /// <exception cref="IOException">The image cannot be read.</exception>
    public IReadOnlyList<ElfLibrary> Resolve(string path, CancellationToken cancellation = default)
    {
        using IRandomAccessSource source = Open(path, out string real);
        return _programs.Resolve(source, real, cancellation);
    }

    /// <summary>Follows the libraries of a file that is not in the image, as though it were.</summary>
    /// <param name="program">The file. It stays open.</param>
    /// <param name="path">What it is to be called in the image.</param>
    /// <param name="cancellation">Ends the search.</param>
    /// <exception cref="GoCrossException">As <see cref="LibraryResolver.Resolve"/> has it.</exception>
    /// <exception cref="IOException">A file cannot be read.</exception>
    public IReadOnlyList<ElfLibrary> Resolve(
        IRandomAccessSource program, string path, CancellationToken cancellation = default) =>
        _programs.Resolve(program, path, cancellation);

    private IRandomAccessSource Open(string path, out string real)
    {
        real = _root.RealPath(path.StartsWith('/') ? path : "/" + path) ?? throw GoCrossException.Create(
            ErrorKind.NotFound, nameof(Messages.PathNotFound), _root.OutsideName(path));
        return _root.Open(real);
    }
}
