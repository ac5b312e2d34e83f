using System.Globalization;
using System.Management.Automation;
using GoCross.Cmdlets.Bridge;
using GoCross.Cmdlets.Views;
using GoCross.Images;
using GoCross.Oci;

namespace GoCross.Cmdlets.Foundation;

/// <summary>How cmdlets read container images: their names, the progress, the warnings.</summary>
internal static class ImageReading
{
    /// <summary>Reads the name of an image; paths are the session's.</summary>
    /// <param name="cmdlet">Whose session.</param>
    /// <param name="name">The image as the user names it.</param>
    /// <exception cref="GoCross.Errors.GoCrossException">As <see cref="ImageLocation.Parse"/> has it.</exception>
    internal static ImageLocation Locate(PSCmdlet cmdlet, string name) =>
        ImageLocation.Parse(name, path => SessionPaths.Resolve(cmdlet, path));

    /// <summary>What the progress bar says.</summary>
    internal static string Activity(ImageLocation location) => $"Reading {location}";

    /// <summary>A reader that shows its progress.</summary>
    /// <param name="platform">What the images have to run on; null for this machine's, or the only one there is.</param>
    /// <param name="writer">Where the progress goes.</param>
    /// <param name="transfer">What comes out of a Docker engine together; null where each image comes alone.</param>
    internal static ImageReader Reader(
        ImagePlatform? platform, IPipelineWriter writer, EngineTransfer? transfer = null) => new()
    {
        Platform = platform,
        ConnectEngine = IsolatedAssembly.Connect,
        Transfer = transfer,
        Progress = progress => writer.WriteProgress(
            progress.TotalBytes > 0
                ? string.Create(CultureInfo.CurrentCulture, $"{View.Size(progress.BytesRead)} of {View.Size(progress.TotalBytes)}")
                : View.Size(progress.BytesRead),
            progress.TotalBytes > 0 ? (int)(100 * Math.Min(progress.BytesRead, progress.TotalBytes) / progress.TotalBytes) : -1),
    };

    /// <summary>Tells the user what an image's Warnings say.</summary>
    internal static void Warn(IPipelineWriter writer, IEnumerable<string> warnings)
    {
        foreach (string warning in warnings)
        {
            writer.WriteWarning(warning);
        }
    }
}
