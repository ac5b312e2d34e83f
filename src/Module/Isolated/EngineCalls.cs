using System.ComponentModel;
using System.Net.Sockets;
using System.Security.Authentication;
using Docker.DotNet;
using GoCross.Certificates;
using GoCross.Errors;
using Newtonsoft.Json;

namespace GoCross.Isolated;

/// <summary>Makes calls, and turns the client's failures into ones that say what to do.</summary>
/// <param name="endpoint">How messages name the engine.</param>
/// <param name="trust">What decided on its certificate; null without TLS.</param>
internal sealed class EngineCalls(string endpoint, ServerTrust? trust)
{
    // For what an engine answers at once when it is well.
    private static readonly TimeSpan QuestionTimeout = TimeSpan.FromSeconds(100);

    // ENOENT.
    private const int NoSuchFile = 2;

    /// <summary>How messages name the engine.</summary>
    internal string Endpoint => endpoint;

    /// <summary>Asks what an engine that is well answers at once.</summary>
    /// <param name="ask">The call.</param>
    /// <param name="cancellation">Ends it.</param>
    /// <param name="refused">Makes the error of an answer that has its own reasons; gives null for one that has not.</param>
    internal async Task<T> AskAsync<T>(
        Func<CancellationToken, Task<T>> ask,
        CancellationToken cancellation,
        Func<DockerApiException, Task<GoCrossException?>>? refused = null)
    {
        using var timeout = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        timeout.CancelAfter(QuestionTimeout);
        return await RunAsync(() => ask(timeout.Token), cancellation, refused).ConfigureAwait(false);
    }

    /// <summary>Makes a call that may take as long as it likes.</summary>
    /// <param name="call">The call.</param>
    /// <param name="cancellation">What ends it.</param>
    /// <param name="refused">Makes the error of an answer that has its own reasons; gives null for one that has not.</param>
    internal async Task<T> RunAsync<T>(
        Func<Task<T>> call,
        CancellationToken cancellation,
        Func<DockerApiException, Task<GoCrossException?>>? refused = null)
    {
        try
        {
            return await call().ConfigureAwait(false);
        }
        catch (DockerApiException e)
        {
            GoCrossException? own = refused is null ? null : await refused(e).ConfigureAwait(false);
            throw own ?? GoCrossException.CreateLoss(
                e, ErrorKind.ToolFailed, nameof(Messages.EngineFailed), endpoint, $"HTTP {(int)e.StatusCode}, {Said(e)}");
        }
        catch (JsonException e)
        {
            throw GoCrossException.Create(e, ErrorKind.InvalidData, nameof(Messages.EngineAnswerInvalid), endpoint, e.Message);
        }
        catch (Exception e) when (FindSocketError(e) == SocketError.AccessDenied || e.GetBaseException() is UnauthorizedAccessException)
        {
            throw GoCrossException.Create(e, ErrorKind.AccessDenied, nameof(Messages.EngineAccessDenied), endpoint);
        }
        catch (Exception e) when (e.GetBaseException() is AuthenticationException && trust?.Refusal is { } refusal)
        {
            throw GoCrossException.Create(
                e, ErrorKind.VerificationFailed, nameof(Messages.EngineCertificateRefused), endpoint, refusal);
        }
        catch (Exception e) when (e is HttpRequestException or SocketException or IOException or TimeoutException
            || (e is OperationCanceledException && !cancellation.IsCancellationRequested))
        {
            throw GoCrossException.CreateLoss(
                e, ErrorKind.Unavailable, nameof(Messages.EngineUnreachable), endpoint, ReasonOf(e, endpoint));
        }
    }

    /// <summary>The engine's own words: {"message":"..."}, or what a proxy before it says.</summary>
    internal static string Said(DockerApiException e)
    {
        const int MaxLength = 300;
        string body = e.ResponseBody ?? string.Empty;
        try
        {
            body = JsonConvert.DeserializeAnonymousType(body, new { message = (string?)null })?.message ?? body;
        }
        catch (JsonException)
        {
            // Then it is shown as it is.
        }

        string line = string.Join(' ', body.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));
        return line.Length <= MaxLength ? line : line[..MaxLength] + "...";
    }

    // .NET says of a socket's file that is not there what it says of a network address that is not this machine's (ENOENT is
    // SocketError.AddressNotAvailable in its SocketErrorPal).
    private static string ReasonOf(Exception e, string endpoint) =>
        FindSocketError(e) == SocketError.AddressNotAvailable && endpoint.StartsWith("unix:", StringComparison.Ordinal)
            ? new Win32Exception(NoSuchFile).Message
            : e.GetBaseException().Message;

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
