using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace GoCross.Certificates;

/// <summary>Decides whether a server's certificate is trusted, and remembers why one was not.</summary>
internal sealed class ServerTrust
{
    private const string ServerAuthentication = "1.3.6.1.5.5.7.3.1"; // RFC 5280, 4.2.1.12, id-kp-serverAuth

    private readonly X509Certificate2[] _authorities;
    private readonly Mode _mode;

    private ServerTrust(IReadOnlyList<X509Certificate2> authorities, Mode mode)
    {
        _authorities = [.. authorities];
        _mode = mode;
    }

    private enum Mode
    {
        SystemAndOwn,
        OwnAlone,
        Anybody,
    }

    /// <summary>Whether any server has shown a certificate: one that speaks no TLS shows none.</summary>
    internal bool WasAsked { get; private set; }

    /// <summary>Why the last certificate that was refused was refused; null while none was.</summary>
    internal string? Refusal { get; private set; }

    /// <summary>Trusts the system's authorities, and some more.</summary>
    internal static ServerTrust SystemAnd(IReadOnlyList<X509Certificate2> authorities) => new(authorities, Mode.SystemAndOwn);

    /// <summary>Trusts some authorities and no other.</summary>
    internal static ServerTrust Only(IReadOnlyList<X509Certificate2> authorities) => new(authorities, Mode.OwnAlone);

    /// <summary>Trusts any server, where the user has configured that.</summary>
    internal static ServerTrust Anybody() => new([], Mode.Anybody);

    /// <summary>The decision, in the form that TLS streams ask for it.</summary>
    internal bool Validate(object sender, X509Certificate? certificate, X509Chain? chain, SslPolicyErrors errors)
    {
        WasAsked = true;
        if (_mode == Mode.Anybody)
        {
            return true;
        }

        string? refusal = Find(certificate, chain, errors);
        if (refusal is not null)
        {
            Refusal = sender is SslStream { TargetHostName: { Length: > 0 } host } ? $"{host}: {refusal}" : refusal;
        }

        return refusal is null;
    }

    private string? Find(X509Certificate? certificate, X509Chain? chain, SslPolicyErrors errors)
    {
        if (certificate is null || errors.HasFlag(SslPolicyErrors.RemoteCertificateNotAvailable))
        {
            return "it shows no certificate";
        }

        if (errors.HasFlag(SslPolicyErrors.RemoteCertificateNameMismatch))
        {
            return $"its certificate is for another name ({certificate.Subject})";
        }

        bool isSystems = _mode == Mode.SystemAndOwn && !errors.HasFlag(SslPolicyErrors.RemoteCertificateChainErrors);
        return isSystems || IsOwn(certificate, chain) ? null : Describe(certificate, chain);
    }

    private bool IsOwn(X509Certificate certificate, X509Chain? sent)
    {
        if (_authorities.Length == 0)
        {
            return false;
        }

        using var leaf = new X509Certificate2(certificate);
        using var chain = new X509Chain();
        chain.ChainPolicy.TrustMode = X509ChainTrustMode.CustomRootTrust;
        chain.ChainPolicy.CustomTrustStore.AddRange(_authorities);
        chain.ChainPolicy.RevocationMode = X509RevocationMode.NoCheck;
        chain.ChainPolicy.ApplicationPolicy.Add(new Oid(ServerAuthentication));
        if (sent is not null)
        {
            chain.ChainPolicy.ExtraStore.AddRange(sent.ChainPolicy.ExtraStore);
        }

        return chain.Build(leaf);
    }

    private static string Describe(X509Certificate certificate, X509Chain? chain)
    {
        string[] reasons =
        [
            .. (chain?.ChainStatus ?? [])
                .Select(status => status.StatusInformation.Trim())
                .Where(text => text.Length > 0)
                .Distinct(),
        ];
        return $"its certificate ({certificate.Subject}) is not trusted"
            + (reasons.Length > 0 ? ": " + string.Join("; ", reasons) : string.Empty);
    }
}
