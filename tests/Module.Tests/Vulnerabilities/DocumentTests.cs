using System.Text;
using System.Text.Json;
using GoCross.Errors;
using GoCross.Files;
using GoCross.GoBinaries;
using GoCross.Sboms;
using GoCross.Vulnerabilities;
using Json.Schema;

namespace GoCross.Tests.Vulnerabilities;

/// <summary>What is written of findings, and what is read of others: bills of materials and lists of what to ignore.</summary>
public sealed class DocumentTests(SmallDatabase small) : IClassFixture<SmallDatabase>, IDisposable
{
    private readonly TemporaryDirectory _directory = new();

    public void Dispose() => _directory.Dispose();

    [SchemaTheory("openvex.schema.json")]
    [InlineData(VulnerabilityFormat.OpenVex, "openvex.schema.json")]
    public void OpenVEX_is_valid(VulnerabilityFormat format, string schema) => RequireValid(format, schema);

    [SchemaTheory("bom-1.6.schema.json")]
    [InlineData(VulnerabilityFormat.CycloneDx, "bom-1.6.schema.json")]
    public void CycloneDX_is_valid(VulnerabilityFormat format, string schema) => RequireValid(format, schema);

    private void RequireValid(VulnerabilityFormat format, string schema)
    {
        JsonElement document = JsonDocument.Parse(Document().ToJson(format)).RootElement;

        EvaluationResults result = Schemas.Get(schema).Evaluate(
            document, new EvaluationOptions { OutputFormat = OutputFormat.List, RequireFormatValidation = true });

        Assert.True(result.IsValid, string.Join('\n', (result.Details ?? [])
            .Where(detail => detail.Errors is not null)
            .SelectMany(detail => detail.Errors!.Select(error => $"{detail.InstanceLocation}: {error.Value}")).Take(20)));
    }

    [Fact]
    public void OpenVEX_justifies_what_is_not_affected_and_says_what_to_do_for_the_rest()
    {
        JsonElement[] statements = [.. JsonDocument.Parse(Document().ToJson(VulnerabilityFormat.OpenVex)).RootElement.GetProperty("statements").EnumerateArray()];

        JsonElement affected = statements.Single(statement => Name(statement) == "GO-2024-3333");
        Assert.Equal("affected", affected.GetProperty("status").GetString());
        Assert.Equal("go get golang.org/x/net@v0.33.0", affected.GetProperty("action_statement").GetString());
        JsonElement absent = statements.Single(statement => Name(statement) == "GO-2022-0411");
        Assert.Equal(("not_affected", "vulnerable_code_not_present"), (absent.GetProperty("status").GetString(), absent.GetProperty("justification").GetString()));
        Assert.All(statements, statement => Assert.Equal(
            "pkg:golang/example.test/app@v1.0.0", statement.GetProperty("products")[0].GetProperty("@id").GetString()));

        static string? Name(JsonElement statement) => statement.GetProperty("vulnerability").GetProperty("name").GetString();
    }

    [Fact]
    public void CycloneDX_has_the_function_as_evidence_and_refers_to_what_is_there()
    {
        JsonElement bom = JsonDocument.Parse(Document().ToJson(VulnerabilityFormat.CycloneDx)).RootElement;

        JsonElement net = bom.GetProperty("components").EnumerateArray().Single(component => component.GetProperty("name").GetString() == "golang.org/x/net");
        Assert.Contains(
            net.GetProperty("evidence").GetProperty("occurrences").EnumerateArray(),
            occurrence => occurrence.TryGetProperty("symbol", out JsonElement symbol) && symbol.GetString() == "golang.org/x/net/html.Parse");
        string?[] references = [.. bom.GetProperty("components").EnumerateArray().Select(component => component.GetProperty("bom-ref").GetString())];
        Assert.All(
            bom.GetProperty("vulnerabilities").EnumerateArray().SelectMany(vulnerability => vulnerability.GetProperty("affects").EnumerateArray()),
            affects => Assert.Contains(affects.GetProperty("ref").GetString(), references));
    }

    [Fact]
    public void SARIF_has_a_result_for_what_counts_and_a_rule_for_each_report()
    {
        JsonElement run = JsonDocument.Parse(Document().ToJson(VulnerabilityFormat.Sarif)).RootElement.GetProperty("runs")[0];

        JsonElement[] results = [.. run.GetProperty("results").EnumerateArray()];
        JsonElement[] rules = [.. run.GetProperty("tool").GetProperty("driver").GetProperty("rules").EnumerateArray()];
        Assert.Contains(results, result => result.GetProperty("ruleId").GetString() == "GO-2024-3333" && result.GetProperty("level").GetString() == "error");
        Assert.DoesNotContain(results, result => result.GetProperty("ruleId").GetString() == "GO-2022-0411");
        Assert.All(results, result => Assert.Equal(result.GetProperty("ruleId").GetString(), rules[result.GetProperty("ruleIndex").GetInt32()].GetProperty("id").GetString()));
    }

    [Fact]
    public void What_strangers_wrote_is_escaped_in_SARIF_and_leads_to_no_script()
    {
        string source = Directory.CreateDirectory(Path.Combine(_directory.Path, "strange")).FullName;
        File.WriteAllText(Path.Combine(source, "GO-2099-1.json"), """
            {"id":"GO-2099-1","aliases":["CVE\u001b[31m"],"summary":"red \u001b[31m text\nand \u202e back","database_specific":{"url":"javascript:alert(1)"},
             "affected":[{"package":{"name":"golang.org/x/net","ecosystem":"Go"},"ranges":[{"type":"SEMVER","events":[{"introduced":"0"}]}]}]}
            """);
        VulnerabilityDatabase database = VulnerabilityDatabase.Import(source, Path.Combine(_directory.Path, "made"));
        Sbom sbom = SbomDocuments.Parse(
            """{"bomFormat":"CycloneDX","components":[{"name":"golang.org/x/net","purl":"pkg:golang/golang.org/x/net@v1%1B%5B31m"}]}"""u8, "app.json");

        string text = new VulnerabilityDocument([new VulnerabilityScanner(database).Scan(sbom)], database.Modified).ToJson(VulnerabilityFormat.Sarif);

        JsonElement run = JsonDocument.Parse(text).RootElement.GetProperty("runs")[0];
        JsonElement rule = Assert.Single(run.GetProperty("tool").GetProperty("driver").GetProperty("rules").EnumerateArray());
        Assert.Equal(@"red \x1b[31m text\nand \u202e back", rule.GetProperty("shortDescription").GetProperty("text").GetString());
        Assert.Equal("https://pkg.go.dev/vuln/GO-2099-1", rule.GetProperty("helpUri").GetString());
        Assert.All(Texts(run), found => Assert.DoesNotContain(found, character => char.IsControl(character) || character == '\u202e'));

        static IEnumerable<string> Texts(JsonElement element) => element.ValueKind switch
        {
            JsonValueKind.String => [element.GetString()!],
            JsonValueKind.Array => element.EnumerateArray().SelectMany(Texts),
            JsonValueKind.Object => element.EnumerateObject().SelectMany(property => Texts(property.Value).Prepend(property.Name)),
            _ => [],
        };
    }

    [Fact]
    public void Every_format_tells_what_the_functions_have_to_do_with_the_fault()
    {
        VulnerabilityScan scan = Scan();
        var told = new VulnerabilityDocument(
            [scan with { Vulnerabilities = [.. scan.Vulnerabilities.Select(finding => finding with { SymbolRole = SymbolRole.Root, Evidence = "a root" })] }],
            new DateTimeOffset(2026, 8, 20, 0, 0, 0, TimeSpan.Zero));

        JsonElement sarif = JsonDocument.Parse(told.ToJson(VulnerabilityFormat.Sarif)).RootElement.GetProperty("runs")[0].GetProperty("results")[0];
        JsonElement bom = JsonDocument.Parse(told.ToJson(VulnerabilityFormat.CycloneDx)).RootElement.GetProperty("vulnerabilities")[0];
        JsonElement vex = JsonDocument.Parse(told.ToJson(VulnerabilityFormat.OpenVex)).RootElement.GetProperty("statements").EnumerateArray()
            .First(statement => statement.GetProperty("status").GetString() == "affected");

        Assert.Equal("Root", sarif.GetProperty("properties").GetProperty("symbolRole").GetString());
        Assert.Contains(bom.GetProperty("properties").EnumerateArray(), property =>
            property.GetProperty("name").GetString() == "gocross:symbolRole" && property.GetProperty("value").GetString() == "Root");
        Assert.Equal("a root", vex.GetProperty("status_notes").GetString());
    }

    [Theory]
    // syft, trivy, cdxgen and SPDX, each with what is its own: the name of the standard library, upper case, nested components.
    [InlineData("""{"bomFormat":"CycloneDX","specVersion":"1.6","metadata":{"tools":{"components":[]},"component":{"type":"file","name":"app"}},"components":[{"bom-ref":"a","type":"library","name":"golang.org/x/net","version":"v0.32.0","purl":"pkg:golang/golang.org/x/net@v0.32.0"},{"type":"library","name":"stdlib","version":"go1.24rc1","purl":"pkg:golang/stdlib@1.24rc1"}]}""", "GO-2024-3333 GO-2025-3373")]
    [InlineData("""{"bomFormat":"CycloneDX","specVersion":"1.5","metadata":{"tools":[{"vendor":"aquasecurity","name":"trivy"}]},"components":[{"type":"application","name":"app","components":[{"type":"library","name":"stdlib","version":"v1.23.4","purl":"pkg:golang/stdlib@v1.23.4"}]},{"type":"library","name":"github.com/Masterminds/goutils","version":"v1.1.0","purl":"pkg:golang/github.com/masterminds/goutils@v1.1.0","evidence":{"identity":{"field":"purl"}}}]}""", "GO-2022-0411 GO-2025-3373")]
    [InlineData("""{"bomFormat":"CycloneDX","specVersion":"1.6","components":[{"type":"library","group":"","name":"std","version":"1.23.4","purl":"pkg:golang/std@1.23.4","evidence":{"identity":[{"field":"purl"}]}}]}""", "GO-2025-3373")]
    // The toolchain itself is a product to some; GitHub's export leaves the v out, and what only Go writes is a Go version.
    [InlineData("""{"bomFormat":"CycloneDX","components":[{"name":"toolchain","purl":"pkg:golang/toolchain@1.20.5"}]}""", "GO-2024-2962")]
    [InlineData("""{"spdxVersion":"SPDX-2.3","name":"com.github.a/b","packages":[{"SPDXID":"SPDXRef-1","name":"golang.org/x/net","versionInfo":"0.32.0","externalRefs":[{"referenceCategory":"PACKAGE-MANAGER","referenceType":"purl","referenceLocator":"pkg:golang/golang.org/x/net@0.32.0"}]},{"SPDXID":"SPDXRef-2","name":"github.com/docker/docker","versionInfo":"24.0.10+incompatible","externalRefs":[{"referenceCategory":"PACKAGE-MANAGER","referenceType":"purl","referenceLocator":"pkg:golang/github.com/docker/docker@24.0.10%2Bincompatible"}]}]}""", "GO-2024-3005 GO-2024-3333")]
    [InlineData("""{"spdxVersion":"SPDX-2.3","name":"app","packages":[{"SPDXID":"SPDXRef-1","name":"golang.org/x/net","versionInfo":"v0.32.0","externalRefs":[{"referenceCategory":"PACKAGE-MANAGER","referenceType":"purl","referenceLocator":"pkg:golang/golang.org/x/net@v0.32.0"}]}]}""", "GO-2024-3333")]
    public void Bills_of_materials_of_others_are_read(string document, string expected)
    {
        Sbom sbom = SbomDocuments.Parse(Encoding.UTF8.GetBytes(document), "app.json");

        VulnerabilityScan scan = new VulnerabilityScanner(small.Database).Scan(sbom);

        Assert.Equal(expected, string.Join(' ', scan.Vulnerabilities.Select(finding => finding.Id).Order()));
        Assert.All(scan.Vulnerabilities, finding => Assert.Equal(VulnerabilityReach.Module, finding.Reach));
    }

    [Theory]
    [InlineData("{}")]
    [InlineData("{\"bomFormat\":\"CycloneDX\",\"components\":{}}")]
    [InlineData("{\"bomFormat\":\"CycloneDX\"")]
    [InlineData("[]")]
    [InlineData("{\"spdxVersion\":\"SPDX-3.0\"}")]
    public void What_is_no_bill_of_materials_is_named(string text) => Assert.Equal(
        "SbomUnknown", Assert.Throws<GoCrossException>(() => SbomDocuments.Parse(Encoding.UTF8.GetBytes(text), "x.json")).ErrorId);

    [Theory]
    [InlineData("""[{"id":"CVE-2024-45338","reason":"no HTML here","expires":"2027-01-31"}]""", true)]
    [InlineData("""[{"id":"GO-2024-3333","expires":"2025-01-31"}]""", false)]
    [InlineData("""["ghsa-w32m-9786-jp63"]""", true)]
    [InlineData("""[{"id":"GO-2024-3333","package":"golang.org/x/text"}]""", false)]
    [InlineData("""{"@context":"https://openvex.dev/ns/v0.2.0","statements":[{"vulnerability":{"name":"CVE-2024-45338"},"status":"not_affected","justification":"vulnerable_code_not_in_execute_path"}]}""", true)]
    [InlineData("""{"@context":"https://openvex.dev/ns/v0.2.0","statements":[{"vulnerability":{"name":"CVE-2024-45338"},"status":"affected","action_statement":"x"}]}""", false)]
    [InlineData("""{"@context":"https://openvex.dev/ns/v0.2.0","statements":[{"vulnerability":{"name":"GO-2024-3333"},"status":"not_affected","products":[{"@id":"pkg:golang/example.test/app","subcomponents":[{"@id":"pkg:golang/golang.org/x/net@v0.31.0"}]}]}]}""", false)]
    [InlineData("""{"bomFormat":"CycloneDX","vulnerabilities":[{"id":"GO-2024-3333","analysis":{"state":"false_positive","detail":"looked at"}}]}""", true)]
    public void What_was_looked_at_is_ignored_until_it_ends(string list, bool isIgnored)
    {
        string path = Path.Combine(_directory.Path, "ignore.json");
        File.WriteAllText(path, list);
        var ignore = new IgnoreList();
        ignore.Read(path);
        Vulnerability finding = Scan().Vulnerabilities.Single(finding => finding.Id == "GO-2024-3333");

        Vulnerability applied = ignore.Apply(finding, new DateOnly(2026, 11, 28));

        Assert.Equal(isIgnored, applied.Status == VulnerabilityStatus.Ignored);
        Assert.Equal(isIgnored, applied.IgnoreReason is not null);
    }

    [Theory]
    [InlineData("{}")]
    [InlineData("[{\"reason\":\"no id\"}]")]
    [InlineData("[{\"id\":\"a\",\"expires\":\"soon\"}]")]
    [InlineData("no json")]
    public void What_is_no_list_is_named(string text)
    {
        string path = Path.Combine(_directory.Path, "ignore.json");
        File.WriteAllText(path, text);

        Assert.Equal("IgnoreListUnknown", Assert.Throws<GoCrossException>(() => new IgnoreList().Read(path)).ErrorId);
    }

    // Made by the OSV schema; no export of these could be had where this was written.
    [Theory]
    [InlineData("Debian:12", "openssl", "3.0.11-1~deb12u2", "3.0.11-1~deb12u3", "debian-12", SbomComponentKind.DebianPackage)]
    [InlineData("Alpine:v3.19", "openssl", "3.1.4-r5", "3.1.4-r6", "alpine-3.19.1", SbomComponentKind.AlpinePackage)]
    public void Packages_are_matched_by_their_source_in_their_distribution_s_order(
        string ecosystem, string source, string version, string fix, string distro, SbomComponentKind kind)
    {
        string folder = Path.Combine(_directory.Path, "osv");
        Directory.CreateDirectory(folder);
        File.WriteAllText(Path.Combine(folder, "X-1.json"), $$"""
            {"id":"X-1","modified":"2026-02-03T04:05:06Z","upstream":["CVE-2024-0727"],
             "severity":[{"type":"CVSS_V3","score":"CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:N/I:N/A:H"}],
             "affected":[{"package":{"ecosystem":"{{ecosystem}}","name":"{{source}}"},"ranges":[{"type":"ECOSYSTEM","events":[{"introduced":"0"},{"fixed":"{{fix}}"}]}]}]}
            """);
        VulnerabilityDatabase database = VulnerabilityDatabase.Import(folder, Path.Combine(_directory.Path, "made"));

        Vulnerability finding = Assert.Single(new VulnerabilityScanner(database).Scan(Packages(version)).Vulnerabilities);

        Assert.Equal(("X-1", "libssl3", fix, VulnerabilitySeverity.High, 7.5), (finding.Id, finding.Package, finding.FixedIn, finding.Severity, finding.Score));
        Assert.Contains("CVE-2024-0727", finding.Aliases);
        Assert.Contains(fix, finding.NextStep, StringComparison.Ordinal);
        Assert.Empty(new VulnerabilityScanner(database).Scan(Packages(fix)).Vulnerabilities);

        Sbom Packages(string installed) => new()
        {
            Name = "image",
            Path = "image",
            Subject = SbomSubject.Image,
            Components =
            [
                new SbomComponent
                {
                    Kind = kind,
                    Name = "libssl3",
                    Version = installed,
                    SourceName = source,
                    SourceVersion = installed,
                    PackageUrl = new GoCross.Names.PackageUrl { Type = "deb", Name = "libssl3", Version = installed, Qualifiers = [new("distro", distro)] },
                    Evidence = SbomEvidence.PackageDatabase,
                },
            ],
        };
    }

    [Theory]
    [InlineData("debian-12", "No database here is about Debian:12: nothing is known of 1 modules or packages.")]
    [InlineData("debian", "Nothing is known of 1 packages")]
    [InlineData(null, "Nothing is known of 1 packages")]
    public void What_no_database_is_about_is_said(string? distro, string expected)
    {
        string url = "pkg:deb/debian/libssl3@3.0.11-1" + (distro is null ? string.Empty : $"?distro={distro}");
        Sbom sbom = SbomDocuments.Parse(
            Encoding.UTF8.GetBytes($$"""{"bomFormat":"CycloneDX","components":[{"name":"libssl3","purl":"{{url}}"},{"name":"stdlib","purl":"pkg:golang/stdlib@1.25.1"}]}"""), "x");

        Assert.StartsWith(expected, Assert.Single(new VulnerabilityScanner(small.Database).Scan(sbom).NotCovered), StringComparison.Ordinal);
    }

    private VulnerabilityDocument Document() => new([Scan()], new DateTimeOffset(2026, 8, 20, 0, 0, 0, TimeSpan.Zero));

    private VulnerabilityScan Scan()
    {
        var program = new SbomProgram
        {
            Place = new SbomPlace("/app"),
            Package = "example.test/app",
            Main = new GoModule("example.test/app", "v1.0.0", "", null),
            MainVersion = "v1.0.0",
            Modules = [new GoModule("golang.org/x/net", "v0.32.0", "", null), new GoModule("github.com/Masterminds/goutils", "v1.1.0", "", null)],
            Evidence = SbomEvidence.BuildInfo,
        };
        var builder = new SbomBuilder();
        builder.Add(program);
        LinkedCode code = LinkedCode.Of(["golang.org/x/net/html.Parse", "main.main"], program.Package);
        var sbom = new Sbom
        {
            Name = "app",
            Path = "/app",
            Subject = SbomSubject.Program,
            Components = builder.Components(),
            Programs = [program],
        };
        return new VulnerabilityScan(sbom, new VulnerabilityScanner(small.Database) { IncludeNotAffected = true }.Match(program, () => code, "app"));
    }
}
