using GoCross.Files;
using GoCross.Sboms;
using GoCross.Vulnerabilities;

namespace GoCross.Tests.Vulnerabilities;

/// <summary>
/// Programs with and without a call of a function that a report names: the answer is the same whether the program is
/// stripped, position-independent, packed or for another system.
/// </summary>
public sealed class ReachTests : IDisposable
{
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
        });
        _database = VulnerabilityDatabase.Import(source, Path.Combine(_directory.Path, "made"));
    }

    public void Dispose() => _directory.Dispose();

    [ToolTheory("go")]
    [InlineData("linux", new string[0])]
    [InlineData("linux", new[] { "-trimpath", "-ldflags=-s -w" })]
    [InlineData("linux", new[] { "-buildmode=pie", "-ldflags=-s -w" })]
    [InlineData("windows", new[] { "-ldflags=-s -w" })]
    [InlineData("darwin", new string[0])]
    public void What_is_called_is_linked_and_what_is_not_is_not(string system, string[] arguments)
    {
        string program = Build(system, arguments);

        VulnerabilityScan scan = new VulnerabilityScanner(_database) { IncludeNotAffected = true }.ScanProgram(program);

        Assert.Equal(
            [
                "GO-2099-0100 Affected Symbol encoding/csv.Reader.Read",
                "GO-2099-0101 NotAffected NotLinked ",
                "GO-2099-0102 NotAffected NotLinked ",
                "GO-2099-0103 Affected Package ",
            ],
            scan.Vulnerabilities.OrderBy(finding => finding.Id).Select(finding => $"{finding.Id} {finding.Status} {finding.Reach} {string.Join(' ', finding.Symbols)}"));
        Assert.All(scan.Vulnerabilities, finding => Assert.NotEmpty(finding.Evidence));
    }

    [ToolFact("go")]
    public void A_program_without_section_headers_has_the_same_answer()
    {
        byte[] bytes = File.ReadAllBytes(Build("linux", ["-ldflags=-s -w"]));
        Array.Clear(bytes, 0x28, 8); // e_shoff
        Array.Clear(bytes, 0x3C, 4); // e_shnum, e_shstrndx
        string program = Path.Combine(_directory.Path, "sectionless");
        File.WriteAllBytes(program, bytes);

        VulnerabilityScan scan = new VulnerabilityScanner(_database).ScanProgram(program);

        Assert.Equal(["GO-2099-0100", "GO-2099-0103"], scan.Vulnerabilities.Select(finding => finding.Id).Order());
    }

    [ToolFact("go")]
    public void Of_a_bill_of_materials_the_module_is_all_that_is_known()
    {
        string program = Build("linux", []);
        string document = Path.Combine(_directory.Path, "app.cdx.json");
        new SbomReader().ReadProgram(program).Save(document, SbomFormat.CycloneDx, overwrite: false);

        VulnerabilityScan scan = new VulnerabilityScanner(_database).Scan(SbomDocuments.Read(document));

        Assert.Equal(4, scan.Vulnerabilities.Count);
        Assert.All(scan.Vulnerabilities, finding => Assert.Equal((VulnerabilityStatus.Affected, VulnerabilityReach.Module), (finding.Status, finding.Reach)));
    }

    private string Build(string system, string[] arguments)
    {
        string source = Directory.CreateDirectory(Path.Combine(_directory.Path, "app")).FullName;
        File.WriteAllText(Path.Combine(source, "go.mod"), "module example.test/app\n\ngo 1.21\n");
        File.WriteAllText(Path.Combine(source, "main.go"), """
            package main

            import (
                "encoding/csv"
                "fmt"
                "os"
            )

            func main() {
                record, err := csv.NewReader(os.Stdin).Read()
                fmt.Println(record, err)
            }
            """);
        string program = Path.Combine(_directory.Path, "program");
        Programs.Output("go", ["build", "-o", program, .. arguments, "."], source, new Dictionary<string, string?>
        {
            ["GOOS"] = system,
            ["GOARCH"] = "amd64",
            ["CGO_ENABLED"] = "0",
            ["GOFLAGS"] = "",
            ["GOWORK"] = "off",
            ["GOTOOLCHAIN"] = "local",
        });
        return program;
    }
}
