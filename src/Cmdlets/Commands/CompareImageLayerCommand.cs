using System.Globalization;
using System.Management.Automation;
using GoCross.Cmdlets.Bridge;
using GoCross.Cmdlets.Completion;
using GoCross.Cmdlets.Errors;
using GoCross.Cmdlets.Foundation;
using GoCross.Cmdlets.Views;
using GoCross.Errors;
using GoCross.Images;

namespace GoCross.Cmdlets.Commands;

/// <summary>Compares container images: sizes, configuration, layers aligned by content, files.</summary>
[Cmdlet(VerbsData.Compare, "ImageLayer")]
[OutputType(typeof(ImageComparison), typeof(LayerComparison), typeof(FileChange))]
public sealed class CompareImageLayerCommand : GoCrossCmdlet
{
    private const int OneAtATime = 1;

    private ImagePlatform? _platform;
    private ContainerImage? _reference;

    /// <summary>The image to compare with: an archive, a layout directory, or a name in a Docker engine.</summary>
    [Parameter(Mandatory = true, Position = 0)]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(ImageCompleter))]
    public string ReferenceImage { get; set; } = string.Empty;

    /// <summary>The images that are compared with it.</summary>
    [Parameter(Mandatory = true, Position = 1, ValueFromPipeline = true, ValueFromPipelineByPropertyName = true)]
    [Alias("Path", "FullName")]
    [AllowNull]
    [AllowEmptyCollection]
    [AllowEmptyString]
    [ArgumentCompleter(typeof(ImageCompleter))]
    public string?[]? DifferenceImage { get; set; }

    /// <summary>Emits the layers beside each other instead of the comparison.</summary>
    [Parameter]
    public SwitchParameter Layer { get; set; }

    /// <summary>Emits the files that differ instead of the comparison; with Layer those of each pair of layers.</summary>
    [Parameter]
    public SwitchParameter File { get; set; }

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

    /// <summary>Compares what came down the pipeline.</summary>
    protected override void ProcessRecord()
    {
        if (DifferenceImage is null || DifferenceImage.Length == 0)
        {
            WriteNoPath();
            return;
        }

        foreach (string? name in DifferenceImage)
        {
            if (string.IsNullOrEmpty(name))
            {
                WriteNoPath();
            }
            else if (TryRun(name, () => Locate(name), out ImageLocation? location))
            {
                Compare(_reference ??= ReadReference(), location);
            }
        }
    }

    private ImageLocation Locate(string name) => ImageLocation.Parse(name, path => SessionPaths.Resolve(this, path));

    // Once for all that come down the pipeline. Without it there is nothing to compare with.
    private ContainerImage ReadReference()
    {
        ImageLocation location = RunOrEnd(ReferenceImage, () => Locate(ReferenceImage));
        ContainerImage? image = null;
        Exception? failure = null;
        PipelinePump.Run(
            this,
            Activity(location),
            async (writer, cancellation) =>
            {
                try
                {
                    image = await Reader(writer).ReadAsync(location, cancellation).ConfigureAwait(false);
                    Warn(writer, image.Warnings);
                }
                catch (Exception e) when (!cancellation.IsCancellationRequested)
                {
                    failure = e;
                }
            },
            StopToken);
        if (failure is not null)
        {
            ThrowTerminatingError(ErrorRecords.From(failure, ReferenceImage));
        }

        return image!;
    }

    private void Compare(ContainerImage reference, ImageLocation difference) => PipelinePump.ForEach(
        this,
        Activity(difference),
        [difference],
        OneAtATime,
        async (location, writer, cancellation) =>
        {
            ImageComparison comparison = await Reader(writer)
                .CompareAsync(reference, location, cancellation)
                .ConfigureAwait(false);
            Warn(writer, comparison.Warnings);
            foreach (object result in Results(comparison))
            {
                writer.WriteObject(result);
            }
        },
        StopToken);

    private IEnumerable<object> Results(ImageComparison comparison) => (Layer.IsPresent, File.IsPresent) switch
    {
        (true, true) => comparison.Layers.SelectMany(layer => layer.GetFileChanges()),
        (true, false) => comparison.Layers,
        (false, true) => comparison.GetFileChanges(),
        _ => [comparison],
    };

    private ImageReader Reader(IPipelineWriter writer) => new()
    {
        Platform = _platform,
        ConnectEngine = ContainerEngineBridge.Connect,
        Progress = progress => writer.WriteProgress(
            progress.TotalBytes > 0
                ? string.Create(CultureInfo.CurrentCulture, $"{View.Size(progress.BytesRead)} of {View.Size(progress.TotalBytes)}")
                : View.Size(progress.BytesRead),
            progress.TotalBytes > 0 ? (int)(100 * Math.Min(progress.BytesRead, progress.TotalBytes) / progress.TotalBytes) : -1),
    };

    private static string Activity(ImageLocation location) => $"Reading {location}";

    private static void Warn(IPipelineWriter writer, IEnumerable<string> warnings)
    {
        foreach (string warning in warnings)
        {
            writer.WriteWarning(warning);
        }
    }

    private void WriteNoPath() =>
        WriteError(ErrorRecords.Create(ErrorKind.InvalidArgument, nameof(Messages.NoPath), target: null));
}
