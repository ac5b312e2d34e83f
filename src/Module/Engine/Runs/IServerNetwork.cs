namespace GoCross.Runs;

/// <summary>Where a server listens.</summary>
internal interface IServerNetwork
{
    /// <summary>Connects to a port of the server.</summary>
    /// <param name="host">The host that was named; null for the server's own. One without a network of its own knows only that.</param>
    /// <param name="port">The port.</param>
    /// <param name="cancellation">Ends the attempt.</param>
    /// <returns>A connection that the server has accepted, which the caller disposes; null where nobody listens.</returns>
    /// <exception cref="Errors.GoCrossException">The server's network cannot be reached at all.</exception>
    Task<Stream?> TryConnectAsync(string? host, int port, CancellationToken cancellation);
}
