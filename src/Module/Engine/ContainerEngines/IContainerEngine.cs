using GoCross.Errors;
using GoCross.Oci;
using GoCross.Processes;

namespace GoCross.ContainerEngines;

/// <summary>
/// What GoCross asks of a container engine. A path is one in the container, and nothing of this machine's file system is
/// assumed to be there: files go in and come out as tar streams. Implemented outside the engine, by the only user of a
/// Docker client.
/// </summary>
/// <remarks>
/// Besides what each call names, each throws <see cref="GoCrossException"/> EngineUnreachable, EngineAccessDenied,
/// EngineCertificateRefused, EngineFailed or EngineAnswerInvalid; those on a container throw ContainerGone where it does
/// not exist or does not run any more.
/// </remarks>
public interface IContainerEngine : IDisposable
{
    /// <summary>How messages name the engine: its address, and what named it.</summary>
    string Endpoint { get; }

    /// <summary>The ID of an image: the digest of its configuration, or with containerd's store that of its manifest or index.</summary>
    /// <param name="reference">The image's name, with or without tag, digest or registry, or its ID.</param>
    /// <param name="cancellation">Ends the request.</param>
    /// <exception cref="GoCrossException">ImageNotInEngine.</exception>
    Task<string> GetImageIdAsync(string reference, CancellationToken cancellation);

    /// <summary>
    /// Streams images as <c>docker save</c> writes them (Docker Engine API, <c>GET /images/get</c>): a tar whose manifest may
    /// come last, and in which a layer that several have is there once. Nothing is stored on the way.
    /// </summary>
    /// <param name="references">
    /// The images, each known to be there: the export of a name that does not exist breaks off in mid-stream on some
    /// versions.
    /// </param>
    /// <param name="platform">
    /// The platform that is wanted where the engine does not have all that an image is made for; null for the one that it has.
    /// </param>
    /// <param name="cancellation">Ends the request.</param>
    /// <returns>A forward-only stream; the caller disposes it before the engine.</returns>
    /// <exception cref="GoCrossException">ImageNotInEngine.</exception>
    Task<Stream> SaveImagesAsync(IReadOnlyList<string> references, ImagePlatform? platform, CancellationToken cancellation);

    /// <summary>The names with tags of the images that the engine has.</summary>
    /// <param name="cancellation">Ends the request.</param>
    Task<IReadOnlyList<string>> ListImageNamesAsync(CancellationToken cancellation);

    /// <summary>What the engine runs on.</summary>
    /// <param name="cancellation">Ends the request.</param>
    Task<EngineFacts> GetFactsAsync(CancellationToken cancellation);

    /// <summary>What an image says of itself.</summary>
    /// <param name="reference">The image's name, with or without tag, digest or registry, or its ID.</param>
    /// <param name="cancellation">Ends the request.</param>
    /// <exception cref="GoCrossException">ImageNotInEngine.</exception>
    Task<EngineImage> InspectImageAsync(string reference, CancellationToken cancellation);

    /// <summary>
    /// Has the engine fetch an image from its registry. The user's login for that registry goes to the engine, as with
    /// <c>docker pull</c>.
    /// </summary>
    /// <param name="reference">The image's name. Without a tag or a digest it is the tag latest.</param>
    /// <param name="onStatus">Gets what the engine says of it, some lines a layer.</param>
    /// <param name="cancellation">Ends the request, and with it the transfer.</param>
    /// <exception cref="GoCrossException">ImagePullFailed; ImageReferenceInvalid.</exception>
    Task PullImageAsync(string reference, Action<string> onStatus, CancellationToken cancellation);

    /// <summary>
    /// Gives the engine images, as <c>docker load</c> does. What is loaded when it breaks off stays as layers without a name,
    /// which the engine takes away by itself.
    /// </summary>
    /// <param name="write">
    /// Writes a tar to a forward-only stream: a docker-archive, or for Docker 25 and newer an OCI layout. An engine that
    /// refuses does so before all is written: what is written after that goes nowhere.
    /// </param>
    /// <param name="cancellation">Ends the transfer.</param>
    /// <returns>The names of the images, or the IDs of those that have none, as the engine says them.</returns>
    /// <exception cref="GoCrossException">ImageLoadFailed; EngineStorageFull.</exception>
    Task<IReadOnlyList<string>> LoadImagesAsync(Func<Stream, CancellationToken, Task> write, CancellationToken cancellation);

    /// <summary>Makes a container. It does not run yet.</summary>
    /// <param name="specification">What it is to be.</param>
    /// <param name="cancellation">Ends the request.</param>
    /// <returns>Its ID.</returns>
    /// <exception cref="GoCrossException">ImageNotInEngine.</exception>
    Task<string> CreateContainerAsync(ContainerSpecification specification, CancellationToken cancellation);

    /// <summary>
    /// Holds the standard input of a container's main process open. When what is returned is disposed, or this process
    /// ends in whatever way, the input ends: a main process that reads it then ends, too. Called before the start.
    /// </summary>
    /// <param name="container">The container's ID.</param>
    /// <param name="cancellation">Ends the request, not the holding.</param>
    Task<IDisposable> HoldInputAsync(string container, CancellationToken cancellation);

    /// <summary>Starts a container's main process.</summary>
    /// <param name="container">The container's ID.</param>
    /// <param name="cancellation">Ends the request.</param>
    /// <exception cref="GoCrossException">ContainerNotStarted: there is no such program in the image, for example.</exception>
    Task StartContainerAsync(string container, CancellationToken cancellation);

    /// <summary>
    /// Starts a container's main process and follows it to its end. A container that was made by
    /// <see cref="CreateContainerAsync"/> is gone then. A cancelled call leaves the process running, until the container is
    /// removed.
    /// </summary>
    /// <param name="container">The container's ID. It does not run yet.</param>
    /// <param name="watch">What gets its output.</param>
    /// <param name="cancellation">Ends the following.</param>
    /// <returns>How it ended; the output is with the watch alone.</returns>
    /// <exception cref="GoCrossException">ContainerNotStarted: there is no such program in the image, for example.</exception>
    Task<ProcessResult> RunMainAsync(string container, MainProcessWatch watch, CancellationToken cancellation);

    /// <summary>Unpacks a tar archive in a container. Parent folders that are missing are made.</summary>
    /// <param name="container">The container's ID.</param>
    /// <param name="folder">A folder that exists there.</param>
    /// <param name="write">Writes the archive to a forward-only stream.</param>
    /// <param name="cancellation">Ends the transfer; what is unpacked by then stays.</param>
    Task PutArchiveAsync(
        string container, string folder, Func<Stream, CancellationToken, Task> write, CancellationToken cancellation);

    /// <summary>A file or a folder of a container as a tar archive.</summary>
    /// <param name="container">The container's ID.</param>
    /// <param name="path">The file or folder.</param>
    /// <param name="cancellation">Ends the request.</param>
    /// <returns>A forward-only stream; the caller disposes it before the engine.</returns>
    /// <exception cref="GoCrossException">ContainerPathMissing.</exception>
    Task<Stream> GetArchiveAsync(string container, string path, CancellationToken cancellation);

    /// <summary>
    /// Runs a program in a container that runs, to its end. It gets no input. The engine knows no way to kill it: a
    /// cancelled call leaves it running, until the container is removed.
    /// </summary>
    /// <param name="container">The container's ID.</param>
    /// <param name="request">
    /// What to run. Its variables are set over the container's; none can be taken out, and an input cannot be given.
    /// </param>
    /// <param name="cancellation">Ends the reading of its output.</param>
    /// <exception cref="GoCrossException">ContainerProgramNotStarted.</exception>
    Task<ProcessResult> ExecuteAsync(string container, ProcessRequest request, CancellationToken cancellation);

    /// <summary>What the engine says of a container that has been started.</summary>
    /// <param name="container">The container's ID.</param>
    /// <param name="cancellation">Ends the request.</param>
    Task<RunningContainer> InspectContainerAsync(string container, CancellationToken cancellation);

    /// <summary>Sends a signal to a container's main process.</summary>
    /// <param name="container">The container's ID.</param>
    /// <param name="signal">The signal's name or number.</param>
    /// <param name="cancellation">Ends the request.</param>
    Task SignalContainerAsync(string container, string signal, CancellationToken cancellation);

    /// <summary>Kills and removes a container with its anonymous volumes. One that is gone already is not an error.</summary>
    /// <param name="container">The container's ID.</param>
    /// <param name="cancellation">Ends the request.</param>
    Task RemoveContainerAsync(string container, CancellationToken cancellation);
}
