using System.Collections;
using System.Management.Automation;
using GoCross.Cmdlets.Bridge;
using GoCross.Cmdlets.Completion;
using GoCross.Cmdlets.Errors;
using GoCross.Cmdlets.Foundation;
using GoCross.Cmdlets.Views;
using GoCross.ContainerEngines;
using GoCross.Errors;
using GoCross.Files;
using GoCross.Images;
using GoCross.Oci;
using GoCross.Progress;
using GoCross.Registries;
using GoCross.Scratch;

namespace GoCross.Cmdlets.Commands;

/// <summary>
/// Writes a program's image with no daemon: a tar that docker load and OCI tools read, or an OCI image layout. On request
/// it goes into a container engine and to a registry.
/// </summary>
[Cmdlet(VerbsCommon.New, "ScratchImage", DefaultParameterSetName = PathSet, SupportsShouldProcess = true)]
[OutputType(typeof(ScratchImage))]
public sealed class NewScratchImageCommand : ScratchCmdlet
{
    private readonly HashSet<string> _written = new(StringComparer.Ordinal);
    private readonly HashSet<string> _sent = new(StringComparer.Ordinal);
    private readonly List<ScratchProgram> _programs = [];
    private ImageReference? _reference;
    private ImageLocation? _base;
    private IContainerEngine? _engine;

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

    /// <summary>Loads the image into a Docker engine.</summary>
    [Parameter]
    public SwitchParameter Load { get; set; }

    /// <summary>The Docker context of the engine that it is loaded into.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(DockerContextCompleter))]
    public string? DockerContext { get; set; }

    /// <summary>Pushes the image to the registry that its name begins with.</summary>
    [Parameter]
    public SwitchParameter Push { get; set; }

    /// <summary>Reads the parameters that hold for every program.</summary>
    protected override void BeginProcessing()
    {
        base.BeginProcessing();
        if (Tag is not null)
        {
            _reference = RunOrEnd(Tag, () => ImageReference.ParseTagged(Tag));
        }

        if (BaseImage is not null)
        {
            _base = RunOrEnd(BaseImage, () => ImageArguments.Locate(this, BaseImage));
        }

        CheckSending();
        if (Load)
        {
            _engine = RunOrEnd(DockerContext, () => DockerContext is null
                ? IsolatedAssembly.Connect()
                : IsolatedAssembly.Connect(EngineEndpointFinder.FindContext(DockerContext, "-DockerContext")));
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

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            _engine?.Dispose();
        }

        base.Dispose(disposing);
    }

    private void CheckSending()
    {
        if (Push)
        {
            // library is Docker's own; it is where a name without a registry and a user would go.
            string? lacks = Tag is null ? "there is no name"
                : _reference!.IsOfficial
                    ? $"\"{Tag}\" has none"
                    : null;
            if (lacks is not null)
            {
                ThrowTerminatingError(ErrorRecords.Create(ErrorKind.InvalidArgument, nameof(Messages.PushNeedsTag), Tag, lacks));
            }
        }

        if (Load && Format == ImageFormat.OciDirectory)
        {
            ThrowTerminatingError(ErrorRecords.Create(ErrorKind.InvalidArgument, nameof(Messages.LoadNeedsTar), Format, Format));
        }

        if (DockerContext is not null && !Load)
        {
            ThrowTerminatingError(ErrorRecords.Create(
                ErrorKind.InvalidArgument, nameof(Messages.DockerContextWithoutLoad), DockerContext));
        }
    }

    private void Write(string name, ScratchProgram[] programs)
    {
        string first = programs[0].Path;
        string platform = programs.Length == 1 ? "-" + programs[0].Platform.ToString().Replace('/', '-') : string.Empty;
        string fileName = name + platform + (Format == ImageFormat.OciDirectory ? ".oci" : ".tar");

        // What is only sent away leaves no file.
        bool isKept = OutputPath is not null || !(Load || Push);
        string? path = null;
        if (isKept && !TryRun(OutputPath, () => DestinationOf(fileName), out path))
        {
            return;
        }

        if (path is not null && !_written.Add(path))
        {
            // With -Force the second image would replace the first one unseen.
            WriteError(ErrorRecords.Create(ErrorKind.InvalidArgument, nameof(Messages.DestinationTaken), first, first, path));
            return;
        }

        if ((Load || Push) && _reference is not null && !_sent.Add(_reference.CanonicalName))
        {
            WriteError(ErrorRecords.Create(
                ErrorKind.InvalidArgument, nameof(Messages.ReferenceTaken), first, first, _reference.FamiliarName));
            return;
        }

        string sources = string.Join(", ", programs.Select(program => program.Path));
        string platforms = string.Join(", ", programs.Select(program => program.Platform));
        bool isWritten = path is null || ShouldProcess(path, $"Write the image of {sources} for {platforms}");
        bool isLoaded = Load && ShouldProcess(_engine!.Endpoint, $"Load the image of {sources} for {platforms}");
        bool isPushed = Push && ShouldProcess(_reference!.CanonicalName, $"Push the image of {sources} for {platforms}");
        if (isWritten && (path is not null || isLoaded || isPushed))
        {
            PipelinePump.ForEach(
                this,
                path is null ? $"Sending {_reference?.FamiliarName ?? name}" : $"Writing {path}",
                [first],
                degree: 1,
                (_, writer, cancellation) => WriteAsync(
                    programs, path, fileName, isLoaded ? _engine : null, isPushed, writer, cancellation),
                StopToken);
        }
    }

    // An older layout is what is to be replaced, not a folder to put the new one into.
    private string DestinationOf(string fileName)
    {
        string? given = OutputPath is null ? null : SessionPaths.Resolve(this, OutputPath);
        return Format == ImageFormat.OciDirectory && given is not null && File.Exists(System.IO.Path.Combine(given, "oci-layout"))
            ? System.IO.Path.TrimEndingDirectorySeparator(given)
            : Destination(fileName);
    }

    private async Task WriteAsync(
        ScratchProgram[] programs,
        string? path,
        string fileName,
        IContainerEngine? engine,
        bool isPushed,
        IPipelineWriter writer,
        CancellationToken cancellation)
    {
        // Asked before anything is written: an engine that is not there is reported at once.
        EngineFacts? facts = engine is null ? null : await engine.GetFactsAsync(cancellation).ConfigureAwait(false);
        var options = new ScratchImageOptions
        {
            Format = Format,
            Compression = Compression,
            Annotations = Tables.Texts(Annotation),
            Attachments = AttachmentPath.Select(attachment => SessionPaths.Resolve(this, attachment)).ToArray(),
            Base = _base,
            BaseReader = platform => ImageArguments.Reader(platform, writer),
            Gzip = output => IsolatedAssembly.Libraries.CompressGzip(output),
            Overwrite = Force,
        };
        if (facts is not null)
        {
            options = options with { ArchivePlatform = facts.Platform.ToString() };
        }

        using TemporaryDirectory? folder = path is null ? new TemporaryDirectory() : null;
        ScratchImage image = ScratchImageWriter.Write(
            programs, path ?? System.IO.Path.Combine(folder!.Path, fileName), _reference, Options, options, cancellation);
        writer.WriteWarnings(image.Warnings);
        ScratchImage sent = image;
        if (engine is not null)
        {
            await TrySendAsync(
                engine.Endpoint,
                writer,
                async show => sent = await ScratchImageSender
                    .LoadAsync(sent, image.Path!, engine, show, cancellation)
                    .ConfigureAwait(false),
                cancellation).ConfigureAwait(false);
        }

        if (isPushed)
        {
            await TrySendAsync(
                _reference!.CanonicalName,
                writer,
                async show =>
                {
                    PushedImage pushed = await ScratchImageSender.PushAsync(image, _reference, show, cancellation).ConfigureAwait(false);
                    sent = sent with { PushedReference = $"{pushed.Reference}@{pushed.Digest}" };
                    writer.WriteVerbose(
                        $"{pushed.DigestReference}: {View.Size(pushed.BytesSent)} sent in blobs: {pushed.BlobsSent}; "
                        + $"there already: {pushed.BlobsThere}; mounted: {pushed.BlobsMounted}.");
                },
                cancellation).ConfigureAwait(false);
        }

        // A file is there, whatever became of the sending.
        if (path is not null || sent.LoadedImage is not null || sent.PushedReference is not null)
        {
            writer.WriteObject(path is null ? sent with { Path = null } : sent);
        }
    }

    // One destination that fails is an error of its own: the other gets the image.
    private static async Task TrySendAsync(
        string destination, IPipelineWriter writer, Func<Action<TransferProgress>, Task> send, CancellationToken cancellation)
    {
        try
        {
            await send(progress => writer.WriteTransfer(destination, progress.BytesSent, progress.TotalBytes)).ConfigureAwait(false);
        }
        catch (Exception e) when (!cancellation.IsCancellationRequested)
        {
            writer.WriteError(ErrorRecords.From(e, destination));
        }
    }
}
