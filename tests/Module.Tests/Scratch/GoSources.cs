using System.Collections.Concurrent;
using GoCross.Files;

namespace GoCross.Tests.Scratch;

/// <summary>Go programs that the tests build, each once a run.</summary>
internal static class GoSources
{
    /// <summary>Asks for nothing of its surroundings.</summary>
    internal const string Plain = """
        package main

        func main() { println("plain") }
        """;

    /// <summary>
    /// Says what it finds around itself: one line for each thing that an image has to hold. With arguments it prints
    /// them instead.
    /// </summary>
    internal const string Probe = """
        package main

        import (
        	"crypto/tls"
        	"crypto/x509"
        	"fmt"
        	"os"
        	"os/user"
        	"runtime"
        	"time"
        )

        func main() {
        	if len(os.Args) > 1 {
        		fmt.Println(os.Args[1:])
        		return
        	}
        	fmt.Println("platform", runtime.GOOS+"/"+runtime.GOARCH)
        	fmt.Println("ids", os.Getuid(), os.Getgid())
        	fmt.Println("home", os.Getenv("HOME"))
        	me, err := user.Lookup("nonroot")
        	if err != nil {
        		fmt.Println("user", err)
        	} else {
        		fmt.Println("user", me.Uid, me.HomeDir)
        	}
        	if err := os.WriteFile(os.Getenv("HOME")+"/x", nil, 0o600); err != nil {
        		fmt.Println("write home", err)
        	} else {
        		fmt.Println("write home ok")
        	}
        	group, err := user.LookupGroupId("65532")
        	if err != nil {
        		fmt.Println("group", err)
        	} else {
        		fmt.Println("group", group.Name)
        	}
        	roots, err := x509.SystemCertPool()
        	fmt.Println("roots", err == nil && !roots.Equal(x509.NewCertPool()))
        	zone, err := time.LoadLocation("Europe/Berlin")
        	if err != nil {
        		fmt.Println("zone", err)
        	} else {
        		fmt.Println("zone", time.Unix(0, 0).In(zone).Format("15:04 MST"))
        	}
        	fmt.Println("local", time.Unix(0, 0).Format("15:04 MST"))
        	file, err := os.CreateTemp("", "probe")
        	if err != nil {
        		fmt.Println("temp", err)
        	} else {
        		fmt.Println("temp ok", file.Close())
        	}
        	if len(os.Args) > 5 {
        		tls.Dial("tcp", os.Args[1], nil)
        	}
        }
        """;

    /// <summary>What the probe says in an image that holds all it needs.</summary>
    internal const string ProbeContent = """
        platform linux/amd64
        ids 65532 65532
        home /home/nonroot
        user 65532 /home/nonroot
        write home ok
        group nonroot
        roots true
        zone 01:00 CET
        local 00:00 UTC
        temp ok <nil>
        """;

    private static readonly ConcurrentDictionary<(string, string), Lazy<byte[]>> Built = new();

    /// <summary>Builds a program and puts it at a path.</summary>
    /// <param name="source">The text of main.go.</param>
    /// <param name="path">Where the binary goes.</param>
    /// <param name="platform">GOOS/GOARCH or GOOS/GOARCH/vGOARM.</param>
    /// <param name="arguments">More arguments of go build.</param>
    internal static string Build(string source, string path, string platform = "linux/amd64", params string[] arguments)
    {
        string key = platform + " " + string.Join(' ', arguments);
        byte[] binary = Built.GetOrAdd((source, key), _ => new Lazy<byte[]>(() => Build(source, platform, arguments))).Value;
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllBytes(path, binary);
        if (!OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(path, (UnixFileMode)Convert.ToInt32("755", 8));
        }

        return path;
    }

    private static byte[] Build(string source, string platform, string[] arguments)
    {
        using var directory = new TemporaryDirectory();
        string[] parts = platform.Split('/');
        File.WriteAllText(Path.Combine(directory.Path, "main.go"), source);
        File.WriteAllText(Path.Combine(directory.Path, "go.mod"), "module example.com/probe\n\ngo 1.21\n");
        Programs.Output(
            "go",
            ["build", "-trimpath", "-ldflags=-s -w", "-o", "program", .. arguments],
            directory.Path,
            new Dictionary<string, string?>
            {
                ["CGO_ENABLED"] = "0",
                ["GOOS"] = parts[0],
                ["GOARCH"] = parts[1],
                ["GOARM"] = parts.Length > 2 ? parts[2][1..] : null,
                ["GOTOOLCHAIN"] = "local",
                ["GOFLAGS"] = "",
                ["GOPROXY"] = "off",
            });
        return File.ReadAllBytes(Path.Combine(directory.Path, "program"));
    }
}
