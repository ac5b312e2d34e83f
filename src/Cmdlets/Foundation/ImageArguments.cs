using System.Management.Automation;
using GoCross.Cmdlets.Bridge;
using GoCross.Images;
using GoCross.Oci;

namespace GoCross.Cmdlets.Foundation;

/// <summary>
/// How a cmdlet reads container images: archives and layout directories by path, images of a Docker engine or a registry
/// by name. A cmdlet that reads images makes one, whatever else it reads.
/// </summary>
internal sealed class ImageArguments
{
    private const int OneAtATime = 1;

    private readonly GoCrossCmdlet _cmdlet;
    private readonly ImageReader _reader;

    /// <summary>Reads the platform; one that is none ends the cmdlet with a terminating error.</summary>
    /// <param name="cmdlet">Whose images they are.</param>
    /// <param name="platform">Which image of one for several platforms; null for this machine's, or the only one there is.</param>
    internal ImageArguments(GoCrossCmdlet cmdlet, string? platform)
    {
        _cmdlet = cmdlet;
        _reader = new ImageReader
        {
            Platform = platform is null ? null : cmdlet.RunOrEnd(platform, () => ImagePlatform.Parse(platform)),
            ConnectEngine = IsolatedAssembly.Connect,
            Session = Session,
        };
    }

    /// <summary>What the cmdlets of this session read of images, each once for all of them. It goes with the module.</summary>
    internal static ImageSession Session { get; } = new();

    /// <summary>Reads the name of an image; paths are the session's.</summary>
    /// <param name="cmdlet">Whose session.</param>
    /// <param name="name">The image as the user names it.</param>
    /// <exception cref="GoCross.Errors.GoCrossException">As <see cref="ImageLocation.Parse"/> has it.</exception>
    internal static ImageLocation Locate(PSCmdlet cmdlet, string name) =>
        ImageLocation.Parse(name, path => SessionPaths.Resolve(cmdlet, path));

    /// <summary>A reader that shows its progress.</summary>
    /// <param name="platform">What the images have to run on; null for this machine's, or the only one there is.</param>
    /// <param name="writer">Where the progress goes.</param>
    internal static ImageReader Reader(ImagePlatform? platform, IPipelineWriter writer) =>
        Shown(new ImageReader { Platform = platform, ConnectEngine = IsolatedAssembly.Connect }, writer);

    /// <summary>
    /// Goes through the names of images that came down the pipeline. A name that is none, and one that names nothing,
    /// is an error of its own.
    /// </summary>
    /// <param name="names">What the pipeline or the user gave.</param>
    /// <param name="process">The work on one image.</param>
    internal void ForEach(string?[]? names, Action<ImageLocation> process) => _cmdlet.ForEachGiven(
        names,
        name =>
        {
            if (_cmdlet.TryRun(name, () => Expand(name), out IReadOnlyCollection<string>? given))
            {
                foreach (string one in given)
                {
                    if (_cmdlet.TryRun(one, () => Locate(_cmdlet, one), out ImageLocation? location))
                    {
                        process(location);
                    }
                }
            }
        });

    /// <summary>
    /// Works on one image beside the pipeline's thread, with a reader that shows its progress. A failure becomes an
    /// error of the image.
    /// </summary>
    /// <param name="location">The image.</param>
    /// <param name="work">The work. What it is to emit it writes into the writer.</param>
    /// <exception cref="PipelineStoppedException">The pipeline was stopped.</exception>
    internal void WithReader(ImageLocation location, Func<ImageReader, IPipelineWriter, CancellationToken, Task> work) =>
        PipelinePump.ForEach(
            _cmdlet,
            Activity(location),
            [location],
            OneAtATime,
            (_, writer, cancellation) => work(Shown(_reader, writer), writer, cancellation),
            _cmdlet.StopToken);

    /// <summary>Reads an image without which the cmdlet cannot go on; a failure ends it with a terminating error.</summary>
    /// <param name="name">The image as the user names it.</param>
    /// <param name="next">
    /// The image that is read after it, which comes in the same transfer where both are of a Docker engine; null for none.
    /// </param>
    /// <exception cref="PipelineStoppedException">The reading failed, or the pipeline was stopped.</exception>
    internal ContainerImage ReadOrEnd(string name, ImageLocation? next = null)
    {
        if (next is not null)
        {
            _reader.Expect(next);
        }

        return RunOrEnd(name, (reader, location, cancellation) => reader.ReadAsync(location, cancellation), image => image);
    }

    /// <summary>Opens an image without which the cmdlet cannot go on; a failure ends it with a terminating error.</summary>
    /// <param name="name">The image as the user names it.</param>
    /// <returns>The image. The caller disposes it.</returns>
    /// <exception cref="PipelineStoppedException">The reading failed, or the pipeline was stopped.</exception>
    internal OpenImage OpenOrEnd(string name) => RunOrEnd(
        name,
        (reader, location, cancellation) => reader.OpenAsync(location, _cmdlet.StopToken, cancellation),
        open => open.Image);

    private T RunOrEnd<T>(
        string name, Func<ImageReader, ImageLocation, CancellationToken, Task<T>> read, Func<T, ContainerImage> image)
        where T : class
    {
        ImageLocation location = _cmdlet.RunOrEnd(name, () => Locate(_cmdlet, name));
        return _cmdlet.RunOrEnd(name, Activity(location), async (writer, cancellation) =>
        {
            T result = await read(Shown(_reader, writer), location, cancellation).ConfigureAwait(false);
            writer.WriteWarnings(image(result).Warnings);
            return result;
        });
    }

    private static ImageReader Shown(ImageReader reader, IPipelineWriter writer)
    {
        reader.Progress = progress => writer.WriteTransfer(what: null, progress.BytesRead, progress.TotalBytes);
        return reader;
    }

    // What the progress bar says.
    private static string Activity(ImageLocation location) => $"Reading {location}";

    // The files that a pattern stands for; what names a transport, and what is not a pattern, is taken as it stands.
    private IReadOnlyCollection<string> Expand(string name) =>
        !WildcardPattern.ContainsWildcardCharacters(name)
            || ImageLocation.TransportPrefixes.Any(prefix => name.StartsWith(prefix, StringComparison.Ordinal))
            ? [name]
            : SessionPaths.Expand(_cmdlet, name);
}
