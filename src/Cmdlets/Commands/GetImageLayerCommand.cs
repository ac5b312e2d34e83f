using System.Management.Automation;
using GoCross.Cmdlets.Completion;
using GoCross.Cmdlets.Foundation;
using GoCross.Images;

namespace GoCross.Cmdlets.Commands;

/// <summary>Tells what container images are made of: layers, files, what of them is of no use.</summary>
[Cmdlet(VerbsCommon.Get, "ImageLayer", DefaultParameterSetName = LayerSet)]
[OutputType(typeof(ImageLayer), ParameterSetName = [LayerSet])]
[OutputType(typeof(ImageReport), ParameterSetName = [SummarySet])]
[OutputType(typeof(ImageFile), ParameterSetName = [FileSet])]
[OutputType(typeof(ImageTreeItem), ParameterSetName = [TreeSet])]
public sealed class GetImageLayerCommand : GoCrossCmdlet
{
    private const string LayerSet = "Layer";
    private const string SummarySet = "Summary";
    private const string FileSet = "File";
    private const string TreeSet = "Tree";

    private ImageArguments? _images;

    /// <summary>The images: archives, layout directories, or names in a Docker engine.</summary>
    [Parameter(Mandatory = true, Position = 0, ValueFromPipeline = true, ValueFromPipelineByPropertyName = true)]
    [Alias("Path", "FullName")]
    [PathOfObject]
    [AllowNull]
    [AllowEmptyCollection]
    [AllowEmptyString]
    [ArgumentCompleter(typeof(ImageCompleter))]
    [SupportsWildcards]
    public string?[]? Image { get; set; }

    /// <summary>Emits a report on each image as a whole instead of its layers.</summary>
    [Parameter(Mandatory = true, ParameterSetName = SummarySet)]
    public SwitchParameter Summary { get; set; }

    /// <summary>Emits the files of the image's file system; with Layer those that the layers store and remove.</summary>
    [Parameter(Mandatory = true, ParameterSetName = FileSet)]
    public SwitchParameter File { get; set; }

    /// <summary>Emits the files as a tree with the bytes in each directory; with Layer a tree for each layer.</summary>
    [Parameter(Mandatory = true, ParameterSetName = TreeSet)]
    public SwitchParameter Tree { get; set; }

    /// <summary>With <see cref="Tree"/>, how deep it is drawn: 0 for what is in the root and no deeper.</summary>
    [Parameter(ParameterSetName = TreeSet)]
    [ValidateRange(0, int.MaxValue)]
    public int Depth { get; set; } = int.MaxValue;

    /// <summary>The layers, from 0 for the lowest or from -1 for the highest; all, if none is named.</summary>
    [Parameter(ParameterSetName = LayerSet)]
    [Parameter(ParameterSetName = FileSet)]
    [Parameter(ParameterSetName = TreeSet)]
    [ArgumentCompleter(typeof(ImageLayerCompleter))]
    [ValidateNotNullOrEmpty]
    public int[]? Layer { get; set; }

    /// <summary>Which image of one for several platforms: os/arch or os/arch/variant.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(ImagePlatformCompleter))]
    public string? Platform { get; set; }

    /// <summary>Reads the platform.</summary>
    protected override void BeginProcessing() => _images = new ImageArguments(this, Platform);

    /// <summary>Reads what came down the pipeline.</summary>
    protected override void ProcessRecord() => _images!.ForEach(Image, location =>
        _images.WithReader(location, async (reader, writer, cancellation) =>
        {
            ContainerImage image = await reader.ReadAsync(location, cancellation).ConfigureAwait(false);
            writer.WriteWarnings(image.Warnings);
            foreach (object result in Results(image, cancellation))
            {
                writer.WriteObject(result);
            }
        }));

    private IEnumerable<object> Results(ContainerImage image, CancellationToken cancellation)
    {
        ImageLayer[]? layers = Layer is null ? null : [.. Layer.Select(image.LayerAt).Distinct()];
        switch (ParameterSetName)
        {
            case SummarySet:
                return [ImageReport.Of(image, cancellation)];
            case FileSet:
                return layers is null ? image.GetFiles(cancellation) : image.GetFiles(layers, cancellation);
            case TreeSet:
                return layers is null ? image.GetTree(Depth, cancellation) : image.GetTrees(layers, Depth, cancellation);
            default:
                // Here and not in a view's cell: it takes a while, and a stop has to end it.
                image.Measure(cancellation);
                return layers ?? image.Layers;
        }
    }
}
