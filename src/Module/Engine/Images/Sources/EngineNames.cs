using GoCross.ContainerEngines;
using GoCross.Errors;

namespace GoCross.Images;

/// <summary>
/// What an image of a Docker engine is asked for by. A name without a tag means the tag latest, as it does for docker: an
/// engine that is to save it takes it for all the tags that there are.
/// </summary>
internal static class EngineNames
{
    /// <summary>The name that an engine is asked for.</summary>
    internal static string Of(ImageLocation image) => image.Reference?.WrittenWithTag ?? image.Address;

    /// <summary>Looks an image up.</summary>
    /// <param name="engine">The engine.</param>
    /// <param name="image">The image.</param>
    /// <param name="cancellation">Ends the request.</param>
    /// <returns>The name, or the ID, by which it can be saved, and its ID.</returns>
    /// <exception cref="GoCrossException">What <see cref="IContainerEngine.GetImageIdAsync"/> throws.</exception>
    internal static async Task<(string Name, string Id)> FindAsync(
        IContainerEngine engine, ImageLocation image, CancellationToken cancellation)
    {
        string name = Of(image);
        try
        {
            return (name, await engine.GetImageIdAsync(name, cancellation).ConfigureAwait(false));
        }
        catch (GoCrossException e) when (e.ErrorId == nameof(Messages.ImageNotInEngine) && image.Address.All(char.IsAsciiHexDigit))
        {
            // The beginning of an ID reads as a name.
            return (image.Address, await engine.GetImageIdAsync(image.Address, cancellation).ConfigureAwait(false));
        }
    }
}
