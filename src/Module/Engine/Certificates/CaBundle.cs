using System.Security.Cryptography;
using System.Text;
using GoCross.Errors;

namespace GoCross.Certificates;

/// <summary>Certificate authorities, as a file of PEM blocks.</summary>
/// <param name="Content">The file, byte for byte.</param>
/// <param name="Count">How many certificates it holds.</param>
public sealed record CaBundle(ReadOnlyMemory<byte> Content, int Count)
{
    /// <summary>Where the bundle goes in an image: the first place that Go and OpenSSL on Debian look in.</summary>
    internal const string ImagePath = "etc/ssl/certs/ca-certificates.crt";

    private const string Label = "CERTIFICATE";
    private const long MaxLength = 16 << 20;

    /// <summary>Where systems keep theirs, in the order of Go's crypto/x509 (root_linux.go, root_bsd.go).</summary>
    private static readonly string[] SystemPaths =
    [
        "/etc/ssl/certs/ca-certificates.crt",
        "/etc/pki/tls/certs/ca-bundle.crt",
        "/etc/ssl/ca-bundle.pem",
        "/etc/pki/tls/cacert.pem",
        "/etc/pki/ca-trust/extracted/pem/tls-ca-bundle.pem",
        "/etc/ssl/cert.pem",
    ];

    /// <summary>Reads a bundle.</summary>
    /// <param name="path">The file, or null for this machine's.</param>
    /// <exception cref="GoCrossException">CaBundleMissing; CaBundleInvalid; PathNotFound; PathIsDirectory.</exception>
    public static CaBundle Read(string? path)
    {
        string source = path ?? Array.Find(SystemPaths, File.Exists)
            ?? throw GoCrossException.Create(
                ErrorKind.NotFound, nameof(Messages.CaBundleMissing), string.Join(", ", SystemPaths));
        if (!File.Exists(source))
        {
            throw Directory.Exists(source)
                ? GoCrossException.Create(ErrorKind.InvalidArgument, nameof(Messages.PathIsDirectory), source)
                : GoCrossException.Create(ErrorKind.NotFound, nameof(Messages.PathNotFound), source);
        }

        if (new FileInfo(source).Length > MaxLength)
        {
            throw GoCrossException.Create(
                ErrorKind.LimitExceeded, nameof(Messages.CaBundleTooLarge), source, MaxLength);
        }

        byte[] content = File.ReadAllBytes(source);
        int count = CountCertificates(Encoding.Latin1.GetString(content));
        return count > 0
            ? new CaBundle(content, count)
            : throw GoCrossException.Create(ErrorKind.InvalidData, nameof(Messages.CaBundleInvalid), source);
    }

    /// <summary>The certificates as PEM blocks, and nothing of what else a file may hold, such as comments and keys.</summary>
    internal string ToPem()
    {
        var pem = new StringBuilder();
        ReadOnlySpan<char> text = Encoding.Latin1.GetString(Content.Span);
        while (PemEncoding.TryFind(text, out PemFields fields))
        {
            if (text[fields.Label] is Label)
            {
                pem.Append(PemEncoding.Write(Label, Convert.FromBase64String(text[fields.Base64Data].ToString()))).Append('\n');
            }

            text = text[fields.Location.End..];
        }

        return pem.ToString();
    }

    private static int CountCertificates(ReadOnlySpan<char> text)
    {
        int count = 0;
        while (PemEncoding.TryFind(text, out PemFields fields))
        {
            if (text[fields.Label] is Label)
            {
                count++;
            }

            text = text[fields.Location.End..];
        }

        return count;
    }
}
