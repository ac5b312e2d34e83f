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
        new("tmp", RuntimeNeedKind.TemporaryDirectory, "/tmp", "no such file", "<nil>", "directory /tmp") { Traced = "/need.txt" },
        new("home", RuntimeNeedKind.HomeDirectory, "$HOME", "HOME", "<nil>", "directory /home/gopher", "HOME=/home/gopher") { Traced = "/.cache" },
        new("config", RuntimeNeedKind.HomeDirectory, "$HOME", "HOME", "<nil>", "", "HOME=/home/gopher") { Traced = null },
        new("zone", RuntimeNeedKind.TimeZones, "/usr/share/zoneinfo", "unknown time zone", "<nil>", "copy /usr/share/zoneinfo/Europe/Berlin"),
        new("local", RuntimeNeedKind.LocalTime, "/etc/localtime", "+0000", "+0100", "copy /usr/share/zoneinfo/Europe/Berlin", "TZ=Europe/Berlin") { Traced = "/usr/share/zoneinfo/" },
        new("mime", RuntimeNeedKind.MimeTypes, "/etc/mime.types", "\"\"", "application/x-need", "file /etc/mime.types application/x-need need") { Traced = "/usr/share/mime/globs2" },
        new("files", RuntimeNeedKind.MimeTypes, "/etc/mime.types", "404", "404", "") { Traced = null },
        new("port", RuntimeNeedKind.Services, "/etc/services", "0 ", "389 <nil>", "file /etc/services ldap 389/tcp"),
        new("dial", RuntimeNeedKind.Services, "/etc/services", "lookup tcp/ldap", "127.0.0.1:389", "file /etc/services ldap 389/tcp"),
        new("protocol", RuntimeNeedKind.Protocols, "/etc/protocols", "address sctp", "127.0.0.1 <nil>", "file /etc/protocols sctp 132 SCTP"),
        new("host", RuntimeNeedKind.NameResolution, "/etc/hosts", "[]", "[10.1.2.3] <nil>", "file /etc/hosts 10.1.2.3 box.test"),
        new("resolver", RuntimeNeedKind.NameResolution, "/etc/resolv.conf", "lookup box.test on ", "on 127.0.0.9:53", "file /etc/resolv.conf nameserver 127.0.0.9"),
        new("resolver", RuntimeNeedKind.NameResolution, "/etc/nsswitch.conf", "[10.1.2.3] <nil>", "lookup box.test on ", "file /etc/nsswitch.conf hosts: dns")
        {
            Before = "file /etc/hosts 10.1.2.3 box.test",
        },
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

    public static IEnumerable<object[]> All => Cases.SelectMany(@case => (bool[])[false, true], (@case, cgo) => new object[] { @case.Name, @case.Path, cgo });

    [ToolTheory("go", "musl-gcc", "strace")]
    [MemberData(nameof(All))]
    public void What_it_is_said_to_need_is_what_a_trace_shows(string name, string path, bool cgo) => CheckTrace(name, path, cgo, "go");

    [ToolTheory(NewerGo.Go127, "musl-gcc", "strace")]
    [MemberData(nameof(All))]
    public void So_it_is_with_the_newest_Go(string name, string path, bool cgo) => CheckTrace(name, path, cgo, NewerGo.Go127);

    private void CheckTrace(string name, string need_, bool cgo, string go)
    {
        Case @case = Cases.Single(found => found.Name == name && found.Path == need_);
        string program = programs[name, cgo, go];
        RuntimeNeed need = Assert.Single(
            GoPrograms.NeedsOf(program), found => (found.Kind, found.Path) == (@case.Kind, @case.Path));
        Assert.False(need.Required);
        Assert.NotEmpty(need.Reason);
        if (@case.Traced is not { } path)
        {
            return;
        }

        // What the program writes stays among the test's own files.
        Dictionary<string, string?> variables = @case.Variables("XDG_CACHE_HOME", null);
        variables["HOME"] = programs.Folder;
        variables["TMPDIR"] = programs.Folder;
        Trace(program, path, variables);
    }

    [ToolTheory("go", "musl-gcc")]
    [InlineData("exec", "helper")]
    [InlineData("look", "$PATH helper")] // What it found is started by a path that is no literal.
    [InlineData("start", "/bin/helper")]
    [InlineData("context", "longer-helper-name")]
    [InlineData("given", "$PATH")]
    [InlineData("variable", "$PATH")] // Not PAGER, which is the name of a variable of the environment.
    [InlineData("either", "$PATH")] // A conditional move makes it one or the other.
    [InlineData("branch", "$PATH less")]
    public void Programs_are_named_where_the_source_does_so(string name, string started)
    {
        foreach (string path in (string[])[programs[name, false], programs.For(name, "arm64")])
        {
            Assert.Equal(
                started.Split(' '),
                GoPrograms.NeedsOf(path).Where(need => need.Kind == RuntimeNeedKind.Program).Select(need => need.Path).Order(StringComparer.Ordinal));
        }

        Assert.Contains(
            GoPrograms.NeedsOf(programs.For(name, "riscv64")), need => (need.Kind, need.Path) == (RuntimeNeedKind.Program, "$PATH"));
    }

    [ToolTheory("go", "musl-gcc")]
    [InlineData("amd64")]
    [InlineData("arm64")]
    public void A_program_that_starts_itself_needs_what_the_engine_brings(string architecture) => Assert.Contains(
        GoPrograms.NeedsOf(programs.For("itself", architecture)),
        need => (need.Kind, need.Path, need.ProvidedBy) == (RuntimeNeedKind.ProcessFiles, "/proc/self/exe", NeedProvider.ContainerEngine));

    [ToolTheory("go", "musl-gcc", "strace")]
    [InlineData(false)]
    [InlineData(true)]
    public void What_asks_for_nothing_is_said_to_need_nothing(bool cgo) => Assert.Empty(GoPrograms.NeedsOf(programs["none", cgo]));

    // What go build -cover links in, and the plug-ins and libraries that a program opens: each needs a build of its own.
    [ToolFact("go", "gcc", "strace")]
    public void What_is_linked_in_otherwise_is_said_and_traced() => CheckOtherLinks("go");

    [ToolFact(NewerGo.Go127, "gcc", "strace")]
    public void What_the_newest_Go_links_in_otherwise_is_said_and_traced() => CheckOtherLinks(NewerGo.Go127);

    private void CheckOtherLinks(string go)
    {
        string covered = programs.Make("covered", go, "package main\n\nfunc main() { println(1) }\n", "-cover");
        string counts = Path.Combine(programs.Folder, Guid.NewGuid().ToString("N"));
        Directory.CreateDirectory(counts);
        Assert.Contains(GoPrograms.NeedsOf(covered), need => (need.Kind, need.Path, need.Variable) == (RuntimeNeedKind.CoverageDirectory, "$GOCOVERDIR", "GOCOVERDIR"));
        Assert.Contains("GOCOVERDIR not set", Programs.Run(covered, []).StandardError, StringComparison.Ordinal);
        Trace(covered, counts, new Dictionary<string, string?> { ["GOCOVERDIR"] = counts });
        Assert.NotEmpty(Directory.EnumerateFiles(counts));

        string opener = programs.Make("opener", go, "package main\n\nimport \"plugin\"\n\nfunc main() {\n\t_, err := plugin.Open(\"/need/of.so\")\n\tprintln(err != nil)\n}\n");
        Assert.Contains(GoPrograms.NeedsOf(opener), need => need.Kind == RuntimeNeedKind.LoadedLibrary && need.Reason.Contains("plugin", StringComparison.Ordinal));
        Trace(opener, "\"/need\"", []); // realpath(3), which dlopen follows.

        string loader = programs.Make(
            "loader", go, "package main\n\n// #cgo LDFLAGS: -ldl\n// #include <dlfcn.h>\nimport \"C\"\n\nfunc main() { println(C.dlopen(C.CString(\"libneeded.so.7\"), C.RTLD_NOW) == nil) }\n");
        Assert.Contains(GoPrograms.NeedsOf(loader), need => (need.Kind, need.Path) == (RuntimeNeedKind.LoadedLibrary, "dlopen"));
        Trace(loader, "libneeded.so.7", []);
    }

    private void Trace(string program, string path, Dictionary<string, string?> environment)
    {
        string trace = Path.Combine(programs.Folder, Guid.NewGuid().ToString("N"));
        Programs.Run("strace", ["-f", "-qq", "-e", "trace=%file,connect,execve", "-o", trace, program], environment: environment);
        Assert.Contains(File.ReadLines(trace), line => line.Contains(path, StringComparison.Ordinal));
    }

    [RootToolFact("go", "musl-gcc", "chroot")]
    public void In_an_empty_root_it_does_without_and_with_it_it_works() => CheckRoots("go");

    [RootToolFact(NewerGo.Go127, "musl-gcc", "chroot")]
    public void In_an_empty_root_programs_of_the_newest_Go_do_without_and_with_it_they_work() => CheckRoots(NewerGo.Go127);

    private void CheckRoots(string go)
    {
        var wrong = new List<string>();
        foreach (bool cgo in (bool[])[false, true])
        {
            foreach (Case @case in Cases)
            {
                using var root = new TemporaryDirectory();
                File.Copy(programs[@case.Name, cgo, go], Path.Combine(root.Path, "program"));
                using IDisposable? before = Put(root.Path, @case.Before);
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

        /// <summary>What is in the root with and without it.</summary>
        public string Before { get; init; } = string.Empty;

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
