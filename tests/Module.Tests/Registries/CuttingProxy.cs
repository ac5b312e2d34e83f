using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace GoCross.Tests.Registries;

/// <summary>A way to a server of this machine that breaks off.</summary>
internal sealed class CuttingProxy : IDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly string _target;
    private readonly CancellationTokenSource _stop = new();

    /// <summary>Begins.</summary>
    /// <param name="target">The server: host and port.</param>
    /// <param name="after">How many bytes a connection carries there before it is cut.</param>
    /// <param name="times">How many are cut.</param>
    internal CuttingProxy(string target, long after, int times)
    {
        _target = target;
        _after = after;
        _cuts = times;
        _listener.Start();
        _ = AcceptAsync();
    }

    private readonly long _after;
    private int _cuts;

    /// <summary>127.0.0.1 and the port.</summary>
    internal string Authority => string.Create(CultureInfo.InvariantCulture, $"127.0.0.1:{((IPEndPoint)_listener.LocalEndpoint).Port}");

    /// <summary>How many were cut.</summary>
    internal int Cut { get; private set; }

    // Connections may still look at the stop.
    public void Dispose()
    {
        _stop.Cancel();
        _listener.Dispose();
    }

    private async Task AcceptAsync()
    {
        try
        {
            while (true)
            {
                TcpClient client = await _listener.AcceptTcpClientAsync(_stop.Token);
                _ = Task.Run(() => CarryAsync(client));
            }
        }
        catch (Exception e) when (e is OperationCanceledException or SocketException or ObjectDisposedException)
        {
            // The test is over.
        }
    }

    private async Task CarryAsync(TcpClient client)
    {
        using TcpClient here = client;
        using var there = new TcpClient();
        try
        {
            await there.ConnectAsync(IPEndPoint.Parse(_target), _stop.Token);
            Task back = there.GetStream().CopyToAsync(here.GetStream(), _stop.Token);
            byte[] piece = new byte[16 << 10];
            long carried = 0;
            int count;
            while ((count = await here.GetStream().ReadAsync(piece, _stop.Token)) > 0)
            {
                await there.GetStream().WriteAsync(piece.AsMemory(0, count), _stop.Token);
                carried += count;
                if (carried > _after && Interlocked.Decrement(ref _cuts) >= 0)
                {
                    Cut++;
                    here.Client.LingerState = new LingerOption(true, 0);
                    return;
                }
            }

            there.Client.Shutdown(SocketShutdown.Send);
            await back;
        }
        catch (Exception e) when (e is IOException or SocketException or OperationCanceledException or ObjectDisposedException)
        {
            // One side has gone.
        }
    }
}
