using System.Management.Automation;
using GoCross.Binaries;
using GoCross.Cmdlets.Completion;
using GoCross.Cmdlets.Errors;
using GoCross.Cmdlets.Foundation;
using GoCross.Errors;
using GoCross.Files;
using GoCross.Images;
using GoCross.Libraries;
using GoCross.Roots;

namespace GoCross.Cmdlets.Commands;

/// <summary>Tells how ELF files are linked, what they need to run and whether a root or image has it. Executes nothing.</summary>
[Cmdlet(VerbsCommon.Get, "ElfDependency", DefaultParameterSetName = PathSet)]
[OutputType(typeof(BinaryReport), typeof(RootReport), typeof(ElfLibrary))]
public sealed class GetElfDependencyCommand : PathCmdlet
{
    /// <summary>Enough for a thread to go on while another reads a program of 100 MiB.</summary>
    private const int FilesAheadOfEachThread = 32;

    private const string ImagePathSet = "ImagePath";

    private DirectoryRoot? _root;
    private OpenImage? _image;
    private ImageInspector? _inImage;

    // What is known of a file, given what it is called in the root; null for what is not an ELF file.
    private Func<RandomAccessFile, string, CancellationToken, IReadOnlyList<object>?> _read =
        (source, _, cancellation) => Only(BinaryInspector.TryInspect(source, cancellation: cancellation));

    /// <summary>The files, with wildcards. Not needed with an image, which has a program of its own.</summary>
    [Parameter(Position = 0, ParameterSetName = PathSet, ValueFromPipeline = true, ValueFromPipelineByPropertyName = true)]
    [Alias("FullName")]
    [PathOfObject]
    [AllowNull]
    [AllowEmptyCollection]
    [AllowEmptyString]
    [SupportsWildcards]
    public override string?[]? Path { get; set; }

    /// <summary>Follows the libraries by the rules of the loader, and emits those instead of reports.</summary>
    [Parameter]
    public SwitchParameter Resolve { get; set; }

    /// <summary>The directory that is the root when the program is started.</summary>
    [Parameter(ParameterSetName = PathSet)]
    [Parameter(ParameterSetName = LiteralPathSet)]
    [ValidateNotNullOrEmpty]
    public string? Root { get; set; }

    /// <summary>The image that the program is started in; without a path, the image's own program.</summary>
    [Parameter(Mandatory = true, ParameterSetName = ImagePathSet)]
    [Parameter(ParameterSetName = PathSet)]
    [Parameter(ParameterSetName = LiteralPathSet)]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(ImageCompleter))]
    public string? Image { get; set; }

    /// <summary>Files of the image instead of the program that it starts; with wildcards.</summary>
    [Parameter(Mandatory = true, ParameterSetName = ImagePathSet)]
    [ValidateNotNullOrEmpty]
    [SupportsWildcards]
    public string[]? ImagePath { get; set; }

    /// <summary>Which image of one for several platforms: os/arch or os/arch/variant.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(ImagePlatformCompleter))]
    public string? Platform { get; set; }

    /// <summary>The directories of LD_LIBRARY_PATH; in the root or image, where one is given.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string[]? LibraryPath { get; set; }

    /// <summary>Goes into folders and the folders in them.</summary>
    [Parameter(ParameterSetName = PathSet)]
    [Parameter(ParameterSetName = LiteralPathSet)]
    public SwitchParameter Recurse { get; set; }

    /// <summary>With <see cref="Recurse"/>, takes hidden files and folders, too.</summary>
    [Parameter(ParameterSetName = PathSet)]
    [Parameter(ParameterSetName = LiteralPathSet)]
    public SwitchParameter Force { get; set; }

    /// <summary>Passes over what is not an ELF file without an error.</summary>
    [Parameter]
    public SwitchParameter ElfOnly { get; set; }

    /// <inheritdoc/>
    protected override void BeginProcessing()
    {
        // Parameter sets cannot say these: what Get-ChildItem emits binds to Path by its name and to LiteralPath by its
        // PSPath, and between them PowerShell chooses only the default set, which therefore has to allow all of it.
        if (Root is not null && Image is not null)
        {
            ThrowTerminatingError(ErrorRecords.Create(ErrorKind.InvalidArgument, nameof(Messages.RootAndImage), Image));
        }

        if (Platform is not null && Image is null)
        {
            ThrowTerminatingError(ErrorRecords.Create(ErrorKind.InvalidArgument, nameof(Messages.NeedsImage), Platform));
        }

        if (Image is null && !MyInvocation.ExpectingInput && LiteralPath.Length == 0
            && !MyInvocation.BoundParameters.ContainsKey(nameof(Path)))
        {
            ThrowTerminatingError(ErrorRecords.Create(ErrorKind.InvalidArgument, nameof(Messages.NothingToRead), target: null));
        }

        if (LibraryPath is not null && !Resolve && Root is null && Image is null)
        {
            ThrowTerminatingError(ErrorRecords.Create(
                ErrorKind.InvalidArgument, nameof(Messages.NeedsResolve), LibraryPath[0]));
        }

        if (Image is not null)
        {
            _image = new ImageArguments(this, Platform).OpenOrEnd(Image);
            _inImage = new ImageInspector(_image, LibraryPath);
            _read = Resolve ? _inImage.Resolve : (source, inside, cancellation) => Only(_inImage.TryInspect(source, inside, cancellation));
        }
        else if (Resolve || Root is not null)
        {
            // $ORIGIN, the cache and the libraries are read once for all programs.
            _root = RunOrEnd(Root, () => new DirectoryRoot(Root is null ? "/" : SessionPaths.Resolve(this, Root)));
            var programs = new RootInspector(
                _root,
                [.. (LibraryPath ?? []).Select(path => Root is null ? SessionPaths.Resolve(this, path) : path)]);
            _read = Resolve
                ? programs.Resolve
                : (source, inside, cancellation) => Only(programs.TryInspect(source, inside, mode: null, cancellation));
        }
    }

    /// <inheritdoc/>
    private protected override void ProcessPath(string fullPath)
    {
        if (TryRun(fullPath, () => Inspect(fullPath, StopToken), out IReadOnlyList<object>? found))
        {
            WriteObject(found, enumerateCollection: true);
        }
    }

    /// <inheritdoc/>
    private protected override void ProcessPaths(IReadOnlyList<string> fullPaths)
    {
        if (fullPaths is [string only] && !Directory.Exists(only))
        {
            ProcessPath(only);
        }
        else if (fullPaths.Count > 0)
        {
            // What remembers the libraries that it has read is not for several threads.
            int ahead = _root is null && _inImage is null ? Environment.ProcessorCount * FilesAheadOfEachThread : 1;
            PipelinePump.ForEachInOrder(
                this,
                fullPaths.Count == 1 ? fullPaths[0] : MyInvocation.MyCommand.Name,
                writer => FilesOf(fullPaths, writer),
                file => file.Path,
                ahead,
                Inspect,
                StopToken);
        }
    }

    private IEnumerable<(string Path, bool IsNamed)> FilesOf(IReadOnlyList<string> paths, IPipelineWriter writer)
    {
        foreach (string path in paths)
        {
            if (!Directory.Exists(path))
            {
                yield return (path, true);
            }
            else if (Recurse)
            {
                foreach (string file in FolderWalk.Files(path, Force, (at, e) => writer.WriteError(ErrorRecords.From(e, at))))
                {
                    yield return (file, false);
                }
            }
            else if (!ElfOnly)
            {
                writer.WriteError(ErrorRecords.Create(
                    ErrorKind.InvalidArgument, nameof(Messages.FolderWithoutRecurse), path, path));
            }
        }
    }

    private IReadOnlyList<object> Inspect((string Path, bool IsNamed) file, CancellationToken cancellation)
    {
        try
        {
            return Inspect(file.Path, cancellation);
        }
        catch (GoCrossException e) when (ElfOnly && !file.IsNamed && e.Kind == ErrorKind.NotFound)
        {
            return []; // A link to nothing, or a file that went away meanwhile: nobody named it.
        }
    }

    private protected override void ProcessWithoutPath()
    {
        ImageInspector image = _inImage!;
        if (ImagePath is null)
        {
            if (TryRun(Image, () => InspectEntryPoint(image), out IReadOnlyList<object>? found))
            {
                WriteObject(found, enumerateCollection: true);
            }

            return;
        }

        foreach (string pattern in ImagePath)
        {
            IReadOnlyList<string> paths = Match(image, pattern);
            if (paths.Count == 0)
            {
                WriteError(ErrorRecords.Create(
                    ErrorKind.NotFound, nameof(Messages.NoMatchInImage), pattern, pattern, Image!));
            }

            foreach (string path in paths)
            {
                if (TryRun(path, () => InspectInside(image, path), out IReadOnlyList<object>? found))
                {
                    WriteObject(found, enumerateCollection: true);
                }
            }
        }
    }

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            _image?.Dispose();
        }

        base.Dispose(disposing);
    }

    private IReadOnlyList<object> InspectEntryPoint(ImageInspector image) => Resolve
        ? image.Resolve(image.FindEntryPoint().Path, StopToken)
        : [image.InspectEntryPoint(StopToken)];

    private IReadOnlyList<object> InspectInside(ImageInspector image, string path) =>
        ElfOnly && !image.IsElf(path) ? []
        : Resolve ? image.Resolve(path, StopToken)
        : [image.Inspect(path, StopToken)];

    private IReadOnlyList<string> Match(ImageInspector image, string pattern)
    {
        if (!WildcardPattern.ContainsWildcardCharacters(pattern))
        {
            return [pattern];
        }

        return image.Find(pattern.StartsWith('/') || pattern.StartsWith('*') ? pattern : "/" + pattern, StopToken);
    }

    // What there is to say of a file; nothing of one that is to be passed over.
    private IReadOnlyList<object> Inspect(string path, CancellationToken cancellation)
    {
        try
        {
            using var source = RandomAccessFile.Open(path);
            if (ElfOnly && !BinaryInspector.IsElf(source))
            {
                return [];
            }

            return _read(source, InsideName(path), cancellation) ?? throw BinaryInspector.NotElf(source);
        }
        catch (GoCrossException e) when (ElfOnly && e.ErrorId == RandomAccessFile.EmptyErrorId)
        {
            return [];
        }
    }

    private static object[]? Only(BinaryReport? report) => report is null ? null : [report];

    // A program that lies elsewhere is looked at as though it lay at the top of the root.
    private string InsideName(string path) => _root?.InsideName(path) ?? "/" + System.IO.Path.GetFileName(path);
}
