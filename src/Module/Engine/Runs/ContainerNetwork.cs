using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using GoCross.ContainerEngines;
using GoCross.Errors;
using Microsoft.Win32.SafeHandles;

namespace GoCross.Runs;

/// <summary>
/// The network of a container. What listens in it is reached at the container's own address, through the port that the
/// engine has published of it, or, where the container has no network but its own loopback, from inside its network
/// namespace (network_namespaces(7)), for which one has to be root beside the engine.
/// </summary>
/// <param name="container">What the engine says of the container.</param>
internal sealed class ContainerNetwork(RunningContainer container) : IServerNetwork
{
    /// <summary>How long an address that does not answer at all is waited for.</summary>
    private static readonly TimeSpan Timeout = TimeSpan.FromMilliseconds(250);

    /// <summary>The same through a published port, which may be on a machine far away.</summary>
    private static readonly TimeSpan PublishedTimeout = TimeSpan.FromSeconds(2);

    /// <summary>
    /// How long a connection through a published port has to last: the engine's own proxy accepts before it knows
    /// whether anybody listens in the container, and closes where nobody does (moby, cmd/docker-proxy).
    /// </summary>
    private static readonly TimeSpan ProxyTimeout = TimeSpan.FromMilliseconds(50);

    private const int NetworkNamespace = 0x40000000; // CLONE_NEWNET

    /// <inheritdoc/>
    public async Task<Stream?> TryConnectAsync(string? host, int port, CancellationToken cancellation)
    {
        foreach (string address in container.Addresses)
        {
            if (await MachineNetwork.TryConnectAsync(new IPEndPoint(IPAddress.Parse(address), port), Timeout, cancellation)
                .ConfigureAwait(false) is { } direct)
            {
                return direct;
            }
        }

        if (container.PublishedPorts.TryGetValue(port, out int published))
        {
            return await TryPublishedAsync(container.PublishedHost, published, cancellation).ConfigureAwait(false);
        }

        if (container.Addresses.Count == 0)
        {
            return ConnectInside(port);
        }

        return null;
    }

    private static async Task<Stream?> TryPublishedAsync(string host, int port, CancellationToken cancellation)
    {
        EndPoint place = IPAddress.TryParse(host, out IPAddress? address) ? new IPEndPoint(address, port) : new DnsEndPoint(host, port);
        if (await MachineNetwork.TryConnectAsync(place, PublishedTimeout, cancellation).ConfigureAwait(false) is not { } stream)
        {
            return null;
        }

        // A server that speaks first is there; one that waits is there, too; one that is closed is not.
        await Task.Delay(ProxyTimeout, cancellation).ConfigureAwait(false);
        try
        {
            if (stream.Socket.Poll(0, SelectMode.SelectRead) && stream.Socket.Available == 0)
            {
                await stream.DisposeAsync().ConfigureAwait(false);
                return null;
            }
        }
        catch (SocketException)
        {
            await stream.DisposeAsync().ConfigureAwait(false);
            return null;
        }

        return stream;
    }

    // A thread of its own: its namespace is the container's from then on, and the thread ends with that.
    private NetworkStream? ConnectInside(int port)
    {
        if (!OperatingSystem.IsLinux() || container.ProcessId is not { } processId)
        {
            throw Unreachable("the engine is on another machine");
        }

        NetworkStream? stream = null;
        GoCrossException? failure = null;
        var thread = new Thread(() =>
        {
            try
            {
                // Not a FileStream, which seeks: a namespace's file cannot.
                using SafeFileHandle space = File.OpenHandle(
                    string.Create(CultureInfo.InvariantCulture, $"/proc/{processId}/ns/net"));
                if (SetNamespace(space, NetworkNamespace) != 0)
                {
                    failure = Unreachable(Marshal.GetPInvokeErrorMessage(Marshal.GetLastPInvokeError()));
                    return;
                }

                stream = ConnectTo(IPAddress.Loopback, port) ?? ConnectTo(IPAddress.IPv6Loopback, port);
            }
            catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
            {
                // The container has ended, which is reported by who follows it.
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                failure = Unreachable(e.Message);
            }
        });
        thread.Start();
        thread.Join();
        return failure is null ? stream : throw failure;
    }

    private static NetworkStream? ConnectTo(IPAddress address, int port)
    {
        try
        {
            var socket = new Socket(address.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
            try
            {
                socket.Connect(address, port); // On loopback the answer is there at once.
                return new NetworkStream(socket, ownsSocket: true);
            }
            catch (SocketException)
            {
                socket.Dispose();
                return null;
            }
        }
        catch (SocketException)
        {
            return null; // No such family in there.
        }
    }

    private static GoCrossException Unreachable(string reason) =>
        GoCrossException.Create(ErrorKind.Unavailable, nameof(Messages.RunNetworkUnreachable), reason);

    [DllImport("libc", EntryPoint = "setns", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int SetNamespace(SafeFileHandle file, int kind);
}
