using System.Net;
using System.Text.Json;
using GoCross.Errors;
using GoCross.Files;
using GoCross.Http;
using GoCross.Registries;
using GoCross.Tests.Images;

namespace GoCross.Tests.Registries;

/// <summary>
/// A registry that leads uploads, moved addresses or logins to where it cannot go itself: to this machine, its network, its
/// cloud's metadata. The test's registry is at 127.0.0.1, which counts here as an address of the internet.
/// </summary>
public sealed class RegistryAddressTests : IDisposable
{
    private static readonly byte[] Layer = TestPackage.Bytes(20_000);

    private readonly TemporaryDirectory _folder = new();
    private readonly UploadRegistry _registry = new();

    private RegistryOptions Options => UploadRegistry.Options(_folder.Path) with
    {
        ReachOf = address => address.Equals(IPAddress.Loopback) ? AddressReach.Public : AddressReaches.Of(address),
    };

    public void Dispose()
    {
        _registry.Dispose();
        _folder.Dispose();
    }

    // RFC 1122, 1918, 3927, 4193, 4291, 6052, 6598, 6890; the metadata services as their clouds document them.
    [Theory]
    [InlineData("1.1.1.1", "Public")]
    [InlineData("172.15.255.255", "Public")]
    [InlineData("172.32.0.1", "Public")]
    [InlineData("2606:4700::1111", "Public")]
    [InlineData("::ffff:8.8.8.8", "Public")]
    [InlineData("64:ff9b::808:808", "Public")]
    [InlineData("10.0.0.1", "Private")]
    [InlineData("172.16.0.1", "Private")]
    [InlineData("172.31.255.255", "Private")]
    [InlineData("192.168.1.1", "Private")]
    [InlineData("100.64.0.1", "Private")]
    [InlineData("198.18.0.1", "Private")]
    [InlineData("fd12::1", "Private")]
    [InlineData("fec0::1", "Private")]
    [InlineData("::ffff:10.0.0.1", "Private")]
    [InlineData("2002:a00:1::1", "Private")]
    [InlineData("169.254.169.254", "Link")]
    [InlineData("100.100.100.200", "Link")]
    [InlineData("168.63.129.16", "Link")]
    [InlineData("fd00:ec2::254", "Link")]
    [InlineData("fe80::1", "Link")]
    [InlineData("fe80::1%1", "Link")]
    [InlineData("ff02::1", "Link")]
    [InlineData("255.255.255.255", "Link")]
    [InlineData("::ffff:169.254.169.254", "Link")]
    [InlineData("64:ff9b::a9fe:a9fe", "Link")]
    [InlineData("127.0.0.1", "Machine")]
    [InlineData("127.255.255.254", "Machine")]
    [InlineData("0.0.0.0", "Machine")]
    [InlineData("::", "Machine")]
    [InlineData("::1", "Machine")]
    [InlineData("::127.0.0.1", "Machine")]
    [InlineData("::ffff:127.0.0.1", "Machine")]
    public void Addresses_have_their_reach(string address, string reach) =>
        Assert.Equal(reach, AddressReaches.Of(IPAddress.Parse(address)).ToString());

    // However an address is written (RFC 3986 and inet_aton's short, octal, hexadecimal and whole forms).
    [Theory]
    [InlineData("http://127.0.0.1/", "127.0.0.1")]
    [InlineData("http://2130706433/", "127.0.0.1")]
    [InlineData("http://0x7f.1/", "127.0.0.1")]
    [InlineData("http://0177.0.0.1/", "127.0.0.1")]
    [InlineData("http://[::ffff:127.0.0.1]:80/", "::ffff:127.0.0.1")]
    [InlineData("http://[fe80::1%25eth0]/", "fe80::1")]
    [InlineData("http://LOCALHOST/", "127.0.0.1")]
    [InlineData("http://a.localhost./", "127.0.0.1")]
    [InlineData("http://host.example/", null)]
    public void Addresses_are_seen_however_they_are_written(string uri, string? address)
    {
        IPAddress? found = AddressReaches.AddressOf(new Uri(uri));

        Assert.Equal(address is null ? null : IPAddress.Parse(address), found is null ? null : new IPAddress(found.GetAddressBytes()));
    }

    [Theory]
    [InlineData("http://[::ffff:127.0.0.1]:PORT")]
    [InlineData("http://0.0.0.0:5000")]
    [InlineData("http://169.254.169.254")]
    [InlineData("http://10.1.2.3:5000")]
    [InlineData("https://[fe80::1]")]
    public async Task An_upload_that_is_led_to_a_nearer_address_is_refused_before_anything_is_sent(string place)
    {
        using var storage = new UploadRegistry();
        _registry.LocationPrefix = place.Replace("PORT", storage.Server.Port, StringComparison.Ordinal);

        GoCrossException failure = await _registry.FailsAsync("RegistryAddressRefused", TestPackage.Image(Layer), Options);

        Assert.Equal(ErrorKind.VerificationFailed, failure.Kind);
        Assert.Contains(_registry.Server.Authority, failure.Message, StringComparison.Ordinal);
        Assert.Empty(storage.Server.Calls);
        Assert.Empty(_registry.Manifests);
    }

    [Fact]
    public async Task So_is_a_redirect_of_what_is_sent()
    {
        using var moved = new UploadRegistry();
        _registry.Before = async call =>
        {
            bool isMoved = call.Method == "POST";
            if (isMoved)
            {
                await call.RespondAsync(307, "", $"Location: http://[::ffff:127.0.0.1]:{moved.Server.Port}{call.Path}");
            }

            return isMoved;
        };

        await _registry.FailsAsync("RegistryAddressRefused", TestPackage.Image(Layer), Options);

        Assert.Empty(moved.Server.Calls);
    }

    // What it is called does not matter, but where the name leads: looked at before a byte goes out. The registry is called
    // ::ffff:127.0.0.1 here, and that counts as an address of the internet.
    [Fact]
    public async Task So_is_a_name_that_leads_to_a_nearer_address()
    {
        string settings = Path.Combine(_folder.Path, "daemon.json");
        File.WriteAllText(settings, $$"""{"insecure-registries":["[::ffff:7f00:1]:{{_registry.Server.Port}}"]}""");
        using var storage = new TestServer(call => call.RespondAsync(404), address: IPAddress.Any);
        _registry.LocationPrefix = $"http://{Environment.MachineName}:{storage.Port}";
        RegistryOptions options = UploadRegistry.Options(_folder.Path) with
        {
            DaemonConfigurations = [settings],
            ReachOf = address => address.IsIPv4MappedToIPv6 ? AddressReach.Public : AddressReach.Private,
        };

        await _registry.FailsAsync(
            "RegistryAddressRefused", TestPackage.Image(Layer), options, $"[::ffff:7f00:1]:{_registry.Server.Port}/team/api:v1");

        Assert.Empty(storage.Calls);
    }

    // The password would go there, and what is answered would go on to the registry as a token.
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task So_is_a_server_of_tokens(bool hasLogin)
    {
        if (hasLogin)
        {
            File.WriteAllText(Path.Combine(_folder.Path, "config.json"), JsonSerializer.Serialize(new
            {
                auths = new Dictionary<string, object> { [_registry.Server.Authority] = new { auth = Convert.ToBase64String("sam:secret"u8) } },
            }));
        }

        using var tokens = new TestServer(call => call.RespondAsync(200, """{"token":"of the cloud"}"""));
        _registry.Before = async call =>
        {
            await call.RespondAsync(401, "", $"WWW-Authenticate: Bearer realm=\"http://[::ffff:127.0.0.1]:{tokens.Port}/token\",service=\"s\"");
            return true;
        };

        await _registry.FailsAsync("RegistryAddressRefused", TestPackage.Image(Layer), Options);

        Assert.Empty(tokens.Calls);
        Assert.All(_registry.Server.Calls, call => Assert.Null(call.Authorization));
    }

    // A layer is only read, and verified: registries keep them where they like.
    [Fact]
    public void What_is_read_may_come_from_anywhere()
    {
        byte[] layer = new TarBytes().File("a", "a").End();
        using var registry = new FakeRegistry();
        using var storage = new FakeRegistry();
        registry.Image([layer]);
        storage.Blobs(TestImage.Gzip(layer));
        registry.Before = async call =>
        {
            bool isLayer = call.Path.EndsWith(TestImage.Sha256(TestImage.Gzip(layer)), StringComparison.Ordinal);
            if (isLayer)
            {
                await call.RespondAsync(307, "", $"Location: http://[::ffff:127.0.0.1]:{storage.Server.Port}{call.Path}");
            }

            return isLayer;
        };

        Assert.Single(FakeRegistry.Read(registry.Reference, Options).Layers);
        Assert.NotEmpty(storage.Server.Calls);
    }
}
