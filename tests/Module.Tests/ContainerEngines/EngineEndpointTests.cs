using System.Security.Cryptography.X509Certificates;
using GoCross.ContainerEngines;
using GoCross.Errors;
using GoCross.Files;

namespace GoCross.Tests.ContainerEngines;

/// <summary>Which engine the docker command would talk to. The contexts are made by docker itself.</summary>
public sealed class EngineEndpointTests : IDisposable
{
    private readonly TemporaryDirectory _folder = new();

    public void Dispose() => _folder.Dispose();

    // docs.docker.com, "Docker contexts": DOCKER_HOST before DOCKER_CONTEXT before the context that was chosen.
    [ToolFact("docker")]
    public void Contexts_that_docker_makes_are_found_in_docker_s_order()
    {
        using var certificates = new TestCertificates();
        using X509Certificate2 client = certificates.IssueClient();
        string files = Path.Combine(_folder.Path, "files");
        certificates.Write(files, client, "cert");
        Docker("context", "create", "plain", "--docker", "host=unix:///run/other.sock");
        Docker("context", "create", "secure", "--docker", $"host=tcp://engine.example:2376,ca={files}/ca.pem,cert={files}/cert.pem,key={files}/key.pem");
        Docker("context", "create", "careless", "--docker", "host=tcp://engine.example:2376,skip-tls-verify=true");

        Assert.Null(Find().Address);
        Docker("context", "use", "plain");
        Assert.Equal(("unix:///run/other.sock", "the context plain", null), (Find().Address, Find().Origin, Find().Tls));

        EngineEndpoint secure = Find(("DOCKER_CONTEXT", "secure"));
        Assert.Equal("tcp://engine.example:2376", secure.Address);
        Assert.Equal(certificates.Authority.Trim(), File.ReadAllText(secure.Tls!.AuthorityPath!).Trim());
        Assert.Equal(["cert.pem", "key.pem"], new[] { secure.Tls.CertificatePath, secure.Tls.KeyPath }.Select(Path.GetFileName));
        Assert.False(secure.Tls.TrustsAnybody);
        Assert.True(Find(("DOCKER_CONTEXT", "careless")).Tls!.TrustsAnybody);

        Assert.Null(Find(("DOCKER_CONTEXT", "default")).Address);
        Assert.Equal("unix:///x", Find(("DOCKER_CONTEXT", "secure"), ("DOCKER_HOST", "unix:///x")).Address);

        GoCrossException missing = Assert.Throws<GoCrossException>(() => Find(("DOCKER_CONTEXT", "gone")));
        Assert.Equal("EngineContextNotFound", missing.ErrorId);
        Assert.Contains("default, careless, plain, secure", missing.Fix, StringComparison.Ordinal);
    }

    // docker's opts/hosts.go and cli/flags/options.go: TCP where no scheme is written, 2375, 2376 with TLS, localhost.
    [Theory]
    [InlineData("DOCKER_HOST=tcp://engine.example", "tcp://engine.example:2375/", false, false)]
    [InlineData("DOCKER_HOST=engine.example:99", "tcp://engine.example:99", false, false)]
    [InlineData("DOCKER_HOST=tcp://engine.example DOCKER_TLS_VERIFY=1", "tcp://engine.example:2376/", true, false)]
    [InlineData("DOCKER_TLS_VERIFY=1", "tcp://localhost:2376", true, false)]
    [InlineData("DOCKER_TLS=1", "tcp://localhost:2376", true, true)]
    [InlineData("DOCKER_HOST= DOCKER_TLS_VERIFY=", null, false, false)]
    public void The_environment_is_read_as_docker_reads_it(string variables, string? address, bool hasTls, bool trustsAnybody)
    {
        EngineEndpoint endpoint = Find([.. variables.Split(' ').Select(pair => (pair.Split('=')[0], pair[(pair.IndexOf('=') + 1)..]))]);

        Assert.Equal((address, hasTls, trustsAnybody), (endpoint.Address, endpoint.Tls is not null, endpoint.Tls?.TrustsAnybody == true));
    }

    [Fact]
    public void Certificates_are_those_of_DOCKER_CERT_PATH_as_far_as_they_are_there()
    {
        string files = Path.Combine(_folder.Path, "certificates");
        Directory.CreateDirectory(files);
        File.WriteAllText(Path.Combine(files, "ca.pem"), "x");

        EngineTls tls = Find(("DOCKER_TLS_VERIFY", "1"), ("DOCKER_CERT_PATH", files)).Tls!;

        Assert.Equal((Path.Combine(files, "ca.pem"), null, null), (tls.AuthorityPath, tls.CertificatePath, tls.KeyPath));
    }

    [Fact]
    public void A_damaged_configuration_is_an_error()
    {
        File.WriteAllText(Path.Combine(_folder.Path, "config.json"), "{\"currentContext\":");

        Assert.Equal("DockerConfigurationInvalid", Assert.Throws<GoCrossException>(() => Find()).ErrorId);
    }

    private EngineEndpoint Find(params (string Name, string Value)[] variables) =>
        EngineEndpointFinder.Find(_folder.Path, name => variables.FirstOrDefault(pair => pair.Name == name).Value);

    private void Docker(params string[] arguments) => Programs.Output(
        "docker", arguments, environment: new Dictionary<string, string?>
        {
            ["DOCKER_CONFIG"] = _folder.Path, ["DOCKER_HOST"] = null, ["DOCKER_CONTEXT"] = null,
        });
}
