using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;
using GoCross.Files;

namespace GoCross.Tests.Registries;

/// <summary>A docker-registry of the tests' own, which goes away with this.</summary>
internal sealed class RegistryProcess : IDisposable
{
    /// <summary>The user whom a registry with a login lets in.</summary>
    internal const string User = "sam";

    /// <summary>The user's password.</summary>
    internal const string Password = "correct horse";

    // bcrypt of the password, the one hash that docker-registry takes: perl -e 'print crypt(PASSWORD, q($2y$05$SALT))'.
    private const string Hash = "$2y$05$abcdefghijklmnopqrstuuHNbAKRhpaujgo33bRWs.NLUTJO3lOy2";

    private static readonly TimeSpan StartTimeout = TimeSpan.FromSeconds(30);

    private readonly TemporaryDirectory _folder = new();
    private readonly Process _process;

    /// <summary>Starts one.</summary>
    /// <param name="certificates">With TLS, and a certificate of these; null for no TLS.</param>
    /// <param name="withLogin">Whether it asks for a login.</param>
    internal RegistryProcess(TestCertificates? certificates = null, bool withLogin = false)
    {
        int port = FreePort();
        Authority = string.Create(CultureInfo.InvariantCulture, $"127.0.0.1:{port}");
        string folder = _folder.Path;
        string tls = string.Empty;
        if (certificates is not null)
        {
            using X509Certificate2 certificate = certificates.IssueServer();
            certificates.Write(folder, certificate, "server");
            tls = $"  tls: {{certificate: {folder}/server.pem, key: {folder}/server-key.pem}}\n";
        }

        string login = string.Empty;
        if (withLogin)
        {
            File.WriteAllText(Path.Combine(folder, "htpasswd"), $"{User}:{Hash}\n");
            login = $"auth: {{htpasswd: {{realm: test, path: {folder}/htpasswd}}}}\n";
        }

        string configuration = Path.Combine(folder, "config.yml");
        File.WriteAllText(
            configuration,
            $"version: 0.1\nlog: {{level: error, accesslog: {{disabled: true}}}}\nstorage: {{filesystem: {{rootdirectory: {folder}/data}}}}\n{login}http:\n  addr: {Authority}\n{tls}");
        var info = new ProcessStartInfo("/bin/sh") { WorkingDirectory = "/", UseShellExecute = false };
        foreach (string argument in (string[])[
            "-c", "exec \"$@\" >\"$0\" 2>&1", Path.Combine(folder, "log"), Tools.Require("docker-registry"), "serve", configuration])
        {
            info.ArgumentList.Add(argument);
        }

        _process = Process.Start(info)!;
        WaitUntilItListens(port);
    }

    /// <summary>127.0.0.1 and the port.</summary>
    internal string Authority { get; }

    /// <summary>The uploads that were begun, and neither ended nor given up.</summary>
    internal string[] OpenUploads => [.. Directory.EnumerateDirectories(_folder.Path, "_uploads", SearchOption.AllDirectories).SelectMany(Directory.EnumerateDirectories)];

    /// <summary>Ends it as the kernel does that runs out of memory.</summary>
    internal void Kill()
    {
        _process.Kill();
        _process.WaitForExit();
    }

    public void Dispose()
    {
        _process.Kill();
        _process.WaitForExit();
        _process.Dispose();
        _folder.Dispose();
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    private void WaitUntilItListens(int port)
    {
        long start = Stopwatch.GetTimestamp();
        while (true)
        {
            try
            {
                using var client = new TcpClient();
                client.Connect(IPAddress.Loopback, port);
                return;
            }
            catch (SocketException) when (!_process.HasExited && Stopwatch.GetElapsedTime(start) < StartTimeout)
            {
                Thread.Sleep(20);
            }
        }
    }
}
