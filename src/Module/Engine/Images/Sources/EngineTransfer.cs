namespace GoCross.Images;

/// <summary>
/// Images of a Docker engine that are read one after the other and come in one transfer, in which a layer that several
/// have comes once. Readers of one work share it. Not for several threads at once.
/// </summary>
internal sealed class EngineTransfer
{
    private readonly HashSet<string> _expected = new(StringComparer.Ordinal);
    private readonly Dictionary<string, TransferredImage> _arrived = new(StringComparer.Ordinal);

    /// <summary>Says that an image will be read: if it is one of the engine, it comes with the next that is fetched.</summary>
    internal void Expect(ImageLocation image)
    {
        if (image.Transport == ImageTransport.DockerDaemon)
        {
            _expected.Add(EngineNames.Of(image));
        }
    }

    /// <summary>The names that are to come with an image, which is no longer expected.</summary>
    internal IReadOnlyList<string> TakeExpected(string address)
    {
        string[] others = [.. _expected.Where(name => name != address)];
        _expected.Clear();
        return others;
    }

    /// <summary>Keeps an image that came with another, until it is read.</summary>
    internal void Keep(string address, TransferredImage image) => _arrived[address] = image;

    /// <summary>Gives an image that came with another, once; null where it did not.</summary>
    internal TransferredImage? Take(string address) => _arrived.Remove(address, out TransferredImage? image) ? image : null;
}

/// <summary>An image that was read forward, out of a Docker engine or a compressed archive.</summary>
/// <param name="Archive">What came: this image, and perhaps others.</param>
/// <param name="Names">What an engine was asked for; none for an archive.</param>
/// <param name="Id">Its ID in the engine, where it came with others; null where it came alone.</param>
internal sealed record TransferredImage(StreamedArchive Archive, IReadOnlyList<string> Names, string? Id);
