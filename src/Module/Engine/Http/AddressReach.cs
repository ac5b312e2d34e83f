using System.Net;
using System.Net.Sockets;

namespace GoCross.Http;

/// <summary>
/// From how far away an address can be reached, widest first. What one host may name of another is limited by it: one of
/// the internet has no business with what only this machine or its network reaches.
/// </summary>
internal enum AddressReach
{
    /// <summary>From everywhere.</summary>
    Public,

    /// <summary>In a private network (RFC 1918, RFC 4193, RFC 6598 and their like).</summary>
    Private,

    /// <summary>
    /// On the local link alone (RFC 3927, RFC 4291), or a cloud's metadata service, which gives this machine's rights to
    /// whoever asks it.
    /// </summary>
    Link,

    /// <summary>On this machine alone.</summary>
    Machine,
}

/// <summary>Tells the reach of addresses (IANA's registries of special-purpose addresses).</summary>
internal static class AddressReaches
{
    // Metadata services outside the local link: Azure, Alibaba, Oracle, Amazon and Google by IPv6.
    private static readonly IPAddress[] MetadataServices =
        [.. ((string[])["168.63.129.16", "100.100.100.200", "192.0.0.192", "fd00:ec2::254", "fd20:ce::254"]).Select(IPAddress.Parse)];

    private static readonly (IPNetwork Network, AddressReach Reach)[] Networks =
    [
        .. Of(AddressReach.Machine, "0.0.0.0/8", "127.0.0.0/8", "::/128", "::1/128"),
        .. Of(AddressReach.Link, "169.254.0.0/16", "224.0.0.0/4", "240.0.0.0/4", "fe80::/10", "ff00::/8"),
        .. Of(
            AddressReach.Private,
            "10.0.0.0/8", "100.64.0.0/10", "172.16.0.0/12", "192.0.0.0/24", "192.168.0.0/16", "198.18.0.0/15",
            "fc00::/7", "fec0::/10", "64:ff9b:1::/48"),
    ];

    // Addresses of IPv6 that stand for one of IPv4, and where in them that is: mapped, compatible, NAT64, 6to4.
    private static readonly (IPNetwork Network, int Offset)[] Embedding =
    [
        (IPNetwork.Parse("::ffff:0:0/96"), 12), (IPNetwork.Parse("::/96"), 12), (IPNetwork.Parse("64:ff9b::/96"), 12), (IPNetwork.Parse("2002::/16"), 2),
    ];

    /// <summary>The reach of an address.</summary>
    internal static AddressReach Of(IPAddress address)
    {
        // A scope (fe80::1%eth0) is of this machine's, and no part of the number.
        address = new IPAddress(address.GetAddressBytes());
        if (MetadataServices.Contains(address))
        {
            return AddressReach.Link;
        }

        foreach ((IPNetwork network, AddressReach reach) in Networks)
        {
            if (network.Contains(address))
            {
                return reach;
            }
        }

        if (address.AddressFamily == AddressFamily.InterNetworkV6)
        {
            foreach ((IPNetwork network, int offset) in Embedding)
            {
                if (network.Contains(address))
                {
                    return Of(new IPAddress(address.GetAddressBytes().AsSpan(offset, 4)));
                }
            }
        }

        return AddressReach.Public;
    }

    /// <summary>The address of a host that is written as one, or whose name always is this machine; null for another name.</summary>
    internal static IPAddress? AddressOf(Uri uri)
    {
        string host = uri.IdnHost.TrimEnd('.');
        return IPAddress.TryParse(host, out IPAddress? address) ? address
            : host.Equals("localhost", StringComparison.OrdinalIgnoreCase)
                || host.EndsWith(".localhost", StringComparison.OrdinalIgnoreCase) ? IPAddress.Loopback
            : null;
    }

    private static IEnumerable<(IPNetwork Network, AddressReach Reach)> Of(AddressReach reach, params string[] networks) =>
        networks.Select(network => (IPNetwork.Parse(network), reach));
}
