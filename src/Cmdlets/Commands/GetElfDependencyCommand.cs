using System.Management.Automation;
using GoCross.Binaries;
using GoCross.Cmdlets.Errors;
using GoCross.Cmdlets.Foundation;
using GoCross.Errors;
using GoCross.Files;
using GoCross.Libraries;

namespace GoCross.Cmdlets.Commands;

/// <summary>Tells how ELF files are linked and what they need to run, without executing anything.</summary>
[Cmdlet(VerbsCommon.Get, "ElfDependency", DefaultParameterSetName = PathSet)]
[OutputType(typeof(BinaryReport), typeof(ElfLibrary))]
public sealed class GetElfDependencyCommand : PathCmdlet
{
    private DirectoryRoot? _root;
    private LibraryResolver? _resolver;

    /// <summary>Follows the libraries by the rules of the loader, and emits those instead of reports.</summary>
    [Parameter]
    public SwitchParameter Resolve { get; set; }

    /// <summary>With <see cref="Resolve"/>, the directory that is the root when the program is started.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string? Root { get; set; }

    /// <summary>With <see cref="Resolve"/>, the directories of LD_LIBRARY_PATH; in the root, where one is given.</summary>
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
        if (!Resolve && (Root is not null || LibraryPath is not null))
        {
            ThrowTerminatingError(ErrorRecords.Create(
                ErrorKind.InvalidArgument, nameof(Messages.NeedsResolve), Root ?? LibraryPath?[0]));
        }

        if (Resolve)
        {
            // $ORIGIN, the cache and the libraries are read once for all programs.
            _root = RunOrEnd(Root, () => new DirectoryRoot(Root is null ? "/" : SessionPaths.Resolve(this, Root)));
            _resolver = new LibraryResolver(
                _root,
                [.. (LibraryPath ?? []).Select(path => Root is null ? SessionPaths.Resolve(this, path) : path)]);
        }
    }

    /// <inheritdoc/>
    private protected override void ProcessPath(string fullPath)
    {
        if (!Directory.Exists(fullPath))
        {
            if (TryRun(fullPath, () => Inspect(fullPath, StopToken), out IReadOnlyList<object>? found))
            {
                WriteObject(found, enumerateCollection: true);
            }
        }
        else if (Recurse)
        {
            PipelinePump.Run(this, fullPath, (writer, cancellation) => WalkAsync(fullPath, writer, cancellation), StopToken);
        }
        else if (!ElfOnly)
        {
            WriteError(ErrorRecords.Create(
                ErrorKind.InvalidArgument, nameof(Messages.FolderWithoutRecurse), fullPath, fullPath));
        }
    }

    private Task WalkAsync(string folder, IPipelineWriter writer, CancellationToken cancellation)
    {
        int files = 0;
        foreach (string path in FolderWalk.Files(folder, Force, (at, e) => writer.WriteError(ErrorRecords.From(e, at))))
        {
            cancellation.ThrowIfCancellationRequested();
            writer.WriteProgress($"{++files}: {path}", percent: -1);
            try
            {
                foreach (object found in Inspect(path, cancellation))
                {
                    writer.WriteObject(found);
                }
            }
            catch (GoCrossException e) when (ElfOnly && e.Kind == ErrorKind.NotFound)
            {
                // A link to nothing, or a file that went away meanwhile: nobody named it.
            }
            catch (Exception e) when (e is not OperationCanceledException)
            {
                // Every failure, a defect of ours included, costs this file and no other.
                writer.WriteError(ErrorRecords.From(e, path));
            }
        }

        return Task.CompletedTask;
    }

    // What there is to say of a file; nothing of one that is to be passed over.
    private IReadOnlyList<object> Inspect(string path, CancellationToken cancellation)
    {
        try
        {
            if (_resolver is not null)
            {
                using var program = RandomAccessFile.Open(path);
                return ElfOnly && !BinaryInspector.IsElf(program)
                    ? []
                    : _resolver.Resolve(program, InsideName(path), cancellation);
            }

            if (!ElfOnly)
            {
                return [BinaryInspector.Inspect(path, cancellation)];
            }

            using var source = RandomAccessFile.Open(path);
            return BinaryInspector.TryInspect(source, cancellation) is { } report ? [report] : [];
        }
        catch (GoCrossException e) when (ElfOnly && e.ErrorId == RandomAccessFile.EmptyErrorId)
        {
            return [];
        }
    }

    // A program that lies elsewhere is looked at as though it lay at the top of the root.
    private string InsideName(string path) => _root!.InsideName(path) ?? "/" + System.IO.Path.GetFileName(path);
}
