using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using GoCross.Errors;

namespace GoCross.Certificates;

/// <summary>Reads certificates and keys from the files that Docker's configuration has.</summary>
internal static class CertificateFiles
{
    /// <summary>The certificates of a file: PEM with any number, or one in DER.</summary>
    /// <exception cref="GoCrossException">CertificateUnreadable.</exception>
    internal static IReadOnlyList<X509Certificate2> ReadAuthorities(string path)
    {
        try
        {
            var certificates = new X509Certificate2Collection();
            certificates.ImportFromPemFile(path);
            return certificates.Count > 0 ? [.. certificates] : [new X509Certificate2(path)];
        }
        catch (Exception e) when (e is CryptographicException or IOException or UnauthorizedAccessException)
        {
            throw Unreadable(path, e);
        }
    }

    /// <summary>A certificate with its private key, both in PEM.</summary>
    /// <exception cref="GoCrossException">CertificateUnreadable.</exception>
    internal static X509Certificate2 ReadClient(string certificatePath, string keyPath)
    {
        try
        {
            var certificate = X509Certificate2.CreateFromPemFile(certificatePath, keyPath);
            if (!OperatingSystem.IsWindows())
            {
                return certificate;
            }

            // Windows' TLS does not take a key that was never in a store.
            using (certificate)
            {
                return new X509Certificate2(certificate.Export(X509ContentType.Pkcs12));
            }
        }
        catch (Exception e) when (e is CryptographicException or IOException or UnauthorizedAccessException)
        {
            throw Unreadable($"{certificatePath}, {keyPath}", e);
        }
    }

    private static GoCrossException Unreadable(string path, Exception cause) => GoCrossException.Create(
        cause, ErrorKind.InvalidData, nameof(Messages.CertificateUnreadable), path, cause.Message);
}
