using System.Net;
using System.Net.Sockets;

namespace GoCross.Runs;

/// <summary>The network of this machine, in which its own programs listen.</summary>
internal sealed class MachineNetwork : IServerNetwork
{
    /// <summary>How long an address that does not answer at all is waited for.</summary>
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(1);

    /// <inheritdoc/>
    public async Task<Stream?> TryConnectAsync(string? host, int port, CancellationToken cancellation)
    {
        EndPoint[] places = host is null or "localhost"
            ? [new IPEndPoint(IPAddress.Loopback, port), new IPEndPoint(IPAddress.IPv6Loopback, port)]
            : IPAddress.TryParse(host.Trim('[', ']'), out IPAddress? address) ? [new IPEndPoint(address, port)]
            : [new DnsEndPoint(host, port)];
        foreach (EndPoint place in places)
        {
            if (await TryConnectAsync(place, Timeout, cancellation).ConfigureAwait(false) is { } stream)
            {
                return stream;
            }
        }

        return null;
    }

    /// <summary>Connects to one address.</summary>
    /// <returns>Null where nobody listens there, or nobody answers in time.</returns>
    internal static async Task<NetworkStream?> TryConnectAsync(EndPoint place, TimeSpan timeout, CancellationToken cancellation)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        limit.CancelAfter(timeout);
        var socket = place is IPEndPoint { AddressFamily: var family }
            ? new Socket(family, SocketType.Stream, ProtocolType.Tcp)
            : new Socket(SocketType.Stream, ProtocolType.Tcp);
        try
        {
            await socket.ConnectAsync(place, limit.Token).ConfigureAwait(false);
            return new NetworkStream(socket, ownsSocket: true);
        }
        catch (Exception e) when (e is SocketException || (e is OperationCanceledException && !cancellation.IsCancellationRequested))
        {
            socket.Dispose();
            return null;
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }
}
