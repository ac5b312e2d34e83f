using System.Diagnostics;

namespace GoCross.Cmdlets.Tests.Support;

/// <summary>Builds Go programs for the tests' input.</summary>
internal static class GoProgram
{
    /// <summary>Asks for users, groups, time zones, certificates and temporary files.</summary>
    internal const string Needy = """
        package main

        import (
        	"crypto/x509"
        	"os"
        	"os/user"
        	"time"
        )

        func main() {
        	user.LookupGroup(os.Args[0])
        	user.Lookup(os.Args[0])
        	time.LoadLocation(os.Args[0])
        	x509.SystemCertPool()
        	os.CreateTemp("", "")
        }
        """;

    /// <summary>Asks for nothing.</summary>
    internal const string Plain = """
        package main

        func main() { println("plain") }
        """;

    /// <summary>Builds a program with CGO_ENABLED=0.</summary>
    /// <param name="source">The text of main.go.</param>
    /// <param name="path">Where the binary goes; its folder is made.</param>
    /// <param name="architecture">GOARCH.</param>
    /// <param name="arguments">More arguments of go build.</param>
    /// <returns>The path.</returns>
    internal static string Build(string source, string path, string architecture = "amd64", params string[] arguments)
    {
        string folder = Directory.CreateTempSubdirectory("gocross-test-").FullName;
        try
        {
            File.WriteAllText(Path.Combine(folder, "main.go"), source);
            File.WriteAllText(Path.Combine(folder, "go.mod"), "module example.com/program\n\ngo 1.21\n");
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            var info = new ProcessStartInfo(Tools.Require("go"), ["build", "-trimpath", "-o", path, .. arguments])
            {
                WorkingDirectory = folder,
                RedirectStandardError = true,
                Environment =
                {
                    ["CGO_ENABLED"] = "0",
                    ["GOOS"] = "linux",
                    ["GOARCH"] = architecture,
                    ["GOFLAGS"] = "",
                    ["GOPROXY"] = "off",
                    ["GOTOOLCHAIN"] = "local",
                },
            };
            using Process process = Process.Start(info)!;
            string error = process.StandardError.ReadToEnd();
            process.WaitForExit();
            Assert.True(process.ExitCode == 0, error);
            return path;
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }
}
