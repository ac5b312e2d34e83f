using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace GoCross.Tests;

/// <summary>An authority of the tests' own, and certificates that it vouches for, made with .NET.</summary>
public sealed class TestCertificates : IDisposable
{
    private const string ServerAuthentication = "1.3.6.1.5.5.7.3.1";
    private const string ClientAuthentication = "1.3.6.1.5.5.7.3.2";

    private readonly X509Certificate2 _authority;

    public TestCertificates()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=GoCross test authority", key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
        request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.KeyCertSign | X509KeyUsageFlags.CrlSign, true));
        _authority = request.CreateSelfSigned(DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddDays(2));
    }

    /// <summary>The authority's certificate in PEM.</summary>
    public string Authority => _authority.ExportCertificatePem();

    /// <summary>A certificate for a server on this machine.</summary>
    /// <param name="names">The names that it is for; 127.0.0.1 and localhost unless given.</param>
    public X509Certificate2 IssueServer(params string[] names) =>
        Issue("CN=server", ServerAuthentication, names.Length > 0 ? names : ["127.0.0.1", "localhost"]);

    /// <summary>A certificate for a client.</summary>
    public X509Certificate2 IssueClient() => Issue("CN=client", ClientAuthentication, []);

    /// <summary>Writes ca.pem, NAME.pem and NAME-key.pem into a directory.</summary>
    public void Write(string folder, X509Certificate2 certificate, string name)
    {
        Directory.CreateDirectory(folder);
        File.WriteAllText(Path.Combine(folder, "ca.pem"), Authority);
        File.WriteAllText(Path.Combine(folder, name + ".pem"), certificate.ExportCertificatePem());
        using ECDsa key = certificate.GetECDsaPrivateKey()!;
        File.WriteAllText(Path.Combine(folder, name == "cert" ? "key.pem" : name + "-key.pem"), key.ExportPkcs8PrivateKeyPem());
    }

    public void Dispose() => _authority.Dispose();

    private X509Certificate2 Issue(string subject, string purpose, string[] names)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest(subject, key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(false, false, 0, true));
        request.CertificateExtensions.Add(new X509EnhancedKeyUsageExtension([new Oid(purpose)], false));
        var alternatives = new SubjectAlternativeNameBuilder();
        foreach (string name in names)
        {
            if (IPAddress.TryParse(name, out IPAddress? address))
            {
                alternatives.AddIpAddress(address);
            }
            else
            {
                alternatives.AddDnsName(name);
            }
        }

        if (names.Length > 0)
        {
            request.CertificateExtensions.Add(alternatives.Build());
        }

        using X509Certificate2 certificate = request.Create(
            _authority, DateTimeOffset.UtcNow.AddHours(-1), DateTimeOffset.UtcNow.AddDays(1), RandomNumberGenerator.GetBytes(8));
        return certificate.CopyWithPrivateKey(key);
    }
}
