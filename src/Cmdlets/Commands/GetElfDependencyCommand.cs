using System.Management.Automation;
using GoCross.Binaries;
using GoCross.Cmdlets.Completion;
using GoCross.Cmdlets.Errors;
using GoCross.Cmdlets.Foundation;
using GoCross.Errors;
using GoCross.Files;
using GoCross.Images;
using GoCross.Libraries;
using GoCross.Oci;
using GoCross.Roots;

namespace GoCross.Cmdlets.Commands;

/// <summary>Tells how ELF files are linked, what they need to run and whether a root or image has it. Executes nothing.</summary>
[Cmdlet(VerbsCommon.Get, "ElfDependency", DefaultParameterSetName = PathSet)]
[OutputType(typeof(BinaryReport), typeof(RootReport), typeof(ElfLibrary))]
public sealed class GetElfDependencyCommand : PathCmdlet
{
    /// <summary>Enough for a thread to go on while another reads a program of 100 MiB.</summary>
    private const int FilesAheadOfEachThread = 32;

    private DirectoryRoot? _root;
    private RootInspector? _programs;
    private OpenImage? _image;
    private ImageInspector? _inImage;

    /// <summary>The files, with wildcards. Not needed with an image, which has a program of its own.</summary>
    [Parameter(Position = 0, ParameterSetName = PathSet, ValueFromPipeline = true, ValueFromPipelineByPropertyName = true)]
    [Alias("FullName")]
    [AllowNull]
    [AllowEmptyCollection]
    [AllowEmptyString]
    [SupportsWildcards]
    public override string?[]? Path { get; set; }

    /// <summary>Follows the libraries by the rules of the loader, and emits those instead of reports.</summary>
    [Parameter]
    public SwitchParameter Resolve { get; set; }

    /// <summary>The directory that is the root when the program is started.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string? Root { get; set; }

    /// <summary>The image that the program is started in; without a path, the image's own program.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(ImageCompleter))]
    public string? Image { get; set; }

    /// <summary>Files of the image instead of the program that it starts; with wildcards.</summary>
    [Parameter(ParameterSetName = PathSet)]
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
    [Parameter]
    public SwitchParameter Recurse { get; set; }

    /// <summary>With <see cref="Recurse"/>, takes hidden files and folders, too.</summary>
    [Parameter]
    public SwitchParameter Force { get; set; }

    /// <summary>Passes over what is no ELF file without an error.</summary>
    [Parameter]
    public SwitchParameter ElfOnly { get; set; }

    /// <inheritdoc/>
    protected override void BeginProcessing()
    {
        RequireSense();
        if (Image is not null)
        {
            _image = OpenImage(Image);
            _inImage = new ImageInspector(_image, LibraryPath);
        }
        else if (Resolve || Root is not null)
        {
            // $ORIGIN, the cache and the libraries are read once for all programs.
            _root = RunOrEnd(Root, () => new DirectoryRoot(Root is null ? "/" : SessionPaths.Resolve(this, Root)));
            _programs = new RootInspector(
                _root,
                [.. (LibraryPath ?? []).Select(path => Root is null ? SessionPaths.Resolve(this, path) : path)]);
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
            int ahead = _programs is null && _inImage is null ? Environment.ProcessorCount * FilesAheadOfEachThread : 1;
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

    // What was asked for at once and excludes, or needs, something else.
    private void RequireSense()
    {
        if (Root is not null && Image is not null)
        {
            ThrowTerminatingError(ErrorRecords.Create(
                ErrorKind.InvalidArgument, nameof(Messages.RootAndImage), Image));
        }

        if (LibraryPath is not null && !Resolve && Root is null && Image is null)
        {
            ThrowTerminatingError(ErrorRecords.Create(
                ErrorKind.InvalidArgument, nameof(Messages.NeedsResolve), LibraryPath[0]));
        }

        if (Image is null && (Platform is not null || ImagePath is not null))
        {
            ThrowTerminatingError(ErrorRecords.Create(
                ErrorKind.InvalidArgument, nameof(Messages.NeedsImage), Platform ?? ImagePath![0]));
        }

        bool hasPath = MyInvocation.ExpectingInput || Path is not null || LiteralPath.Length > 0;
        if (hasPath && ImagePath is not null)
        {
            ThrowTerminatingError(ErrorRecords.Create(
                ErrorKind.InvalidArgument, nameof(Messages.PathAndImagePath), ImagePath[0]));
        }

        if (!hasPath && Image is null && !MyInvocation.BoundParameters.ContainsKey(nameof(Path)))
        {
            ThrowTerminatingError(ErrorRecords.Create(
                ErrorKind.InvalidArgument, nameof(Messages.NothingToRead), target: null));
        }
    }

    private OpenImage OpenImage(string name)
    {
        ImagePlatform? platform = Platform is null ? null : RunOrEnd(Platform, () => ImagePlatform.Parse(Platform));
        ImageLocation location = RunOrEnd(name, () => ImageReading.Locate(this, name));
        return RunOrEnd(name, ImageReading.Activity(location), async (writer, cancellation) =>
        {
            OpenImage image = await ImageReading
                .Reader(platform, writer)
                .OpenAsync(location, StopToken, cancellation)
                .ConfigureAwait(false);
            ImageReading.Warn(writer, image.Image.Warnings);
            return image;
        });
    }

    private IReadOnlyList<object> InspectEntryPoint(ImageInspector image) => Resolve
        ? image.Resolve(image.FindEntryPoint().Path, StopToken)
        : [image.InspectEntryPoint(StopToken)];

    private IReadOnlyList<object> InspectInside(ImageInspector image, string path) =>
        ElfOnly && !image.IsElf(path) ? []
        : Resolve ? image.Resolve(path, StopToken)
        : [image.Inspect(path, StopToken)];

    private static IReadOnlyList<string> Match(ImageInspector image, string pattern)
    {
        if (!WildcardPattern.ContainsWildcardCharacters(pattern))
        {
            return [pattern];
        }

        var wildcard = new WildcardPattern(pattern.StartsWith('/') || pattern.StartsWith('*') ? pattern : "/" + pattern);
        return image.Find(wildcard.IsMatch);
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

            string inside = InsideName(path);
            if (Resolve)
            {
                return _inImage?.Resolve(source, inside, cancellation) ?? _programs!.Resolve(source, inside, cancellation);
            }

            BinaryReport? report = _inImage is not null ? _inImage.TryInspect(source, inside, cancellation)
                : _programs is not null ? _programs.TryInspect(source, inside, mode: null, cancellation)
                : BinaryInspector.TryInspect(source, cancellation);
            return [report ?? throw BinaryInspector.NotElf(source)];
        }
        catch (GoCrossException e) when (ElfOnly && e.ErrorId == RandomAccessFile.EmptyErrorId)
        {
            return [];
        }
    }

    // A program that lies elsewhere is looked at as though it lay at the top of the root.
    private string InsideName(string path) => _root?.InsideName(path) ?? "/" + System.IO.Path.GetFileName(path);
}
