using System.Management.Automation;
using GoCross.Cmdlets.Completion;
using GoCross.Cmdlets.Errors;
using GoCross.Errors;
using GoCross.Images;
using GoCross.Oci;

namespace GoCross.Cmdlets.Foundation;

/// <summary>
/// A cmdlet that reads container images: archives and layout directories by path, images of a Docker engine by name.
/// </summary>
public abstract class ImageCmdlet : GoCrossCmdlet
{
    private const int OneAtATime = 1;

    private readonly EngineTransfer _transfer = new();
    private ImagePlatform? _platform;

    /// <summary>Only this assembly has cmdlets of GoCross.</summary>
    private protected ImageCmdlet()
    {
    }

    /// <summary>Which image of one for several platforms: os/arch or os/arch/variant.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(ImagePlatformCompleter))]
    public string? Platform { get; set; }

    /// <summary>Reads the platform.</summary>
    protected override void BeginProcessing()
    {
        if (Platform is not null)
        {
            _platform = RunOrEnd(Platform, () => ImagePlatform.Parse(Platform));
        }
    }

    /// <summary>
    /// Goes through the names of images that came down the pipeline. A name that is none, and one that names nothing,
    /// is an error of its own.
    /// </summary>
    /// <param name="names">What the pipeline or the user gave.</param>
    /// <param name="process">The work on one image.</param>
    private protected void ForEachImage(string?[]? names, Action<ImageLocation> process)
    {
        // A failed build stands in the pipeline with no file. It is told in those words, not in the binder's.
        if (names is null || names.Length == 0)
        {
            WriteNoPath();
            return;
        }

        foreach (string? name in names)
        {
            if (string.IsNullOrEmpty(name))
            {
                WriteNoPath();
            }
            else if (TryRun(name, () => LocateNoting(name), out ImageLocation? location))
            {
                process(location);
            }
        }
    }

    /// <summary>Is told of each image that becomes an error of its own, on any thread.</summary>
    /// <param name="name">The image as the user names it; empty where it has no name.</param>
    /// <param name="error">The error.</param>
    private protected virtual void OnImageFailed(string name, ErrorRecord error)
    {
    }

    /// <summary>
    /// Works on one image beside the pipeline's thread, with a reader that shows its progress. A failure becomes an
    /// error of the image.
    /// </summary>
    /// <param name="location">The image.</param>
    /// <param name="work">The work. What it is to emit it writes into the writer.</param>
    /// <exception cref="PipelineStoppedException">The pipeline was stopped.</exception>
    private protected void WithReader(
        ImageLocation location, Func<ImageReader, IPipelineWriter, CancellationToken, Task> work) =>
        PipelinePump.ForEach(
            this,
            ImageReading.Activity(location),
            [location],
            OneAtATime,
            async (_, writer, cancellation) =>
            {
                try
                {
                    await work(ImageReading.Reader(_platform, writer, _transfer), writer, cancellation).ConfigureAwait(false);
                }
                catch (Exception e) when (!cancellation.IsCancellationRequested)
                {
                    OnImageFailed(location.Text, ErrorRecords.From(e, location));
                    throw;
                }
            },
            StopToken);

    /// <summary>Reads an image without which the cmdlet cannot go on; a failure ends it with a terminating error.</summary>
    /// <param name="name">The image as the user names it.</param>
    /// <param name="next">
    /// The image that is read after it, which comes in the same transfer where both are of a Docker engine; null for none.
    /// </param>
    /// <exception cref="PipelineStoppedException">The reading failed, or the pipeline was stopped.</exception>
    private protected ContainerImage ReadOrEnd(string name, ImageLocation? next = null)
    {
        ImageLocation location = RunOrEnd(name, () => ImageReading.Locate(this, name));
        if (next is not null)
        {
            _transfer.Expect(next);
        }

        return RunOrEnd(name, ImageReading.Activity(location), async (writer, cancellation) =>
        {
            ContainerImage image = await ImageReading
                .Reader(_platform, writer, _transfer)
                .ReadAsync(location, cancellation)
                .ConfigureAwait(false);
            ImageReading.Warn(writer, image.Warnings);
            return image;
        });
    }

    private ImageLocation LocateNoting(string name)
    {
        try
        {
            return ImageReading.Locate(this, name);
        }
        catch (Exception e)
        {
            OnImageFailed(name, ErrorRecords.From(e, name));
            throw;
        }
    }

    private void WriteNoPath()
    {
        ErrorRecord error = ErrorRecords.Create(ErrorKind.InvalidArgument, nameof(Messages.NoPath), target: null);
        OnImageFailed(string.Empty, error);
        WriteError(error);
    }
}
