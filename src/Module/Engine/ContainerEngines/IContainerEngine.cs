using GoCross.Errors;

namespace GoCross.ContainerEngines;

/// <summary>What GoCross asks of a container engine. Implemented outside the engine, by the only user of a Docker client.</summary>
public interface IContainerEngine : IDisposable
{
    /// <summary>
    /// Streams an image as <c>docker save</c> writes it (Docker Engine API, <c>GET /images/get</c>): a tar whose manifest
    /// may come last. Nothing is stored on the way.
    /// </summary>
    /// <param name="reference">The image's name, with or without tag, digest or registry, or its ID.</param>
    /// <param name="cancellation">Ends the request.</param>
    /// <returns>A forward-only stream; the caller disposes it before the engine.</returns>
    /// <exception cref="GoCrossException">
    /// EngineUnreachable; EngineAccessDenied; EngineCertificateRefused; ImageNotInEngine; EngineFailed; EngineAnswerInvalid.
    /// </exception>
    Task<Stream> SaveImageAsync(string reference, CancellationToken cancellation);

    /// <summary>The names with tags of the images that the engine has.</summary>
    /// <param name="cancellation">Ends the request.</param>
    /// <exception cref="GoCrossException">As for saving, but for the image.</exception>
    Task<IReadOnlyList<string>> ListImageNamesAsync(CancellationToken cancellation);
}
