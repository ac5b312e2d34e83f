using System.Collections;
using System.Management.Automation;
using GoCross.Cmdlets.Bridge;
using GoCross.Cmdlets.Completion;
using GoCross.Cmdlets.Errors;
using GoCross.Cmdlets.Foundation;
using GoCross.Containers;
using GoCross.Errors;
using GoCross.Images;

namespace GoCross.Cmdlets.Commands;

/// <summary>Writes a program's image with no daemon: a tar that docker load and OCI tools read, or an OCI image layout.</summary>
[Cmdlet(VerbsCommon.New, "ScratchImage", DefaultParameterSetName = PathSet, SupportsShouldProcess = true)]
[OutputType(typeof(ScratchImage))]
public sealed class NewScratchImageCommand : ScratchCmdlet
{
    private readonly HashSet<string> _written = new(StringComparer.Ordinal);
    private readonly List<ScratchProgram> _programs = [];
    private ImageReference? _reference;
    private ImageLocation? _base;

    /// <summary>The image's name with its tag.</summary>
    [Parameter]
    [Alias("Reference")]
    [ValidateNotNullOrEmpty]
    public string? Tag { get; set; }

    /// <summary>What the image is written as.</summary>
    [Parameter]
    public ImageFormat Format { get; set; }

    /// <summary>How the layers are stored.</summary>
    [Parameter]
    public LayerCompression Compression { get; set; }

    /// <summary>Annotations by name.</summary>
    [Parameter]
    [ValidateNotNull]
    public IDictionary Annotation { get; set; } = new Hashtable();

    /// <summary>Documents that are attached to the image: bills of materials, provenance statements.</summary>
    [Parameter]
    [Alias("SbomPath", "ProvenancePath")]
    [ValidateNotNull]
    public string[] AttachmentPath { get; set; } = [];

    /// <summary>The image that the program is put on top of.</summary>
    [Parameter]
    [Alias("Base")]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(ImageCompleter))]
    public string? BaseImage { get; set; }

    /// <summary>Reads the parameters that hold for every program.</summary>
    protected override void BeginProcessing()
    {
        base.BeginProcessing();
        if (Tag is not null)
        {
            _reference = RunOrEnd(Tag, () => ImageReference.Parse(Tag));
        }

        if (BaseImage is not null)
        {
            _base = RunOrEnd(BaseImage, () => ImageReading.Locate(this, BaseImage));
        }
    }

    /// <inheritdoc/>
    private protected override void ProcessPath(string fullPath)
    {
        if (TryRun(fullPath, () => ScratchProgram.Inspect(fullPath, StopToken), out ScratchProgram? program))
        {
            _programs.Add(program);
        }
    }

    /// <summary>Writes an image for each program: its platforms are known now.</summary>
    protected override void EndProcessing()
    {
        foreach (IGrouping<string, ScratchProgram> group in _programs.GroupBy(program => Name ?? program.Name, StringComparer.Ordinal))
        {
            Write(group.Key, [.. group]);
        }
    }

    private void Write(string name, ScratchProgram[] programs)
    {
        string first = programs[0].Path;
        string platform = programs.Length == 1 ? "-" + programs[0].Platform.Replace('/', '-') : string.Empty;
        string fileName = name + platform + (Format == ImageFormat.OciDirectory ? ".oci" : ".tar");
        if (!TryRun(OutputPath, () => Destination(fileName), out string? path))
        {
            return;
        }

        if (!_written.Add(path))
        {
            // With -Force the second image would replace the first one unseen.
            WriteError(ErrorRecords.Create(ErrorKind.InvalidArgument, nameof(Messages.DestinationTaken), first, first, path));
            return;
        }

        string platforms = string.Join(", ", programs.Select(program => program.Platform));
        if (ShouldProcess(path, $"Write the image of {string.Join(", ", programs.Select(program => program.Path))} for {platforms}"))
        {
            PipelinePump.ForEach(
                this,
                $"Writing {path}",
                [first],
                degree: 1,
                (_, writer, cancellation) => WriteAsync(programs, path, writer, cancellation),
                StopToken);
        }
    }

    private Task WriteAsync(
        ScratchProgram[] programs, string path, IPipelineWriter writer, CancellationToken cancellation)
    {
        var options = new ScratchImageOptions
        {
            Format = Format,
            Compression = Compression,
            Annotations = Texts(Annotation),
            Attachments = AttachmentPath.Select(attachment => SessionPaths.Resolve(this, attachment)).ToArray(),
            Base = _base,
            BaseReader = platform => ImageReading.Reader(platform, writer),
            Gzip = () => GzipBridge.Encoder,
            Overwrite = Force,
        };
        ScratchImage image = ScratchImageWriter.Write(programs, path, _reference, Options, options, cancellation);
        ImageReading.Warn(writer, image.Warnings);
        writer.WriteObject(image);
        return Task.CompletedTask;
    }
}
