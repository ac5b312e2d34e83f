using GoCross.Binaries;
using GoCross.Elf;
using GoCross.Errors;
using GoCross.Files;
using GoCross.Libraries;
using GoCross.Oci;

namespace GoCross.Roots;

/// <summary>
/// Says of programs whether they start in a root: a directory, or an image. Nothing is executed. What several programs
/// share is read once. Not safe for several threads.
/// </summary>
/// <param name="root">Where the programs are to be started.</param>
/// <param name="libraryPath">What LD_LIBRARY_PATH is to be: directories of the root, in their order.</param>
/// <param name="platform">What the root's processes run on; null for what is not known.</param>
public sealed class RootInspector(ILibraryRoot root, IReadOnlyList<string> libraryPath, ImagePlatform? platform = null)
{
    private readonly LibraryResolver _resolver = new(root, libraryPath);

    /// <summary>Reads an ELF file and adds the verdict, or returns null for a file that is none.</summary>
    /// <param name="program">The file. It stays open.</param>
    /// <param name="path">What it is called in the root, where it need not lie yet.</param>
    /// <param name="mode">Its permission bits in the root; null where it does not lie there.</param>
    /// <param name="cancellation">Ends the reading.</param>
    /// <exception cref="GoCrossException">It is damaged, as <see cref="BinaryInspector.Inspect(string, ElfFacts, CancellationToken)"/> has it.</exception>
    /// <exception cref="IOException">The file cannot be read.</exception>
    public RootReport? TryInspect(
        IRandomAccessSource program, string path, int? mode = null, CancellationToken cancellation = default)
    {
        using ElfFile? file = ElfFile.TryOpen(program);
        if (file is null)
        {
            return null;
        }

        BinaryReport report = BinaryInspector.Inspect(program, file, ElfFacts.All, cancellation);
        IReadOnlyList<ElfLibrary> libraries = _resolver.ResolveFile(LibraryFile.Of(file, report), program.Name, path, cancellation);
        return new RootReport(report, root.Name, RootStart.Decide(report, libraries, root.Name, platform, mode));
    }

    /// <summary>Follows the libraries of a program.</summary>
    /// <param name="program">The program. It stays open.</param>
    /// <param name="path">What it is called in the root; $ORIGIN is its directory.</param>
    /// <param name="cancellation">Ends the search.</param>
    /// <exception cref="GoCrossException">As <see cref="LibraryResolver.Resolve"/> has it.</exception>
    /// <exception cref="IOException">The program cannot be read.</exception>
    public IReadOnlyList<ElfLibrary> Resolve(
        IRandomAccessSource program, string path, CancellationToken cancellation = default) =>
        _resolver.Resolve(program, path, cancellation);
}
