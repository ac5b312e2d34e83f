using GoCross.Files;
using GoCross.Sboms;
using GoCross.Vulnerabilities;

namespace GoCross.Tests.Vulnerabilities;

/// <summary>
/// Programs with and without a call of a function that a report names: the answer is the same whether the program is
/// stripped, position-independent, linked with musl or for another system.
/// </summary>
/// <remarks>
/// What govulncheck -mode=binary says of the same programs, unstripped, with the same reports, was asked by hand (golang/vuln
/// of 2026-07-09, built beside the project). Of a stripped program it reports everything that a report names.
/// </remarks>
public sealed class ReachTests : IDisposable
{
    // The reports that govulncheck calls reached, for all systems and for Windows alone.
    private static readonly string[] Govulncheck = ["GO-2099-0100", "GO-2099-0103", "GO-2099-0106", "GO-2099-0112"];
    private const string GovulncheckOnWindows = "GO-2099-0104";

    // It does not know an instance of a generic function by its name, slices.Sort[go.shape...]; of a type, it asks for a
    // function of that name and finds none, though its methods are there; and of what has no version it says nothing.
    private static readonly string[] Beyond = ["GO-2099-0105", "GO-2099-0110"];
    private static readonly string[] OfNoVersion = ["GO-2099-0107", "GO-2099-0108"];

    private readonly TemporaryDirectory _directory = new();
    private readonly VulnerabilityDatabase _database;

    public ReachTests()
    {
        string source = Path.Combine(_directory.Path, "source");
        SmallDatabase.Write(source, "2026-01-01T00:00:00Z", new Dictionary<string, string>
        {
            ["GO-2099-0100"] = SmallDatabase.Report(
                "GO-2099-0100", [], SmallDatabase.Part("stdlib", "I0", """{"path":"encoding/csv","symbols":["Reader.Read"]}""")),
            ["GO-2099-0101"] = SmallDatabase.Report(
                "GO-2099-0101", [], SmallDatabase.Part("stdlib", "I0", """{"path":"encoding/csv","symbols":["Writer.Write"]}""")),
            ["GO-2099-0102"] = SmallDatabase.Report(
                "GO-2099-0102", [], SmallDatabase.Part("stdlib", "I0", """{"path":"net/http","symbols":["Client.Do"]}""")),
            ["GO-2099-0103"] = SmallDatabase.Report("GO-2099-0103", [], SmallDatabase.Part("stdlib", "I0", """{"path":"runtime"}""")),
            ["GO-2099-0104"] = SmallDatabase.Report(
                "GO-2099-0104", [], SmallDatabase.Part("stdlib", "I0", """{"path":"path/filepath","goos":["windows"],"symbols":["Clean"]}""")),
            ["GO-2099-0105"] = SmallDatabase.Report(
                "GO-2099-0105", [], SmallDatabase.Part("stdlib", "I0", """{"path":"slices","symbols":["Sort"]}""")),
            ["GO-2099-0106"] = SmallDatabase.Report(
                "GO-2099-0106", [], SmallDatabase.Part("stdlib", "I0", """{"path":"strings","symbols":["ToUpper","Builder.Grow"]}""")),
            ["GO-2099-0107"] = SmallDatabase.Report(
                "GO-2099-0107", [], SmallDatabase.Part("example.test/app", "I0", """{"path":"example.test/app","symbols":["config.load"]}""")),
            ["GO-2099-0108"] = SmallDatabase.Report(
                "GO-2099-0108", [], SmallDatabase.Part("example.test/app", "I0", """{"path":"example.test/app","symbols":["small"]}""")),
            ["GO-2099-0109"] = SmallDatabase.Report(
                "GO-2099-0109", [], SmallDatabase.Part("example.test/app", "I0", """{"path":"example.test/app","symbols":["config.save"]}""")),
            ["GO-2099-0110"] = SmallDatabase.Report(
                "GO-2099-0110", [], SmallDatabase.Part("stdlib", "I0", """{"path":"encoding/csv","symbols":["Reader"]}""")),
            ["GO-2099-0112"] = SmallDatabase.Report(
                "GO-2099-0112", [], SmallDatabase.Part("stdlib", "I0", """{"path":"encoding/csv","symbols":["NewReader"]}""")),
        });
        _database = VulnerabilityDatabase.Import(source, Path.Combine(_directory.Path, "made"));
    }

    public void Dispose() => _directory.Dispose();

    [ToolTheory("go")]
    [InlineData("linux", new string[0])]
    [InlineData("linux", new[] { "-buildmode=pie" })]
    [InlineData("windows", new string[0])]
    [InlineData("darwin", new string[0])]
    public void What_is_called_is_linked_and_what_is_not_is_not(string system, string[] arguments)
    {
        RequireAnswers(system, Build(system, arguments));
        RequireAnswers(system, Build(system, [.. arguments, "-trimpath", "-ldflags=-s -w"]));
    }

    [ToolFact("go", "musl-gcc")]
    public void A_program_with_musl_has_the_same_answer()
    {
        string[] flags = ["-tags=osusergo,netgo"];

        RequireAnswers("linux", Build("linux", [.. flags, "-ldflags=-linkmode=external -extldflags=-static"], "musl-gcc"));
        RequireAnswers("linux", Build("linux", [.. flags, "-ldflags=-s -w -linkmode=external -extldflags=-static"], "musl-gcc"));
    }

    [ToolFact("go")]
    public void A_program_without_section_headers_has_the_same_answer()
    {
        byte[] bytes = File.ReadAllBytes(Build("linux", ["-ldflags=-s -w"]));
        Array.Clear(bytes, 0x28, 8); // e_shoff
        Array.Clear(bytes, 0x3C, 4); // e_shnum, e_shstrndx
        string program = Path.Combine(_directory.Path, "sectionless");
        File.WriteAllBytes(program, bytes);

        VulnerabilityScan scan = new VulnerabilityScanner(_database).ScanProgram(program, []);

        Assert.Equal(
            Govulncheck.Concat(Beyond).Concat(OfNoVersion).Order(StringComparer.Ordinal),
            scan.Vulnerabilities.Select(finding => finding.Id).Order(StringComparer.Ordinal));
    }

    [ToolFact("go", "upx")]
    public void A_packed_program_has_the_same_answer()
    {
        string program = Build("linux", ["-ldflags=-s -w"]);
        string packed = Path.Combine(_directory.Path, "packed");
        Programs.Output("upx", ["-q", "-1", "-o", packed, program]);
        IEnumerable<string> Findings(string path) => new VulnerabilityScanner(_database) { IncludeNotAffected = true }.ScanProgram(path, [])
            .Vulnerabilities.Select(finding => $"{finding.Id} {finding.Status} {finding.Reach} {string.Join(' ', finding.Symbols)}").Order();

        Assert.Equal(Findings(program), Findings(packed));
        Assert.Contains("GO-2099-0100 Affected Symbol encoding/csv.Reader.Read", Findings(packed));
    }

    [ToolFact("go")]
    public void Of_a_bill_of_materials_the_module_is_all_that_is_known()
    {
        string program = Build("linux", []);
        string document = Path.Combine(_directory.Path, "app.cdx.json");
        new SbomReader().ReadProgram(program).Save(document, SbomFormat.CycloneDx, overwrite: false);

        VulnerabilityScan scan = new VulnerabilityScanner(_database).Scan(SbomDocuments.Read(document));

        Assert.Equal(12, scan.Vulnerabilities.Count);
        Assert.All(scan.Vulnerabilities, finding => Assert.Equal(
            (finding.Package == "stdlib" ? VulnerabilityStatus.Affected : VulnerabilityStatus.Unknown, VulnerabilityReach.Module),
            (finding.Status, finding.Reach)));
    }

    private void RequireAnswers(string system, string program)
    {
        VulnerabilityScan scan = new VulnerabilityScanner(_database) { IncludeNotAffected = true }.ScanProgram(program, []);

        string[] reached = [.. scan.Vulnerabilities.Where(finding => finding.Status == VulnerabilityStatus.Affected).Select(finding => finding.Id)];
        Assert.Equal(
            Govulncheck.Concat(Beyond).Concat(system == "windows" ? [GovulncheckOnWindows] : []).Order(StringComparer.Ordinal),
            reached.Order(StringComparer.Ordinal));
        Assert.Equal(
            [
                "GO-2099-0100 Affected Symbol encoding/csv.Reader.Read",
                "GO-2099-0101 NotAffected NotLinked ",
                "GO-2099-0102 NotAffected NotLinked ",
                "GO-2099-0103 Affected Package ",
                system == "windows" ? "GO-2099-0104 Affected Symbol path/filepath.Clean" : "GO-2099-0104 NotAffected WrongPlatform ",
                "GO-2099-0105 Affected Symbol slices.Sort",
                "GO-2099-0106 Affected Symbol strings.Builder.Grow strings.ToUpper",
                "GO-2099-0107 Unknown Symbol example.test/app.config.load",
                "GO-2099-0108 Unknown Symbol example.test/app.small",
                "GO-2099-0109 NotAffected NotLinked ",
                "GO-2099-0110 Affected Symbol encoding/csv.Reader",
                "GO-2099-0112 Affected Symbol encoding/csv.NewReader",
            ],
            scan.Vulnerabilities
                .OrderBy(finding => finding.Id, StringComparer.Ordinal)
                .Select(finding => $"{finding.Id} {finding.Status} {finding.Reach} {string.Join(' ', finding.Symbols)}"));
        Assert.All(scan.Vulnerabilities, finding => Assert.NotEmpty(finding.Evidence));
    }

    private string Build(string system, string[] arguments, string? compiler = null)
    {
        string source = Directory.CreateDirectory(Path.Combine(_directory.Path, "app")).FullName;
        File.WriteAllText(Path.Combine(source, "go.mod"), "module example.test/app\n\ngo 1.21\n");
        File.WriteAllText(Path.Combine(source, "main.go"), """
            package main

            import (
                "encoding/csv"
                "fmt"
                "os"
                "path/filepath"
                "slices"
                "strings"
            )

            type config struct{ name string }

            //go:noinline
            func (c *config) load(path string) error {
                c.name = filepath.Clean(path)
                return nil
            }

            func small(text string) string { return strings.ToUpper(text) }

            func main() {
                var c config
                defer func() { fmt.Println(recover()) }()
                record, err := csv.NewReader(os.Stdin).Read()
                slices.Sort(record)
                fmt.Println(record, err, c.load(os.Args[0]), small(c.name))
            }
            """);
        string program = Path.Combine(_directory.Path, "program");
        Programs.Output("go", ["build", "-buildvcs=false", "-o", program, .. arguments, "."], source, new Dictionary<string, string?>
        {
            ["GOOS"] = system,
            ["GOARCH"] = "amd64",
            ["CGO_ENABLED"] = compiler is null ? "0" : "1",
            ["CC"] = compiler,
            ["GOFLAGS"] = "",
            ["GOWORK"] = "off",
            ["GOTOOLCHAIN"] = "local",
        });
        return program;
    }
}
