using GoCross.Files;
using GoCross.GoBinaries;
using GoCross.Sboms;
using GoCross.Vulnerabilities;

namespace GoCross.Tests.Vulnerabilities;

/// <summary>Cases that were worked out by hand from the Go vulnerability database of 2026-08-20.</summary>
public sealed class MatchingTests(SmallDatabase small) : IClassFixture<SmallDatabase>
{
    [Theory]
    // A plain range.
    [InlineData("GO-2024-3333", "golang.org/x/net", "v0.32.0", "golang.org/x/net/html.Parse", "Affected Symbol v0.33.0")]
    [InlineData("GO-2024-3333", "golang.org/x/net", "v0.33.0", "golang.org/x/net/html.Parse", "-")]
    [InlineData("GO-2024-3333", "golang.org/x/net", "v0.33.0-rc.1", "golang.org/x/net/html.Parse", "Affected Symbol v0.33.0")]
    [InlineData("GO-2024-3333", "golang.org/x/net", "v0.20.0", "golang.org/x/net/http2.(*Server).ServeConn", "NotAffected NotLinked v0.33.0")]
    // Windows of the standard library, -0, two modules.
    [InlineData("GO-2022-0969", "stdlib", "go1.19rc1", "net/http.(*http2Server).ServeConn", "Affected Symbol go1.19.1")]
    [InlineData("GO-2022-0969", "stdlib", "go1.18.7", "net/http.(*http2Server).ServeConn", "-")]
    [InlineData("GO-2022-0969", "golang.org/x/net", "v0.0.0-20220722155237-a158d28d115b", "golang.org/x/net/http2.(*Server).ServeConn", "Affected Symbol v0.0.0-20220906165146-f3363e06e74c")]
    [InlineData("GO-2022-0969", "golang.org/x/net", "v0.1.0", "golang.org/x/net/http2.(*Server).ServeConn", "-")]
    // Fixed in a release candidate.
    [InlineData("GO-2025-3373", "stdlib", "go1.24rc1", "crypto/x509.(*Certificate).Verify", "Affected Symbol go1.24rc2")]
    [InlineData("GO-2025-3373", "stdlib", "go1.24rc2", "crypto/x509.(*Certificate).Verify", "-")]
    [InlineData("GO-2025-3373", "stdlib", "go1.24.0", "crypto/x509.(*Certificate).Verify", "-")]
    [InlineData("GO-2025-3373", "stdlib", "go1.22.11", "crypto/x509.(*Certificate).Verify", "-")]
    [InlineData("GO-2025-3373", "stdlib", "go1.23.4", "crypto/x509.(*Certificate).Verify", "Affected Symbol go1.23.5")]
    [InlineData("GO-2025-3373", "stdlib", "go1.23.4 X:aliastypeparams", "crypto/x509.(*Certificate).Verify", "Affected Symbol go1.23.5")]
    [InlineData("GO-2025-3373", "stdlib", "go1.23.4-X:jsonv2", "crypto/x509.(*Certificate).Verify", "Affected Symbol go1.23.5")]
    [InlineData("GO-2025-3373", "stdlib", "go1.23.4-fips", "crypto/x509.(*Certificate).Verify", "Affected Symbol go1.23.5")]
    [InlineData("GO-2025-3373", "stdlib", "go1.23.4 (Red Hat 1.23.4-1.el9)", "crypto/x509.(*Certificate).Verify", "Affected Symbol go1.23.5")]
    // A package without functions.
    [InlineData("GO-2023-1840", "stdlib", "go1.20.4", "runtime.main", "Affected Package go1.20.5")]
    [InlineData("GO-2023-1840", "stdlib", "go1.19.9", "runtime.main", "Affected Package go1.19.10")]
    [InlineData("GO-2022-0187", "stdlib", "go1.7.5", "crypto/elliptic.p256SubInternal", "Affected Symbol go1.7.6")]
    [InlineData("GO-2022-0187", "stdlib", "go1.5.4", "crypto/elliptic.p256SubInternal", "-")]
    // Whole packages with no fix: of a program that links another package of the module, nothing (grype's issue 3573).
    [InlineData("GO-2026-5932", "golang.org/x/crypto", "v0.54.0", "golang.org/x/crypto/ssh.Dial", "NotAffected NotLinked -")]
    [InlineData("GO-2026-5932", "golang.org/x/crypto", "v0.54.0", "golang.org/x/crypto/openpgp/packet.Read", "Affected Package -")]
    // +incompatible, +dirty; ranges of the product's own say something else, and Go's count.
    [InlineData("GO-2024-3005", "github.com/docker/docker", "v24.0.7+incompatible+dirty", "github.com/docker/docker/pkg/authorization.(*Ctx).AuthZRequest", "Affected Symbol v25.0.6+incompatible")]
    [InlineData("GO-2024-3005", "github.com/docker/docker", "v26.1.0+incompatible", "github.com/docker/docker/pkg/authorization.sendBody", "Affected Symbol v26.1.5+incompatible")]
    [InlineData("GO-2024-3005", "github.com/docker/docker", "v19.03.16+incompatible", "github.com/docker/docker/pkg/authorization.sendBody", "-")]
    [InlineData("GO-2024-3005", "github.com/docker/docker", "v1.4.2-0.20190924003213-a8608b5b67c7", "github.com/docker/docker/pkg/authorization.sendBody", "-")]
    [InlineData("GO-2024-3005", "github.com/docker/docker", "v24.0.10+incompatible", "github.com/docker/docker/pkg/authorization.sendBody", "Affected Symbol v25.0.6+incompatible")]
    // Several fixes to one beginning; versions that no order fits; commits, then an open end.
    [InlineData("GO-2025-4121", "github.com/canonical/lxd", "v0.0.0-20251101000000-abcdefabcdef", "main.main", "Affected Module - 6.6 5.21.5 4.0.11")]
    [InlineData("GO-2025-4121", "github.com/canonical/lxd", "5.21.4", "main.main", "Unknown Module - 6.6 5.21.5 4.0.11")]
    [InlineData("GO-2025-3495", "github.com/minio/minio", "v0.0.0-20240801000000-abcdefabcdef", "main.main", "Affected Module - RELEASE.2025-02-28T09-55-16Z")]
    [InlineData("GO-2025-3857", "github.com/openbao/openbao", "v0.0.0-20250701000000-abcdefabcdef", "main.main", "Affected Module v0.0.0-20250806193240-9b0b5d4f345f")]
    [InlineData("GO-2025-3857", "github.com/openbao/openbao", "v0.0.0-20250901000000-abcdefabcdef", "main.main", "-")]
    [InlineData("GO-2025-3857", "github.com/openbao/openbao", "2.3.2", "main.main", "-")]
    [InlineData("GO-2025-3857", "github.com/openbao/openbao", "2.3.1", "main.main", "Affected Module 2.3.2")]
    // An open part and a closed one.
    [InlineData("GO-2026-5148", "github.com/argoproj/argo-workflows/v3", "v3.6.19", "main.main", "Affected Module -")]
    [InlineData("GO-2026-5148", "github.com/argoproj/argo-workflows/v3", "v3.6.4", "main.main", "-")]
    [InlineData("GO-2026-5148", "github.com/argoproj/argo-workflows/v3", "v3.7.14", "main.main", "Unknown Module -")]
    [InlineData("GO-2022-0617", "k8s.io/kubernetes", "v1.20.0", "main.main", "-")]
    [InlineData("GO-2024-2687", "stdlib", "go1.22.1", "net/http.Header.Get", "Affected Symbol go1.22.2")]
    [InlineData("GO-2024-2687", "stdlib", "go1.22.1", "net/http.(*http2Framer).readMetaFrame", "Affected Symbol go1.22.2")]
    [InlineData("GO-2024-2687", "stdlib", "go1.21.9", "net/http.Header.Get", "-")]
    [InlineData("GO-2022-0586", "github.com/hashicorp/go-getter/s3/v2", "v2.0.2", "github.com/hashicorp/go-getter/s3/v2.(*Getter).Get", "Affected Symbol v2.1.0")]
    [InlineData("GO-2022-0586", "github.com/hashicorp/go-getter/v2", "v2.1.0", "github.com/hashicorp/go-getter/v2.(*Client).Get", "-")]
    [InlineData("GO-2022-0586", "github.com/hashicorp/go-getter", "v1.6.1", "github.com/hashicorp/go-getter.(*Client).Get", "-")]
    [InlineData("GO-2022-0411", "github.com/masterminds/goutils", "v1.1.0", "github.com/Masterminds/goutils.RandomAlphaNumeric", "Affected Symbol v1.1.1")]
    [InlineData("GO-2022-0411", "github.com/Masterminds/goutils", "v1.1.0", "github.com/Masterminds/goutils.Other", "NotAffected NotLinked v1.1.1")]
    // Cases by themselves: no version, none at all, a commit against a tag, the exact case of two names.
    [InlineData("GO-2024-3333", "golang.org/x/net", "(devel)", "golang.org/x/net/html.Parse", "Unknown Symbol -")]
    [InlineData("GO-2024-3333", "golang.org/x/net", null, "golang.org/x/net/html.Parse", "Unknown Symbol -")]
    [InlineData("GO-2024-3333", "golang.org/x/net", "v0.0.0-00010101000000-000000000000", "golang.org/x/net/html.Parse", "Unknown Symbol -")]
    [InlineData("GO-2025-3373", "stdlib", "devel go1.27-abc Mon Jan 1", "crypto/x509.(*Certificate).Verify", "Unknown Symbol -")]
    [InlineData("GO-2099-0003", "example.test/tagged", "v0.0.0-20240101000000-abcdefabcdef", "main.main", "Unknown Module -")]
    [InlineData("GO-2099-0001", "github.com/0xJacky/Nginx-UI", "v1.5.0", "main.main", "-")]
    [InlineData("GO-2099-0002", "github.com/0xJacky/nginx-ui", "v1.5.0", "main.main", "Affected Module v2.0.0")]
    public void A_version_means_what_was_worked_out(string id, string module, string? version, string linked, string expected) =>
        Assert.Equal(expected, Found(id, module, version, linked, "linux", "amd64"));

    [Theory]
    [InlineData("GO-2023-2185", "go1.20.11", "path/filepath.Clean", "windows", "amd64", "Affected Symbol go1.20.12")]
    [InlineData("GO-2023-2185", "go1.20.11", "path/filepath.Clean", "linux", "amd64", "NotAffected WrongPlatform go1.20.12")]
    [InlineData("GO-2023-2185", "go1.20.11", "path/filepath.Clean", null, null, "Affected Symbol go1.20.12")]
    [InlineData("GO-2023-2185", "go1.21.4", "path/filepath.Clean", "windows", "amd64", "Affected Symbol go1.21.5")]
    [InlineData("GO-2022-0187", "go1.7.5", "crypto/elliptic.p256SubInternal", "linux", "arm64", "NotAffected WrongPlatform go1.7.6")]
    public void The_platform_counts(string id, string version, string linked, string? system, string? architecture, string expected) =>
        Assert.Equal(expected, Found(id, "stdlib", version, linked, system, architecture));

    [Theory]
    [InlineData("example.test/app", "go1.20.5", "-")]
    [InlineData("cmd/go", "go1.20.5", "Affected Package go1.21")]
    [InlineData("cmd/go", "go1.21rc2", "-")]
    public void Reports_on_the_toolchain_are_about_its_own_programs(string package, string version, string expected) =>
        Assert.Equal(expected, Found(Program(package, null, [], version), ["runtime.main", "main.main"], "GO-2024-2962"));

    [Fact]
    public void The_main_package_is_called_main_in_a_program()
    {
        const string Module = "github.com/projectdiscovery/nuclei/v2";
        SbomProgram nuclei = Program(Module + "/cmd/nuclei", new GoModule(Module, "v2.9.8", "", null), [], "go1.20");
        SbomProgram other = Program(Module + "/cmd/other", new GoModule(Module, "v2.9.8", "", null), [], "go1.20");

        Assert.Equal("Affected Symbol v2.9.9", Found(nuclei, ["main.readConfig", "main.init.0"], "GO-2023-1998"));
        Assert.Equal("NotAffected NotLinked v2.9.9", Found(other, ["main.run"], "GO-2023-1998"));
    }

    [Fact]
    public void One_report_on_two_modules_is_one_finding_with_two_components()
    {
        SbomProgram program = Program(
            "example.test/app", null, [new GoModule("golang.org/x/net", "v0.0.0-20220722155237-a158d28d115b", "", null)], "go1.19rc1");
        LinkedCode code = LinkedCode.Of(["net/http.(*http2Server).ServeConn", "golang.org/x/net/http2.(*Server).ServeConn"], program.Package);

        Vulnerability finding = Assert.Single(Scanner().Match(program, () => code, "app"), found => found.Id == "GO-2022-0969");

        Assert.Equal(["golang.org/x/net", "stdlib"], finding.Components.Select(component => component.Name).Order());
        Assert.Equal(2, finding.Symbols.Count);
    }

    [Fact]
    public void What_stands_in_for_a_module_is_what_counts_and_what_it_stands_in_for_is_possible()
    {
        var fork = new GoModule("golang.org/x/net", "v0.20.0", "", new GoModule("example.test/fork", "v0.40.0", "", null));
        var fixedFork = new GoModule("example.test/other", "v1.0.0", "", new GoModule("golang.org/x/net", "v0.33.0", "", null));
        var folder = new GoModule("golang.org/x/net", "v0.33.0", "", new GoModule("./net", "", "", null));
        string[] linked = ["golang.org/x/net/html.Parse"];

        Assert.Equal("Unknown Symbol v0.33.0", Found(Program("a", null, [fork], null), linked, "GO-2024-3333"));
        Assert.Equal("-", Found(Program("a", null, [fixedFork], null), linked, "GO-2024-3333"));
        Assert.Equal("Unknown Symbol -", Found(Program("a", null, [folder], null), linked, "GO-2024-3333"));
    }

    // GitHub's reports as an export of OSV has them: their ranges are of the type ECOSYSTEM, they know of no GO- id, and what
    // has no fix ends with the last version that is affected.
    [Theory]
    [InlineData("github.com/docker/docker", "v24.0.7+incompatible", "GO-2024-3005 Affected v25.0.6+incompatible")]
    [InlineData("github.com/docker/docker", "v25.0.6+incompatible", "")]
    [InlineData("github.com/argoproj/argo-workflows/v3", "v3.7.14", "")] // Go's own contradicts itself, and GitHub's decides.
    [InlineData("github.com/argoproj/argo-workflows/v3", "v3.7.13", "GO-2026-5148 Affected -")]
    [InlineData("example.test/only", "v1.2.2", "GHSA-only Affected -")]
    [InlineData("example.test/only", "v1.2.3", "GHSA-only Affected -")]
    [InlineData("example.test/only", "v1.2.4", "")]
    [InlineData("example.test/only", "v2.0.0", "GHSA-only Affected v2.0.1")]
    [InlineData("example.test/only", "v3.0.0", "GHSA-only Affected -")] // Listed by itself.
    [InlineData("k8s.io/kubernetes", "v1.20.0", "")] // Go has withdrawn its own.
    public void Reports_of_others_on_Go_count_where_Go_s_own_database_has_none(string module, string version, string expected)
    {
        using var folder = new TemporaryDirectory();
        string source = Directory.CreateDirectory(Path.Combine(folder.Path, "export")).FullName;
        foreach ((string id, string aliases, string name, string ranges) in new[]
        {
            ("GHSA-v23v-6jw2-98fq", "CVE-2024-41110", "github.com/docker/docker", "{\"introduced\":\"24.0.0\"},{\"fixed\":\"25.0.6\"}"),
            ("GHSA-5jv8-h7qh-rf5p", "CVE-2026-40886", "github.com/argoproj/argo-workflows/v3", "{\"introduced\":\"3.7.0\"},{\"fixed\":\"3.7.14\"}"),
            ("GHSA-only", "CVE-2099-1", "example.test/only",
                "{\"introduced\":\"0\"},{\"last_affected\":\"1.2.3\"},{\"introduced\":\"2.0.0\"},{\"fixed\":\"2.0.1\"}"),
            ("GHSA-withdrawn", "GO-2022-0617", "k8s.io/kubernetes", "{\"introduced\":\"0\"}"),
        })
        {
            File.WriteAllText(Path.Combine(source, id + ".json"), $$"""
                {"id":"{{id}}","modified":"2026-08-20T00:00:00Z","aliases":["{{aliases}}"],"affected":[{"package":{"ecosystem":"Go","name":"{{name}}"},
                 "ranges":[{"type":"ECOSYSTEM","events":[{{ranges}}]}],"versions":["3.0.0"]}]}
                """);
        }

        VulnerabilityDatabase.Import(small.Source, folder.Path);
        VulnerabilityDatabase.Import(source, folder.Path);
        SbomProgram program = Program("a", null, [new GoModule(module, version, "", null)], null);
        LinkedCode code = LinkedCode.Of(["github.com/docker/docker/pkg/authorization.sendBody"], "main");

        IReadOnlyList<Vulnerability> found = new VulnerabilityScanner(VulnerabilityDatabase.Open(folder.Path)).Match(program, () => code, "a");

        Assert.Equal(expected, string.Join(", ", found.Select(finding => $"{finding.Id} {finding.Status} {finding.FixedIn ?? "-"}")));
    }

    [Fact]
    public void Withdrawn_reports_count_where_they_are_asked_for()
    {
        SbomProgram program = Program("a", null, [new GoModule("k8s.io/kubernetes", "v1.20.0", "", null)], null);
        var scanner = new VulnerabilityScanner(small.Database) { IncludeNotAffected = true, IncludeWithdrawn = true };

        Assert.Single(scanner.Match(program, () => null, "a"), found => found.Id == "GO-2022-0617");
    }

    [Theory]
    [InlineData("net/http.(*Client).Do-fm", "net/http", "Client.Do")]
    [InlineData("example.test/a.(*List[go.shape.int]).Push", "example.test/a", "List.Push")]
    [InlineData("example.test/a.Map[go.shape.map[string]int]", "example.test/a", "Map")]
    [InlineData("gopkg.in/yaml%2ev3.Unmarshal", "gopkg.in/yaml.v3", "Unmarshal")]
    [InlineData("example.test/a.(*T).M", "example.test/a", "T")]
    public void Names_in_programs_are_those_of_reports(string name, string package, string symbol) =>
        Assert.True(LinkedCode.Of([name], "main").HasSymbol(package, symbol));

    [Fact]
    public void The_standard_library_s_own_copy_of_a_module_is_not_the_module() =>
        Assert.False(LinkedCode.Of(["vendor/golang.org/x/net/html.Parse"], null).HasSymbol("golang.org/x/net/html", "Parse"));

    private VulnerabilityScanner Scanner() => new(small.Database) { IncludeNotAffected = true };

    private string Found(string id, string module, string? version, string linked, string? system, string? architecture)
    {
        SbomProgram program = module == "stdlib"
            ? Program("example.test/app", null, [], version)
            : Program("example.test/app", null, [new GoModule(module, version ?? "", "", null)], null);
        return Found(program with { GoOS = system, GoArch = architecture }, [linked], id);
    }

    private string Found(SbomProgram program, string[] linked, string id)
    {
        LinkedCode code = LinkedCode.Of(linked, program.Package);
        Vulnerability? finding = Scanner().Match(program, () => code, "app").SingleOrDefault(found => found.Id == id);
        return finding is null
            ? "-"
            : $"{finding.Status} {finding.Reach} {string.Join(' ', new[] { finding.FixedIn ?? "-" }.Concat(finding.OtherFixes))}";
    }

    private static SbomProgram Program(string package, GoModule? main, IReadOnlyList<GoModule> modules, string? goVersion) => new()
    {
        Place = new SbomPlace("/app"),
        Package = package,
        Main = main,
        MainVersion = main?.Version,
        GoVersion = goVersion,
        GoOS = "linux",
        GoArch = "amd64",
        Modules = modules,
        Evidence = SbomEvidence.BuildInfo,
    };
}
