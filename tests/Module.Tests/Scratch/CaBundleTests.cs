using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using GoCross.Certificates;
using GoCross.Errors;
using GoCross.Files;

namespace GoCross.Tests.Scratch;

public sealed class CaBundleTests : IDisposable
{
    private readonly TemporaryDirectory _directory = new();

    public void Dispose() => _directory.Dispose();

    [Fact]
    public void Certificates_are_counted_and_the_file_is_kept_byte_for_byte()
    {
        using var key = ECDsa.Create();
        using X509Certificate2 certificate = new CertificateRequest("CN=test", key, HashAlgorithmName.SHA256)
            .CreateSelfSigned(DateTimeOffset.UtcNow, DateTimeOffset.UtcNow.AddDays(1));
        string text = $"# a comment\r\n{certificate.ExportCertificatePem()}\n{key.ExportECPrivateKeyPem()}\n{certificate.ExportCertificatePem()}";
        string path = Write(text);

        var bundle = CaBundle.Read(path);

        Assert.Equal(2, bundle.Count);
        Assert.Equal(File.ReadAllBytes(path), bundle.Content.ToArray());
    }

    [Theory]
    [InlineData("")]
    [InlineData("no certificate")]
    [InlineData("-----BEGIN CERTIFICATE-----\ncut off")]
    public void A_file_without_certificates_is_refused(string text) =>
        Assert.Equal("CaBundleInvalid", Assert.Throws<GoCrossException>(() => CaBundle.Read(Write(text))).ErrorId);

    [Fact]
    public void A_file_that_is_missing_a_directory_or_huge_is_refused()
    {
        string huge = Path.Combine(_directory.Path, "huge");
        using (FileStream stream = File.Create(huge))
        {
            stream.SetLength((16 << 20) + 1);
        }

        Assert.Equal("PathNotFound", Assert.Throws<GoCrossException>(() => CaBundle.Read(huge + "r")).ErrorId);
        Assert.Equal("PathIsDirectory", Assert.Throws<GoCrossException>(() => CaBundle.Read(_directory.Path)).ErrorId);
        Assert.Equal("CaBundleTooLarge", Assert.Throws<GoCrossException>(() => CaBundle.Read(huge)).ErrorId);
    }

    private string Write(string text)
    {
        string path = Path.Combine(_directory.Path, "bundle.pem");
        File.WriteAllText(path, text);
        return path;
    }
}
