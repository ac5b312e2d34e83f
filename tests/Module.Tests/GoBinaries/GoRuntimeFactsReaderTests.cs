using GoCross.Binaries;
using GoCross.Elf;
using GoCross.GoBinaries;
using GoCross.Processes;

namespace GoCross.Tests.GoBinaries;

[Collection(GoProgramsCollection.Name)]
public sealed class GoRuntimeFactsReaderTests(GoPrograms programs)
{
    private static readonly GoRuntimeFacts Nothing = new()
    {
        CgoLinked = false,
        Resolver = GoLookup.None,
        UserLookup = GoLookup.None,
        LooksUpGroups = false,
        NeedsCaCertificates = false,
        EmbedsCaCertificates = false,
        NeedsTimeZones = false,
        EmbedsTimeZones = false,
        MakesTemporaryFiles = false,
        RaceDetector = false,
    };

    private static readonly GoRuntimeFacts Lookup = Nothing with { LooksUpGroups = true };

    /// <summary>What the source of each program and the flags of its build say.</summary>
    private static readonly Dictionary<string, GoRuntimeFacts> Expected = new()
    {
        ["hello"] = Nothing,
        ["hello-stripped"] = Nothing,
        ["hello-pie"] = Nothing,
        ["hello-mips"] = Nothing,
        ["hello-s390x"] = Nothing,
        ["hello-windows-stripped"] = Nothing,
        ["hello-darwin"] = Nothing,

        // Allowed, but no package with C code was imported.
        ["hello-cgo-allowed"] = Nothing,
        ["hello-race"] = Nothing with { CgoLinked = true, RaceDetector = true },
        ["ccode"] = Nothing with { CgoLinked = true, HasOwnCCode = true },
        ["ccode-pie"] = Nothing with { CgoLinked = true, HasOwnCCode = true },
        ["web"] = Nothing with { Resolver = GoLookup.PureGo, NeedsCaCertificates = true },
        ["web-cgo"] = Nothing with { CgoLinked = true, Resolver = GoLookup.Cgo, NeedsCaCertificates = true },
        ["web-cgo-stripped"] = Nothing with { CgoLinked = true, Resolver = GoLookup.Cgo, NeedsCaCertificates = true },
        ["lookup"] = Lookup with { Resolver = GoLookup.PureGo, UserLookup = GoLookup.PureGo },
        ["lookup-stripped"] = Lookup with { Resolver = GoLookup.PureGo, UserLookup = GoLookup.PureGo },
        ["lookup-cgo-stripped"] = Lookup with { CgoLinked = true, Resolver = GoLookup.Cgo, UserLookup = GoLookup.Cgo },
        ["lookup-cgo"] = Lookup with { CgoLinked = true, Resolver = GoLookup.Cgo, UserLookup = GoLookup.Cgo },
        ["lookup-static"] = Lookup with { CgoLinked = true, Resolver = GoLookup.Cgo, UserLookup = GoLookup.Cgo },
        ["lookup-tags"] = Lookup with { Resolver = GoLookup.PureGo, UserLookup = GoLookup.PureGo },
        ["lookup-windows"] = Lookup with { Resolver = GoLookup.Platform, UserLookup = GoLookup.Platform },
        ["lookup-darwin"] = Lookup with { Resolver = GoLookup.Platform, UserLookup = GoLookup.Platform },
        ["zones"] = Nothing with { NeedsTimeZones = true },
        ["zones-embedded"] = Nothing with { NeedsTimeZones = true, EmbedsTimeZones = true },
        ["roots"] = Nothing with { NeedsCaCertificates = true },
        ["roots-embedded"] = Nothing with { NeedsCaCertificates = true, EmbedsCaCertificates = true },
        ["temporary"] = Nothing with { MakesTemporaryFiles = true },
    };

    public static TheoryData<string> Programs { get; } = [.. Expected.Keys];

    [ToolTheory("go", "gcc")]
    [MemberData(nameof(Programs))]
    public void Facts_are_what_the_source_and_the_flags_say(string name)
    {
        // What the rows of the table of needs say has tests of its own.
        Assert.Equal(Expected[name], GoRuntimeFactsReader.TryRead(programs[name])! with { LibraryNeeds = 0, Programs = [] });
    }

    [Fact]
    public void Other_files_have_no_facts()
    {
        Assert.Null(GoRuntimeFactsReader.TryRead(Environment.ProcessPath!));
        Assert.Null(GoRuntimeFactsReader.TryRead(typeof(GoRuntimeFacts).Assembly.Location));
    }

    [ToolTheory("go", "gcc")]
    [InlineData("lookup", false)]
    [InlineData("lookup-tags", false)]
    [InlineData("lookup-cgo", true)]
    [InlineData("lookup-static", true)]
    public async Task The_resolver_is_the_one_that_the_program_itself_reports(string name, bool cgo)
    {
        // GODEBUG (go doc net, Name Resolution): asked for cgo's resolver, the program says whether it has one.
        string report = await programs.RunAsync(
            programs[name], ["root"], new Dictionary<string, string?> { ["GODEBUG"] = "netdns=cgo+1" });

        Assert.Equal(cgo, report.Contains("using cgo DNS resolver", StringComparison.Ordinal));
        Assert.Equal(cgo ? GoLookup.Cgo : GoLookup.PureGo, GoRuntimeFactsReader.TryRead(programs[name])!.Resolver);
    }

    [ToolTheory("go", "gcc", "strace")]
    [InlineData("lookup", "/etc/passwd", true)]
    [InlineData("lookup", "/etc/group", true)]
    [InlineData("zones", "/usr/share/zoneinfo/", true)]
    [InlineData("zones-embedded", "/etc/passwd", false)]
    [InlineData("roots", "/etc/ssl/certs/ca-certificates.crt", true)]
    [InlineData("hello", "/etc/", false)]
    public async Task What_a_program_is_said_to_need_is_what_it_opens(string name, string path, bool opened)
    {
        string trace = Path.Combine(programs.Folder, $"{name}.{Guid.NewGuid():N}.trace");
        await programs.RunAsync(
            Tools.Require("strace"),
            ["-f", "-qq", "-e", "trace=open,openat", "-o", trace, programs[name], name.StartsWith("zones", StringComparison.Ordinal) ? "Europe/Berlin" : "root"]);

        Assert.Equal(opened, File.ReadLines(trace).Any(line => line.Contains('"' + path, StringComparison.Ordinal)));
        Assert.Equal(opened, GoPrograms.NeedsOf(programs[name]).Any(need => path.StartsWith(need.Path, StringComparison.Ordinal)));
    }

    [ToolTheory("go", "gcc", "strace")]
    [InlineData("lookup", false)]
    [InlineData("lookup-stripped", false)]
    [InlineData("lookup-tags", false)]
    [InlineData("lookup-cgo", true)]
    [InlineData("lookup-cgo-stripped", true)]
    public void Names_are_looked_up_by_whom_a_trace_shows(string name, bool cgo)
    {
        string[] calls = TraceLookup(programs[name]);

        // For a name that is in no file glibc asks nscd, and for a host it reads host.conf. Go does neither.
        Assert.Equal(cgo, Has(calls, "/var/run/nscd/socket"));
        Assert.Equal(cgo, Has(calls, "/etc/host.conf"));
        GoRuntimeFacts facts = GoRuntimeFactsReader.TryRead(programs[name])!;
        GoLookup expected = cgo ? GoLookup.Cgo : GoLookup.PureGo;
        Assert.Equal((expected, expected), (facts.UserLookup, facts.Resolver));
    }

    [ToolFact("go", "gcc", "musl-gcc", "strace")]
    public void With_musl_names_are_looked_up_by_whom_a_trace_shows()
    {
        string[] calls = TraceLookup(programs["lookup-musl"]);

        // musl asks nscd as well; Go's resolver would read nsswitch.conf, musl's does not.
        Assert.True(Has(calls, "/var/run/nscd/socket"));
        Assert.True(Has(calls, "/etc/hosts"));
        Assert.False(Has(calls, "/etc/nsswitch.conf"));
        GoRuntimeFacts facts = GoRuntimeFactsReader.TryRead(programs["lookup-musl"])!;
        Assert.Equal((GoLookup.Cgo, GoLookup.Cgo), (facts.UserLookup, facts.Resolver));
    }

    [ToolTheory("go", "gcc", "strace", "upx")]
    [InlineData("lookup", false)]
    [InlineData("lookup-cgo", true)]
    public void Of_a_packed_program_nothing_is_claimed_whoever_looks_names_up(string name, bool cgo)
    {
        string packed = Path.Combine(programs.Folder, name + "-packed-to-trace");
        GoCross.Tests.Programs.Output("upx", ["-qq", "-1", "-o", packed, programs[name]]);

        Assert.Equal(cgo, Has(TraceLookup(packed), "/var/run/nscd/socket"));
        BinaryReport report = BinaryInspector.Inspect(packed);
        Assert.Equal((ElfLinkage.PackedUnknown, null), (report.Linkage, report.GoRuntime));
        Assert.Empty(report.RuntimeNeeds);
    }

    /// <summary>Other people's programs, by other versions of Go than the installed one.</summary>
    [ToolTheory("docker", "skopeo", "caddy", "strace")]
    [InlineData("docker", "-H", "tcp://no-such-host.invalid:1", "version")]
    [InlineData("skopeo", "inspect", "docker://no-such-host.invalid:1/x")]
    [InlineData("caddy", "reload", "--config", "/dev/null", "--address", "no-such-host.invalid:1")]
    public void A_packaged_program_resolves_hosts_as_a_trace_shows(string name, params string[] arguments) =>
        CheckResolver(name, arguments);

    [RootToolFact("podman", "strace")]
    public void Podman_resolves_hosts_as_a_trace_shows()
    {
        using var folder = new GoCross.Files.TemporaryDirectory();
        CheckResolver("podman", [
            "--storage-driver=vfs", "--root", Path.Combine(folder.Path, "root"), "--runroot", Path.Combine(folder.Path, "run"),
            "pull", "no-such-host.invalid:1/x"]);
    }

    [RootToolFact("containerd", "strace")]
    public void Containerd_resolves_hosts_as_a_trace_shows()
    {
        // It ends when the address that it is to listen at is none.
        using var folder = new GoCross.Files.TemporaryDirectory();
        string configuration = Path.Combine(folder.Path, "config.toml");
        File.WriteAllText(configuration, $"""
            version = 2
            root = "{folder.Path}/root"
            state = "{folder.Path}/state"
            [grpc]
            address = "{folder.Path}/socket"
            tcp_address = "no-such-host.invalid:1"
            """);
        CheckResolver("containerd", ["--config", configuration]);
    }

    /// <summary>What no run shows, since nothing that can be asked of it looks a host or a user up: what is linked.</summary>
    [ToolTheory("docker", "containerd", "runc", "skopeo", "umoci", "podman", "caddy", "readelf")]
    [InlineData("docker")]
    [InlineData("containerd")]
    [InlineData("runc")]
    [InlineData("skopeo")]
    [InlineData("umoci")]
    [InlineData("podman")]
    [InlineData("caddy")]
    public void A_packaged_program_asks_the_C_library_for_names_if_it_has_what_that_takes(string name)
    {
        string program = Tools.Require(name);
        BinaryReport report = BinaryInspector.Inspect(program);
        HashSet<string> symbols = [.. GoCross.Tests.Programs.Output("readelf", ["--syms", "-W", program])
            .Split('\n')
            .Select(line => line.Split(' ', StringSplitOptions.RemoveEmptyEntries))
            .Where(columns => columns.Length >= 8)
            .Select(columns => columns[7].Split('@')[0])];

        Assert.Equal(report.GoRuntime!.Resolver == GoLookup.Cgo, symbols.Contains("getaddrinfo"));
        if (report.Linkage == ElfLinkage.Dynamic)
        {
            // In a static one the C library may have them for itself.
            Assert.Equal(
                report.GoRuntime.UserLookup == GoLookup.Cgo, symbols.Contains("getpwnam_r") || symbols.Contains("getpwuid_r"));
        }
    }

    private void CheckResolver(string name, string[] arguments)
    {
        string program = Tools.Require(name);
        BinaryReport report = BinaryInspector.Inspect(program);

        string[] calls = Trace(program, arguments);

        // Whoever resolves reads resolv.conf. Only glibc reads host.conf; Go reads nsswitch.conf, and musl does not.
        Assert.True(Has(calls, "/etc/resolv.conf"), $"{name} resolves nothing.");
        bool cgo = report.LibC == LibC.Musl ? !Has(calls, "/etc/nsswitch.conf") : Has(calls, "/etc/host.conf");
        Assert.Equal(cgo ? GoLookup.Cgo : GoLookup.PureGo, report.GoRuntime!.Resolver);
    }

    private static bool Has(string[] calls, string path) =>
        calls.Any(call => call.Contains('"' + path + '"', StringComparison.Ordinal));

    private string[] TraceLookup(string program) => Trace(program, ["no-such-name"]);

    // Which files and sockets a program asks for, with cgo's resolver wherever it has one.
    private string[] Trace(string program, string[] arguments)
    {
        string trace = Path.Combine(programs.Folder, $"{Guid.NewGuid():N}.trace");
        ProcessResult result = GoCross.Tests.Programs.Run(
            "strace",
            ["-f", "-qq", "-e", "trace=open,openat,connect", "-o", trace, program, .. arguments],
            environment: new Dictionary<string, string?> { ["GODEBUG"] = "netdns=cgo" });
        Assert.True(File.Exists(trace), result.StandardError);
        return File.ReadAllLines(trace);
    }
}
