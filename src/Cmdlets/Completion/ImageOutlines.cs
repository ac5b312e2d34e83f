using System.Collections;
using GoCross.Errors;
using GoCross.Images;

namespace GoCross.Cmdlets.Completion;

/// <summary>What the image that a command line names is made of, for completion: its documents are read, and no layer.</summary>
internal static class ImageOutlines
{
    private static readonly TimeSpan Timeout = TimeSpan.FromMilliseconds(300);

    // The parameters that name an image in a file.
    private static readonly string[] Parameters = ["Image", "Path", "LiteralPath", "DifferenceImage", "ReferenceImage", "BaseImage"];

    /// <summary>The images in the first file that the command line names; none where it names none, or it takes too long.</summary>
    internal static IReadOnlyList<ImageOutline> Of(IDictionary boundParameters)
    {
        foreach (string parameter in Parameters)
        {
            object? value = boundParameters[parameter] is IList { Count: > 0 } many ? many[0] : boundParameters[parameter];
            if (value?.ToString() is { Length: > 0 } name && Locate(name) is { } location)
            {
                return Read(location);
            }
        }

        return [];
    }

    private static ImageLocation? Locate(string name)
    {
        try
        {
            return ImageLocation.Parse(name, path => CompletionSession.Resolve(path) ?? path);
        }
        catch (Exception e) when (e is GoCrossException or System.Management.Automation.RuntimeException)
        {
            return null;
        }
    }

    private static IReadOnlyList<ImageOutline> Read(ImageLocation location)
    {
        using var cancellation = new CancellationTokenSource(Timeout);
        Task<IReadOnlyList<ImageOutline>> reading = Task.Run(() => new ImageReader().Outline(location, cancellation.Token));
        bool done = Task.WaitAny([reading], Timeout) == 0;

        // The source's own timer goes with it: what is still being read would go on for as long as it takes.
        cancellation.Cancel();
        return done && reading.IsCompletedSuccessfully ? reading.Result : [];
    }
}
