using GoCross.Errors;
using GoCross.Files;
using GoCross.Formatting;
using GoCross.GoBinaries;
using GoCross.Images;

namespace GoCross.Sboms;

/// <summary>Makes bills of materials of programs, folders and images. Nothing is executed or extracted.</summary>
public sealed class SbomReader
{
    /// <summary>Gets each folder that cannot be read, and why; the reading goes on without it.</summary>
    public Action<string, Exception> OnUnreadable { get; init; } = (_, _) => { };

    /// <summary>
    /// The go build command that made the program, a word an item: with -trimpath Go records no -ldflags, and what they set
    /// a variable called version to is the program's version. None where nobody knows.
    /// </summary>
    public IReadOnlyList<string> CommandLine { get; init; } = [];

    /// <summary>Sees each program and its headers while its file is open; of a packed one those of what it unpacks to.</summary>
    internal Action<SbomProgram, ProgramImage> OnProgram { get; init; } = (_, _) => { };

    /// <summary>Reads a Go program.</summary>
    /// <param name="fullPath">A full path.</param>
    /// <param name="cancellation">Ends the reading.</param>
    /// <exception cref="GoCrossException">
    /// PathNotFound; PathIsDirectory; FileEmpty; NotGoProgram; GoBuildInfoTruncated, GoBuildInfoTooLong,
    /// GoBuildInfoLineInvalid, GoFunctionTableDamaged: it is one, and damaged.
    /// </exception>
    /// <exception cref="IOException">It cannot be read.</exception>
    /// <exception cref="UnauthorizedAccessException">It may not be read.</exception>
    public Sbom ReadProgram(string fullPath, CancellationToken cancellation = default)
    {
        using var source = RandomAccessFile.Open(fullPath);
        return ReadProgram(source, cancellation);
    }

    /// <summary>Reads a Go program that is open.</summary>
    /// <param name="source">The file. It stays open.</param>
    /// <param name="cancellation">Ends the reading.</param>
    /// <exception cref="GoCrossException">NotGoProgram; it is one, and damaged.</exception>
    /// <exception cref="IOException">It cannot be read.</exception>
    public Sbom ReadProgram(IRandomAccessSource source, CancellationToken cancellation = default)
    {
        SbomProgram program = ReadAndHash(source, cancellation);
        var builder = new SbomBuilder();
        builder.Add(program);
        return new Sbom
        {
            Name = Path.GetFileName(source.Name),
            Path = source.Name,
            Subject = SbomSubject.Program,
            Digest = "sha256:" + program.Sha256,
            Platform = program is { GoOS: { } system, GoArch: { } architecture } ? $"{system}/{architecture}" : null,
            Components = builder.Components(),
            Programs = [program],
            Incomplete = program.Incomplete is null ? [] : [program.Incomplete],
        };
    }

    // To hash a large program takes longer than to read what it is made of: another thread does it meanwhile.
    private SbomProgram ReadAndHash(IRandomAccessSource source, CancellationToken cancellation)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        Task<string> hashing = Task.Run(() => FileHash.Sha256(source, stop.Token), CancellationToken.None);
        try
        {
            SbomProgram program = GoProgramReader.TryRead(source, new SbomPlace(source.Name), LinkerVariables.FlagsOf(CommandLine), OnProgram, cancellation)
                ?? throw GoCrossException.Create(ErrorKind.InvalidData, nameof(Messages.NotGoProgram), source.Name);
            return program with { Sha256 = hashing.GetAwaiter().GetResult() };
        }
        finally
        {
            // Nothing reads the file any more when its owner closes it.
            stop.Cancel();
            Task.WhenAny(hashing).GetAwaiter().GetResult();
        }
    }

    /// <summary>Reads a folder: its Go programs, and where it is the root of a system the packages.</summary>
    /// <param name="fullPath">A full path.</param>
    /// <param name="cancellation">Ends the reading.</param>
    /// <exception cref="GoCrossException">PathNotFound; PackageDatabaseTooLong.</exception>
    /// <exception cref="IOException">It cannot be read.</exception>
    /// <exception cref="UnauthorizedAccessException">A database may not be read.</exception>
    public Sbom ReadFolder(string fullPath, CancellationToken cancellation = default)
    {
        var tree = new FolderTree(fullPath, OnUnreadable);
        return Read(tree, cancellation) with
        {
            Name = Path.GetFileName(Path.TrimEndingDirectorySeparator(fullPath)) is { Length: > 0 } name ? name : fullPath,
            Path = fullPath,
            Subject = SbomSubject.Folder,
        };
    }

    /// <summary>Reads an image.</summary>
    /// <param name="image">The image. It stays open.</param>
    /// <param name="cancellation">Ends the reading.</param>
    /// <exception cref="GoCrossException">PackageDatabaseTooLong; what reading a file of the image throws.</exception>
    /// <exception cref="IOException">It cannot be read.</exception>
    public Sbom ReadImage(OpenImage image, CancellationToken cancellation = default)
    {
        ImageLocation location = image.Image.Location;
        return Read(new ImageTree(image), cancellation) with
        {
            Name = image.Image.Tags.Count > 0 ? image.Image.Tags[0] : location.IsRemote ? location.Address : Path.GetFileName(location.Address),
            Path = location.FullName,
            Subject = SbomSubject.Image,
            Digest = image.Image.ManifestDigest ?? image.Image.ConfigDigest,
            Platform = image.Image.Platform.ToString(),
        };
    }

    private Sbom Read(SystemTree tree, CancellationToken cancellation)
    {
        OsRelease? release = OsRelease.TryRead(tree);
        IReadOnlyList<SystemPackage> debian = DpkgDatabase.Read(tree, cancellation);
        IReadOnlyList<SystemPackage> alpine = ApkDatabase.Read(tree, cancellation);
        var programs = new List<SbomProgram>();
        var incomplete = new List<string>();
        foreach (string path in tree.Programs(cancellation))
        {
            cancellation.ThrowIfCancellationRequested();
            try
            {
                using IRandomAccessSource? source = tree.TryOpen(path);
                if (source is not null && GoProgramReader.TryRead(source, tree.PlaceOf(path), linkerFlags: null, OnProgram, cancellation) is { } program)
                {
                    programs.Add(program);
                }
            }
            catch (Exception e) when (e is GoCrossException or UnauthorizedAccessException)
            {
                // One damaged or unreadable file does not cost the others; that it is missing is said.
                incomplete.Add(TextFormat.Fill(Texts.SbomDamaged, path, e.Message));
            }
        }

        programs = WithOwners(tree, programs, debian, alpine, cancellation);
        programs.Sort((a, b) => string.CompareOrdinal(a.Place.Path, b.Place.Path));
        var builder = new SbomBuilder();
        if (release is not null)
        {
            builder.Add(release, tree.PlaceOf(release.Path));
        }

        foreach (SystemPackage package in debian.Concat(alpine))
        {
            builder.Add(package, release);
        }

        foreach (SbomProgram program in programs)
        {
            builder.Add(program);
        }

        return new Sbom
        {
            Name = string.Empty,
            Path = string.Empty,
            Subject = SbomSubject.Folder,
            OperatingSystem = release?.PrettyName,
            Components = builder.Components(),
            Programs = programs,
            Incomplete = [.. incomplete.Concat(programs.Select(program => program.Incomplete).OfType<string>()).Order(StringComparer.Ordinal)],
        };
    }

    private static List<SbomProgram> WithOwners(
        SystemTree tree,
        List<SbomProgram> programs,
        IReadOnlyList<SystemPackage> debian,
        IReadOnlyList<SystemPackage> alpine,
        CancellationToken cancellation)
    {
        HashSet<string> paths = [.. programs.Select(program => program.Place.Path)];
        if (paths.Count == 0 || debian.Count + alpine.Count == 0)
        {
            return programs;
        }

        Dictionary<string, SystemPackage> owners = DpkgDatabase.OwnersOf(tree, debian, paths, cancellation);
        foreach (SystemPackage package in alpine)
        {
            foreach (string path in package.Files.Where(paths.Contains))
            {
                owners[path] = package;
            }
        }

        return
        [
            .. programs.Select(program => owners.TryGetValue(program.Place.Path, out SystemPackage? owner)
                ? program with { Place = program.Place with { Owner = $"{owner.Name} {owner.Version}" } }
                : program),
        ];
    }
}
