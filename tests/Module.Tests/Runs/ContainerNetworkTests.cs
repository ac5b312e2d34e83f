using System.Net;
using System.Net.Sockets;
using GoCross.ContainerEngines;
using GoCross.Errors;
using GoCross.Runs;

namespace GoCross.Tests.Runs;

/// <summary>How a container's port is reached, with listeners of this machine in the engine's place.</summary>
public sealed class ContainerNetworkTests : IDisposable
{
    private const int Port = 8080;

    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);

    public ContainerNetworkTests() => _listener.Start();

    public void Dispose() => _listener.Dispose();

    private int Listening => ((IPEndPoint)_listener.LocalEndpoint).Port;

    [Theory]
    [InlineData("127.0.0.1")]
    [InlineData("localhost")]
    public async Task A_published_port_is_asked_at_the_host_where_it_is_published(string host)
    {
        var network = new ContainerNetwork(new RunningContainer(true, null, [], host, new Dictionary<int, int> { [Port] = Listening }));

        await using Stream? stream = await network.TryConnectAsync(null, Port, CancellationToken.None);

        Assert.NotNull(stream);
    }

    [Fact]
    public async Task A_proxy_that_accepts_and_closes_is_nobody()
    {
        var network = new ContainerNetwork(
            new RunningContainer(true, null, [], "127.0.0.1", new Dictionary<int, int> { [Port] = Listening }));
        Task<Stream?> asked = network.TryConnectAsync(null, Port, CancellationToken.None);
        (await _listener.AcceptSocketAsync()).Dispose();

        Assert.Null(await asked);
    }

    [Fact]
    public async Task The_container_is_asked_at_its_own_address_and_port()
    {
        var network = new ContainerNetwork(new RunningContainer(true, null, ["127.0.0.1"], "192.0.2.1", new Dictionary<int, int>()));

        await using Stream? stream = await network.TryConnectAsync(null, Listening, CancellationToken.None);

        Assert.NotNull(stream);
    }

    [Fact]
    public async Task A_container_of_another_machine_without_a_published_port_cannot_be_asked()
    {
        var network = new ContainerNetwork(new RunningContainer(true, null, [], "192.0.2.1", new Dictionary<int, int>()));

        GoCrossException error = await Assert.ThrowsAsync<GoCrossException>(
            () => network.TryConnectAsync(null, Port, CancellationToken.None));

        Assert.Equal("RunNetworkUnreachable", error.ErrorId);
    }
}
