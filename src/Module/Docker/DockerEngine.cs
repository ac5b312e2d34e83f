using System.Net;
using System.Net.Sockets;
using Docker.DotNet;
using GoCross.ContainerEngines;
using GoCross.Errors;

namespace GoCross.Docker;

/// <summary>A Docker Engine, through Docker.DotNet. Turns the client's failures into ones that say what to do.</summary>
internal sealed class DockerEngine(DockerClient client, string endpoint) : IContainerEngine
{
    /// <inheritdoc/>
    public async Task<Stream> SaveImageAsync(string reference, CancellationToken cancellation)
    {
        try
        {
            // The export of a name that does not exist breaks off in mid-stream on some versions; asking first costs
            // a millisecond and tells the two apart.
            await client.Images.InspectImageAsync(reference, cancellation).ConfigureAwait(false);
            return await client.Images.SaveImageAsync(reference, cancellation).ConfigureAwait(false);
        }
        catch (DockerApiException e) when (e.StatusCode == HttpStatusCode.NotFound)
        {
            throw GoCrossException.Create(e, ErrorKind.NotFound, nameof(Messages.ImageNotInEngine), reference, endpoint);
        }
        catch (DockerApiException e)
        {
            throw GoCrossException.Create(e, ErrorKind.ToolFailed, nameof(Messages.EngineFailed), endpoint, e.Message);
        }
        catch (Exception e) when (FindSocketError(e) == SocketError.AccessDenied)
        {
            throw GoCrossException.Create(e, ErrorKind.AccessDenied, nameof(Messages.EngineAccessDenied), endpoint);
        }
        catch (Exception e) when (e is HttpRequestException or SocketException or IOException or TimeoutException)
        {
            throw GoCrossException.Create(
                e, ErrorKind.Unavailable, nameof(Messages.EngineUnreachable), endpoint, e.GetBaseException().Message);
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        client.Dispose();
        client.Configuration.Dispose();
    }

    private static SocketError? FindSocketError(Exception? e)
    {
        for (; e is not null; e = e.InnerException)
        {
            if (e is SocketException socket)
            {
                return socket.SocketErrorCode;
            }
        }

        return null;
    }
}
