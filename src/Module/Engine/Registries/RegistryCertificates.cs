using System.Security.Cryptography.X509Certificates;
using GoCross.Certificates;
using GoCross.Errors;

namespace GoCross.Registries;

/// <summary>
/// The certificates that are laid down for one registry, in a directory of its name (docs.docker.com, "Verify repository
/// client with certificates"; containers-certs.d(5)).
/// </summary>
/// <param name="Authorities">Those that vouch for it, besides the system's: *.crt.</param>
/// <param name="Client">This client's own: the first *.cert, with the *.key of its name; null for none.</param>
internal sealed record RegistryCertificates(IReadOnlyList<X509Certificate2> Authorities, X509Certificate2? Client)
{
    /// <summary>Reads them.</summary>
    /// <param name="folders">The directories that have one of the registry's name.</param>
    /// <param name="host">The registry, with its port if there is one.</param>
    /// <exception cref="GoCrossException">CertificateUnreadable.</exception>
    internal static RegistryCertificates Read(IEnumerable<string> folders, string host)
    {
        // Windows has no colon in a file's name; Docker leaves it out there.
        string name = OperatingSystem.IsWindows() ? host.Replace(":", string.Empty, StringComparison.Ordinal) : host;
        string[] there = [.. folders.Select(folder => Path.Combine(folder, name)).Where(Directory.Exists)];
        string? client = there.SelectMany(folder => Files(folder, "*.cert")).FirstOrDefault();
        return new RegistryCertificates(
            [.. there.SelectMany(folder => Files(folder, "*.crt")).SelectMany(CertificateFiles.ReadAuthorities)],
            client is null ? null : CertificateFiles.ReadClient(client, Path.ChangeExtension(client, ".key")));
    }

    private static string[] Files(string folder, string pattern)
    {
        try
        {
            return [.. Directory.EnumerateFiles(folder, pattern).Order(StringComparer.Ordinal)];
        }
        catch (UnauthorizedAccessException e)
        {
            throw GoCrossException.Create(
                e, ErrorKind.AccessDenied, nameof(Messages.CertificateUnreadable), folder, e.Message);
        }
    }
}
