using System.Net.Sockets;
using GoCross.Files;
using GoCross.GoBinaries;
using GoCross.Processes;

namespace GoCross.Tests.GoBinaries;

/// <summary>Each row of the table of needs: what a program is told to need is what it opens, and what it does without.</summary>
[Trait("Speed", "Slow")]
public sealed class LibraryNeedsTests(NeedPrograms programs) : IClassFixture<NeedPrograms>
{
    private static readonly Case[] Cases =
    [
        new("tmp", RuntimeNeedKind.TemporaryDirectory, "/tmp", "no such file", "<nil>", "directory /tmp"),
        new("home", RuntimeNeedKind.HomeDirectory, "$HOME", "HOME", "<nil>", "directory /root", "HOME=/root") { Traced = "/root/.cache" },
        new("config", RuntimeNeedKind.HomeDirectory, "$HOME", "HOME", "<nil>", "", "HOME=/root") { Traced = null },
        new("zone", RuntimeNeedKind.TimeZones, "/usr/share/zoneinfo", "unknown time zone", "<nil>", "copy /usr/share/zoneinfo/Europe/Berlin"),
        new("local", RuntimeNeedKind.LocalTime, "/etc/localtime", "+0000", "+0100", "copy /usr/share/zoneinfo/Europe/Berlin", "TZ=Europe/Berlin") { Traced = "/usr/share/zoneinfo/" },
        new("mime", RuntimeNeedKind.MimeTypes, "/etc/mime.types", "\"\"", "text/csv", "file /etc/mime.types text/csv csv") { Traced = "/usr/share/mime/globs2" },
        new("files", RuntimeNeedKind.MimeTypes, "/etc/mime.types", "404", "404", "") { Traced = null },
        new("port", RuntimeNeedKind.Services, "/etc/services", "0 ", "389 <nil>", "file /etc/services ldap 389/tcp"),
        new("dial", RuntimeNeedKind.Services, "/etc/services", "lookup tcp/ldap", "127.0.0.1:389", "file /etc/services ldap 389/tcp"),
        new("protocol", RuntimeNeedKind.Protocols, "/etc/protocols", "address sctp", "127.0.0.1 <nil>", "file /etc/protocols sctp 132 SCTP"),
        new("host", RuntimeNeedKind.NameResolution, "/etc/hosts", "[]", "[10.1.2.3] <nil>", "file /etc/hosts 10.1.2.3 box.test"),
        new("roots", RuntimeNeedKind.CaCertificates, "/etc/ssl/certs/ca-certificates.crt", "0\n", null, "copy /etc/ssl/certs/ca-certificates.crt"),
        new("user", RuntimeNeedKind.UserDatabase, "/etc/passwd", "<nil>", "tester", "file /etc/passwd tester:x:1000:1000:Tester:/home/tester:/bin/sh"),
        new("group", RuntimeNeedKind.UserDatabase, "/etc/group", "<nil>", "testers", "file /etc/group testers:x:1000:"),
        new("syslog", RuntimeNeedKind.Syslog, "/dev/log", "syslog delivery error", "<nil>", "socket /dev/log"),
        new("exe", RuntimeNeedKind.ProcessFiles, "/proc/self/exe", "no such file", "<nil>", "link /proc/self/exe"),
        new("multicast", RuntimeNeedKind.ProcessFiles, "/proc/net/igmp", "[] <nil>", "224.0.0.1", "copy /proc/net/igmp"),
        new("profile", RuntimeNeedKind.ProcessFiles, "/proc/self/maps", "<nil>", "<nil>", ""),
        new("exec", RuntimeNeedKind.Program, "helper", "executable file not found", "<nil>", "helper /bin/helper;file /dev/null ", "PATH=/bin") { Traced = "/helper" },
        new("look", RuntimeNeedKind.Program, "helper", "executable file not found", "/bin/helper <nil>\n<nil>", "helper /bin/helper;file /dev/null ", "PATH=/bin") { Traced = "/helper" },
        new("start", RuntimeNeedKind.Program, "/bin/helper", "no such file", "<nil>", "helper /bin/helper"),
    ];

    public static IEnumerable<object[]> All => Cases.SelectMany(@case => (bool[])[false, true], (@case, cgo) => new object[] { @case.Name, cgo });

    [ToolTheory("go", "musl-gcc", "strace")]
    [MemberData(nameof(All))]
    public void What_it_is_said_to_need_is_what_a_trace_shows(string name, bool cgo)
    {
        Case @case = Cases.Single(found => found.Name == name);
        RuntimeNeed need = Assert.Single(
            GoPrograms.NeedsOf(programs[name, cgo]), found => (found.Kind, found.Path) == (@case.Kind, @case.Path));
        Assert.False(need.Required);
        Assert.NotEmpty(need.Reason);
        if (@case.Traced is not { } path)
        {
            return;
        }

        string trace = Path.Combine(programs.Folder, Guid.NewGuid().ToString("N"));
        Programs.Run(
            "strace",
            ["-f", "-qq", "-e", "trace=%file,connect,execve", "-o", trace, programs[name, cgo]],
            environment: @case.Variables("HOME", "/root"));

        Assert.Contains(File.ReadLines(trace), line => line.Contains(path, StringComparison.Ordinal));
    }

    [ToolTheory("go", "musl-gcc")]
    [InlineData("exec", "helper")]
    [InlineData("look", "helper")]
    [InlineData("start", "/bin/helper")]
    [InlineData("context", "longer-helper-name")]
    [InlineData("given", "$PATH")]
    public void Programs_are_named_where_the_source_does_so(string name, string program)
    {
        foreach (string path in (string[])[programs[name, false], programs.For(name, "arm64")])
        {
            Assert.Equal(
                [program],
                GoPrograms.NeedsOf(path).Where(need => need.Kind == RuntimeNeedKind.Program).Select(need => need.Path));
        }

        Assert.Contains(
            GoPrograms.NeedsOf(programs.For(name, "riscv64")), need => (need.Kind, need.Path) == (RuntimeNeedKind.Program, "$PATH"));
    }

    [ToolTheory("go", "musl-gcc", "strace")]
    [InlineData(false)]
    [InlineData(true)]
    public void What_asks_for_nothing_is_said_to_need_nothing(bool cgo) => Assert.Empty(GoPrograms.NeedsOf(programs["none", cgo]));

    [RootToolFact("go", "musl-gcc", "chroot")]
    public void In_an_empty_root_it_does_without_and_with_it_it_works()
    {
        var wrong = new List<string>();
        foreach (bool cgo in (bool[])[false, true])
        {
            foreach (Case @case in Cases)
            {
                using var root = new TemporaryDirectory();
                File.Copy(programs[@case.Name, cgo], Path.Combine(root.Path, "program"));
                Check(RunIn(root.Path, @case.Kind == RuntimeNeedKind.HomeDirectory ? @case with { Environment = "" } : @case), @case.Without, $"{@case.Name} cgo={cgo} without");
                using IDisposable? put = Put(root.Path, @case.Put);
                Check(RunIn(root.Path, @case), @case.With, $"{@case.Name} cgo={cgo} with");
            }
        }

        Assert.Empty(wrong);

        void Check(string said, string? expected, string what)
        {
            if (expected is null ? said.Trim() is "0" or "" : !said.Contains(expected, StringComparison.Ordinal))
            {
                wrong.Add($"{what}: {said.Trim()}, expected {expected ?? "more than 0"}");
            }
        }
    }

    private static string RunIn(string root, Case @case)
    {
        var environment = new Dictionary<string, string?>(@case.Variables("HOME", null));
        environment.TryAdd("PATH", "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin");
        environment["XDG_CACHE_HOME"] = null;
        environment["XDG_CONFIG_HOME"] = null;
        environment["SSL_CERT_FILE"] = null;
        environment["TMPDIR"] = null;
        ProcessResult result = Programs.Run("chroot", [root, "/program"], environment: environment);
        return result.StandardOutput + result.StandardError;
    }

    // What a case puts into the root: "directory PATH", "file PATH TEXT", "copy PATH", "link PATH", "helper PATH", "socket PATH".
    private Socket? Put(string root, string what)
    {
        if (what.Split(';') is [var one, var other])
        {
            Put(root, one);
            return Put(root, other);
        }

        string[] words = what.Split(' ', 3);
        if (words.Length < 2)
        {
            return null;
        }

        string path = root + words[1];
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        switch (words[0])
        {
            case "directory":
                Directory.CreateDirectory(path);
                break;
            case "file":
                File.WriteAllText(path, words[2] + "\n");
                break;
            case "copy":
                File.WriteAllBytes(path, File.ReadAllBytes(words[1]));
                break;
            case "link":
                File.CreateSymbolicLink(path, "/program");
                break;
            case "helper":
                File.Copy(programs["none", false], path);
                break;
            case "socket":
                var socket = new Socket(AddressFamily.Unix, SocketType.Dgram, ProtocolType.Unspecified);
                socket.Bind(new UnixDomainSocketEndPoint(path));
                return socket;
        }

        return null;
    }

    /// <summary>A program, what it needs, and what it prints.</summary>
    /// <param name="Name">The program.</param>
    /// <param name="Kind">What it is said to need.</param>
    /// <param name="Path">Where.</param>
    /// <param name="Without">What it prints without that; null for no matter.</param>
    /// <param name="With">What it prints with it; null for a number other than 0.</param>
    /// <param name="Put">What is put into the root.</param>
    /// <param name="Environment">A variable.</param>
    private sealed record Case(
        string Name, RuntimeNeedKind Kind, string Path, string Without, string? With, string Put, string Environment = "")
    {
        /// <summary>What a trace shows; null where the machine decides.</summary>
        public string? Traced { get; init; } = Path;

        public Dictionary<string, string?> Variables(string name, string? value)
        {
            var variables = new Dictionary<string, string?> { [name] = value };
            if (Environment.Split('=') is [var key, var set])
            {
                variables[key] = set;
            }

            return variables;
        }
    }
}
