using System.Management.Automation;
using GoCross.Cmdlets.Errors;
using GoCross.Cmdlets.Foundation;
using GoCross.Containers;
using GoCross.Errors;

namespace GoCross.Cmdlets.Commands;

/// <summary>Writes the image of a static program with no daemon: a tar that docker load and OCI tools read.</summary>
[Cmdlet(VerbsCommon.New, "ScratchImage", DefaultParameterSetName = PathSet, SupportsShouldProcess = true)]
[OutputType(typeof(ScratchImage))]
public sealed class NewScratchImageCommand : ScratchCmdlet
{
    private readonly HashSet<string> _written = new(StringComparer.Ordinal);
    private ImageReference? _reference;

    /// <summary>The image's name with its tag.</summary>
    [Parameter]
    [Alias("Reference")]
    [ValidateNotNullOrEmpty]
    public string? Tag { get; set; }

    /// <summary>Reads the parameters that hold for every program.</summary>
    protected override void BeginProcessing()
    {
        base.BeginProcessing();
        if (Tag is not null)
        {
            _reference = RunOrEnd(Tag, () => ImageReference.Parse(Tag));
        }
    }

    /// <inheritdoc/>
    private protected override void ProcessPath(string fullPath)
    {
        if (!TryRun(fullPath, () => ScratchProgram.Inspect(fullPath, StopToken), out ScratchProgram? program))
        {
            return;
        }

        string fileName = $"{Name ?? program.Name}-{program.Platform.Replace('/', '-')}.tar";
        if (!TryRun(OutputPath, () => Destination(fileName), out string? path))
        {
            return;
        }

        if (!_written.Add(path))
        {
            // With -Force the second image would replace the first one unseen.
            WriteError(ErrorRecords.Create(
                ErrorKind.InvalidArgument, nameof(Messages.DestinationTaken), fullPath, fullPath, path));
            return;
        }

        if (ShouldProcess(path, $"Write the image of {fullPath} for {program.Platform}")
            && TryRun(
                fullPath,
                () => ScratchImageWriter.Write(program, path, _reference, Options, Force, StopToken),
                out ScratchImage? image))
        {
            Warn(image.Warnings);
            WriteObject(image);
        }
    }
}
