using System.Management.Automation;
using GoCross.Cmdlets.Completion;
using GoCross.Images;
using GoCross.Sboms;

namespace GoCross.Cmdlets.Foundation;

/// <summary>
/// A cmdlet that reads what things are made of: programs, folders, images and bills of materials. What a path is, a first
/// look tells; images that are in no file are named.
/// </summary>
/// <typeparam name="T">What comes of one thing.</typeparam>
public abstract class SubjectCmdlet<T> : PathCmdlet
    where T : class
{
    /// <summary>The parameter set in which images are named.</summary>
    private protected const string ImageSet = "Image";

    private ImageArguments? _images;

    /// <summary>Only this assembly has cmdlets of GoCross.</summary>
    private protected SubjectCmdlet()
    {
    }

    /// <summary>Images by name: of an engine, a registry, or a file with the transport before it.</summary>
    [Parameter(Mandatory = true, ParameterSetName = ImageSet)]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(ImageCompleter))]
    public string[] Image { get; set; } = [];

    /// <summary>Which image of one for several platforms: os/arch or os/arch/variant.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(ImagePlatformCompleter))]
    public string? Platform { get; set; }

    /// <summary>The go build command that made a program, a word an item: what Invoke-GoCrossBuild says of its GoBuild.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    [System.Management.Automation.AllowNull]
    [AllowEmptyCollection]
    public string[]? CommandLine { get; set; }

    /// <inheritdoc/>
    protected override void BeginProcessing() => _images = new ImageArguments(this, Platform);

    /// <inheritdoc/>
    private protected sealed override void ProcessPath(string fullPath)
    {
        if (!TryRun(fullPath, () => SbomSubjects.Of(fullPath), out SbomSubject subject))
        {
            return;
        }

        switch (subject)
        {
            case SbomSubject.Image:
                _images!.ForEach([fullPath], ReadImage);
                break;
            case SbomSubject.Folder:
                ReadFolder(fullPath);
                break;
            case SbomSubject.Document:
                Emit(fullPath, () => OfDocument(fullPath));
                break;
            default:
                Emit(fullPath, () => OfProgram(fullPath, StopToken));
                break;
        }
    }

    /// <inheritdoc/>
    private protected sealed override void ProcessWithoutPath() => _images!.ForEach(Image, ReadImage);

    /// <summary>Reads a program.</summary>
    private protected abstract T OfProgram(string fullPath, CancellationToken cancellation);

    /// <summary>Reads a folder.</summary>
    private protected abstract T OfFolder(string fullPath, Action<string, Exception> onUnreadable, CancellationToken cancellation);

    /// <summary>Reads an image.</summary>
    private protected abstract T OfImage(OpenImage image, CancellationToken cancellation);

    /// <summary>Reads a bill of materials.</summary>
    private protected abstract T OfDocument(string fullPath);

    /// <summary>Emits what came of one thing, on the pipeline's thread.</summary>
    /// <param name="target">The thing as the user named it.</param>
    /// <param name="result">What came of it.</param>
    private protected abstract void Emit(string target, T result);

    private void Emit(string target, Func<T> read)
    {
        if (TryRun(target, read, out T? result))
        {
            Emit(target, result);
        }
    }

    private void ReadImage(ImageLocation location)
    {
        T? result = null;
        _images!.WithReader(location, async (reader, writer, cancellation) =>
        {
            using OpenImage image = await reader.OpenAsync(location, cancellation, cancellation).ConfigureAwait(false);
            writer.WriteWarnings(image.Image.Warnings);
            result = OfImage(image, cancellation);
        });
        if (result is not null)
        {
            Emit(location.Text, result);
        }
    }

    private void ReadFolder(string fullPath)
    {
        T? result = null;
        PipelinePump.ForEach(
            this,
            $"Reading {fullPath}",
            [fullPath],
            degree: 1,
            (_, writer, cancellation) =>
            {
                result = OfFolder(fullPath, (path, e) => writer.WriteError(Failed(e, path)), cancellation);
                return Task.CompletedTask;
            },
            StopToken);
        if (result is not null)
        {
            Emit(fullPath, result);
        }
    }
}
