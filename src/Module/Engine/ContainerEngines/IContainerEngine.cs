using GoCross.Errors;

namespace GoCross.ContainerEngines;

/// <summary>What GoCross asks of a container engine. Implemented outside the engine, by the only user of a Docker client.</summary>
public interface IContainerEngine : IDisposable
{
    /// <summary>The ID of an image: the digest of its configuration, or with containerd's store that of its manifest or index.</summary>
    /// <param name="reference">The image's name, with or without tag, digest or registry, or its ID.</param>
    /// <param name="cancellation">Ends the request.</param>
    /// <exception cref="GoCrossException">
    /// EngineUnreachable; EngineAccessDenied; EngineCertificateRefused; ImageNotInEngine; EngineFailed; EngineAnswerInvalid.
    /// </exception>
    Task<string> GetImageIdAsync(string reference, CancellationToken cancellation);

    /// <summary>
    /// Streams images as <c>docker save</c> writes them (Docker Engine API, <c>GET /images/get</c>): a tar whose manifest may
    /// come last, and in which a layer that several have is there once. Nothing is stored on the way.
    /// </summary>
    /// <param name="references">
    /// The images, each known to be there: the export of a name that does not exist breaks off in mid-stream on some
    /// versions.
    /// </param>
    /// <param name="cancellation">Ends the request.</param>
    /// <returns>A forward-only stream; the caller disposes it before the engine.</returns>
    /// <exception cref="GoCrossException">As for asking for the ID.</exception>
    Task<Stream> SaveImagesAsync(IReadOnlyList<string> references, CancellationToken cancellation);

    /// <summary>The names with tags of the images that the engine has.</summary>
    /// <param name="cancellation">Ends the request.</param>
    /// <exception cref="GoCrossException">As for asking for an ID, but for the image.</exception>
    Task<IReadOnlyList<string>> ListImageNamesAsync(CancellationToken cancellation);
}
