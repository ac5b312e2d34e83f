using System.Management.Automation;
using GoCross.Cmdlets.Completion;
using GoCross.Cmdlets.Foundation;
using GoCross.Images;

namespace GoCross.Cmdlets.Commands;

/// <summary>Compares container images: sizes, configuration, layers aligned by content, files.</summary>
[Cmdlet(VerbsData.Compare, "ImageLayer")]
[OutputType(typeof(ImageComparison), typeof(LayerComparison), typeof(FileChange))]
public sealed class CompareImageLayerCommand : GoCrossCmdlet
{
    private ImageArguments? _images;
    private ContainerImage? _reference;

    /// <summary>The image to compare with: an archive, a layout directory, or a name in a Docker engine.</summary>
    [Parameter(Mandatory = true, Position = 0)]
    [PathOfObject]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(ImageCompleter))]
    public string ReferenceImage { get; set; } = string.Empty;

    /// <summary>The images that are compared with it.</summary>
    [Parameter(Mandatory = true, Position = 1, ValueFromPipeline = true, ValueFromPipelineByPropertyName = true)]
    [Alias("Path", "FullName")]
    [PathOfObject]
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
    protected override void BeginProcessing() => _images = new ImageArguments(this, Platform);

    /// <summary>Compares what came down the pipeline.</summary>
    protected override void ProcessRecord() => _images!.ForEach(DifferenceImage, difference =>
    {
        // Once for all that come down the pipeline. Without it there is nothing to compare with.
        ContainerImage reference = _reference ??= _images.ReadOrEnd(ReferenceImage, difference);
        _images.WithReader(difference, async (reader, writer, cancellation) =>
        {
            ContainerImage image = await reader.ReadAsync(difference, reference, cancellation).ConfigureAwait(false);
            ImageComparison comparison = ImageComparer.Compare(reference, image, cancellation);
            writer.WriteWarnings(comparison.Warnings);
            foreach (object result in Results(comparison, cancellation))
            {
                writer.WriteObject(result);
            }
        });
    });

    private IEnumerable<object> Results(ImageComparison comparison, CancellationToken cancellation)
    {
        switch (Layer.IsPresent, File.IsPresent)
        {
            case (true, true):
                return comparison.Layers.SelectMany(layer => layer.GetFileChanges(cancellation));
            case (false, true):
                return comparison.GetFileChanges(cancellation);
            case (true, false):
                return comparison.Layers.Select(layer =>
                {
                    // Here and not in a view's cell: it takes a while, and a stop has to end it.
                    layer.CountFileChanges(cancellation);
                    return layer;
                });
            default:
                return [comparison];
        }
    }
}
