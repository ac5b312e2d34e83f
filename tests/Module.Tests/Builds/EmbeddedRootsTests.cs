using System.Security.Cryptography.X509Certificates;
using GoCross.Builds;
using GoCross.Certificates;
using GoCross.Errors;
using GoCross.Files;
using GoCross.Processes;

namespace GoCross.Tests.Builds;

/// <summary>Certificates and time zones within the program, seen to work in an empty root directory.</summary>
public sealed class EmbeddedRootsTests : IDisposable
{
    private const string Module = "module example.com/x\n\ngo 1.21\n";

    private const string Client =
        """
        package main

        import (
        	"fmt"
        	"net/http"
        	"os"
        	"time"
        )

        func main() {
        	zone, err := time.LoadLocation("Europe/Vienna")
        	fmt.Println(zone, err)
        	response, err := http.Get(os.Args[1])
        	if err != nil {
        		fmt.Println(err)
        		os.Exit(1)
        	}
        	fmt.Println(response.Status)
        }
        """;

    private readonly TestCertificates _certificates = new();
    private readonly TemporaryDirectory _directory = new();

    [ToolFact("go", "chroot")]
    public async Task A_program_in_an_empty_root_trusts_the_authority_that_is_built_in()
    {
        using X509Certificate2 certificate = _certificates.IssueServer();
        await using var server = new TestServer(call => call.RespondAsync(200, "hello"), certificate);
        using var workspace = new GoWorkspace(("go.mod", Module), ("main.go", Client));

        ProcessResult without = RunInEmptyRoot(await workspace.BuildAsync(), server);
        ProcessResult with = RunInEmptyRoot(
            await workspace.BuildAsync(options: new BuildOptions { CaBundle = Bundle(), Tags = ["timetzdata"], Overwrite = true }), server);

        Assert.Equal(1, without.ExitCode);
        Assert.Contains("x509: certificate signed by unknown authority", without.StandardOutput, StringComparison.Ordinal);
        Assert.Contains("unknown time zone Europe/Vienna", without.StandardOutput, StringComparison.Ordinal);
        Assert.StartsWith("Europe/Vienna <nil>\n200 ", with.StandardOutput, StringComparison.Ordinal);
        Assert.Equal(0, with.ExitCode);
        Assert.Equal(["go.mod", "main.go"], Directory.GetFileSystemEntries(workspace.Source).Select(Path.GetFileName).Order(StringComparer.Ordinal));
    }

    [Trait("Speed", "Slow")]
    [ToolFact("go")]
    public async Task Only_certificates_get_into_the_program_and_the_same_bytes_each_time()
    {
        const string Key = "-----BEGIN PRIVATE KEY-----\nc2VjcmV0LXNlY3JldC1zZWNyZXQ=\n-----END PRIVATE KEY-----\n";
        using var workspace = new GoWorkspace(("go.mod", Module), ("main.go", "package main\n\nfunc main() {}\n"));
        var options = new BuildOptions { CaBundle = Bundle("a `comment`\n" + Key), Overwrite = true, Reproducible = true };

        BuildOutcome outcome = await workspace.BuildAsync(options: options);

        Assert.Null(outcome.Failure?.Message);
        Assert.True(outcome.Build.Reproducible);
        byte[] program = File.ReadAllBytes(outcome.Build.Path!);
        Assert.True(program.AsSpan().IndexOf("-----BEGIN CERTIFICATE-----"u8) >= 0);
        Assert.True(program.AsSpan().IndexOf("c2VjcmV0LXNlY3JldC1zZWNyZXQ"u8) < 0);
        Assert.Contains("-overlay", outcome.Build.CommandLine);
    }

    [ToolFact("go")]
    public async Task A_program_that_brings_roots_of_its_own_is_refused()
    {
        // A stand-in of the real package, by its import path.
        using var workspace = new GoWorkspace(
            ("go.mod", Module + "\nrequire golang.org/x/crypto/x509roots/fallback v0.0.0\n\nreplace golang.org/x/crypto/x509roots/fallback => ./fallback\n"),
            ("main.go", "package main\n\nimport _ \"golang.org/x/crypto/x509roots/fallback\"\n\nfunc main() {}\n"),
            ("fallback/go.mod", "module golang.org/x/crypto/x509roots/fallback\n\ngo 1.21\n"),
            ("fallback/fallback.go", "package fallback\n"));

        GoCrossException e = await Assert.ThrowsAsync<GoCrossException>(
            () => workspace.BuildAsync(options: new BuildOptions { CaBundle = Bundle() }));

        Assert.Equal("CaBundleTwice", e.ErrorId);
    }

    public void Dispose()
    {
        _certificates.Dispose();
        _directory.Dispose();
    }

    private CaBundle Bundle(string before = "")
    {
        string file = Path.Combine(_directory.Path, "ca.pem");
        File.WriteAllText(file, before + _certificates.Authority + "\n");
        return CaBundle.Read(file);
    }

    private ProcessResult RunInEmptyRoot(BuildOutcome outcome, TestServer server)
    {
        Assert.Null(outcome.Failure?.Message);
        string root = Directory.CreateDirectory(Path.Combine(_directory.Path, Path.GetRandomFileName())).FullName;
        File.Copy(outcome.Build.Path!, Path.Combine(root, "app"));
        return Programs.Run(
            "chroot", [root, "/app", $"https://{server.Authority}/"], environment: new Dictionary<string, string?> { ["SSL_CERT_FILE"] = null, ["ZONEINFO"] = null });
    }
}
