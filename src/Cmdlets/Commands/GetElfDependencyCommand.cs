using System.Management.Automation;
using GoCross.Binaries;
using GoCross.Cmdlets.Errors;
using GoCross.Cmdlets.Foundation;
using GoCross.Errors;
using GoCross.Files;

namespace GoCross.Cmdlets.Commands;

/// <summary>Tells how ELF files are linked and what they need to run, without executing anything.</summary>
[Cmdlet(VerbsCommon.Get, "ElfDependency", DefaultParameterSetName = PathSet)]
[OutputType(typeof(BinaryReport))]
public sealed class GetElfDependencyCommand : PathCmdlet
{
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
    private protected override void ProcessPath(string fullPath)
    {
        if (!Directory.Exists(fullPath))
        {
            if (TryRun(fullPath, () => Inspection.Of(fullPath, ElfOnly, StopToken), out Inspection? inspection)
                && inspection.Report is { } report)
            {
                WriteObject(report);
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
                if (Inspection.Of(path, ElfOnly, cancellation).Report is { } report)
                {
                    writer.WriteObject(report);
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

    /// <summary>What one file gave: a report, or nothing where it was to be passed over.</summary>
    private sealed record Inspection(BinaryReport? Report)
    {
        internal static Inspection Of(string path, bool elfOnly, CancellationToken cancellation)
        {
            if (!elfOnly)
            {
                return new Inspection(BinaryInspector.Inspect(path, cancellation));
            }

            try
            {
                using var source = RandomAccessFile.Open(path);
                return new Inspection(BinaryInspector.TryInspect(source, cancellation));
            }
            catch (GoCrossException e) when (e.ErrorId == RandomAccessFile.EmptyErrorId)
            {
                return new Inspection(null as BinaryReport);
            }
        }
    }
}
