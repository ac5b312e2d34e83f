using System.Diagnostics;
using System.IO.Compression;
using System.Text;
using GoCross.Errors;
using GoCross.Files;
using GoCross.GoBinaries;
using GoCross.Sboms;
using GoCross.Vulnerabilities;

namespace GoCross.Tests.Vulnerabilities;

/// <summary>Databases: imported, fetched, damaged, and the whole one where it is there.</summary>
public sealed class DatabaseTests(SmallDatabase small) : IClassFixture<SmallDatabase>, IDisposable
{
    private readonly TemporaryDirectory _directory = new();

    public void Dispose() => _directory.Dispose();

    [Fact]
    public void A_folder_and_its_zip_make_the_same_database()
    {
        string zip = Path.Combine(_directory.Path, "vulndb.zip");
        ZipFile.CreateFromDirectory(small.Source, zip);

        VulnerabilityDatabase database = VulnerabilityDatabase.Import(zip, Path.Combine(_directory.Path, "made"));

        Assert.Equal((SmallDatabase.Reports.Count, "go"), (database.Count, database.Sources.Single()));
        Assert.Equal(new DateTimeOffset(2026, 8, 20, 0, 0, 0, TimeSpan.Zero), database.Modified);
        Assert.Equal(
            File.ReadAllBytes(Path.Combine(small.Database.Path, "go.vulnindex")), File.ReadAllBytes(Path.Combine(database.Path, "go.vulnindex")));
    }

    [Fact]
    public void Facts_alone_hold_no_texts()
    {
        const string Words = "words of others";
        SmallDatabase.Write(_directory.Path + "/s", "2026-01-01T00:00:00Z", new Dictionary<string, string>
        {
            ["GO-2099-1"] = SmallDatabase.Report("GO-2099-1", [], SmallDatabase.Part("example.test/a", "I0")).Replace("\"aliases\"", $"\"summary\":\"{Words}\",\"details\":\"{Words}\",\"aliases\"", StringComparison.Ordinal),
        });

        string with = ReadMade(VulnerabilityDatabase.Import(_directory.Path + "/s", _directory.Path + "/with"));
        string without = ReadMade(VulnerabilityDatabase.Import(_directory.Path + "/s", _directory.Path + "/without", summaries: false));

        Assert.Contains(Words, with, StringComparison.Ordinal);
        Assert.DoesNotContain(Words, without, StringComparison.Ordinal);
        Assert.Contains("CC-BY-4.0", without, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(10)]
    [InlineData(200)]
    [InlineData(-1)]
    public void A_database_that_is_cut_is_named(int length)
    {
        string path = Path.Combine(_directory.Path, "go.vulnindex");
        byte[] whole = File.ReadAllBytes(Path.Combine(small.Database.Path, "go.vulnindex"));
        File.WriteAllBytes(path, whole[..(length < 0 ? whole.Length + length : length)]);

        GoCrossException failure = Assert.Throws<GoCrossException>(() => VulnerabilityDatabase.Open(_directory.Path));

        Assert.Contains(failure.ErrorId, new[] { "VulnerabilityDatabaseDamaged", "FileEmpty" });
    }

    [Theory]
    [InlineData("net/http.Header.Get", SymbolRole.Derived)]
    [InlineData("net/http.(*http2Framer).readMetaFrame", SymbolRole.Root)]
    [InlineData("net/http.Other", SymbolRole.Unknown)]
    public void The_repository_tells_the_root_of_a_fault_from_what_leads_to_it(string linked, SymbolRole expected)
    {
        // As golang/vulndb has it, with other things in it.
        string repository = Path.Combine(_directory.Path, "vulndb-master");
        foreach (string folder in (string[])["data/osv", "data/reports", "data/cve/v5"])
        {
            Directory.CreateDirectory(Path.Combine(repository, folder));
        }

        File.WriteAllText(
            Path.Combine(repository, "data/osv/GO-2024-2687.json"),
            SmallDatabase.Reports["GO-2024-2687"].Replace("\"modified\":\"2026-08-20T00:00:00Z\"", "\"modified\":\"0001-01-01T00:00:00Z\",\"published\":\"2024-04-03T21:12:01Z\"", StringComparison.Ordinal));
        File.WriteAllText(Path.Combine(repository, "data/cve/v5/GO-2024-2687.json"), "{\"dataType\":\"CVE_RECORD\"}");
        File.WriteAllText(Path.Combine(repository, "data/reports/GO-2024-2687.yaml"), """
            id: GO-2024-2687
            modules:
                - module: std
                  versions:
                    - fixed: 1.21.9
                  packages:
                    - package: net/http
                      symbols:
                        - http2Framer.readMetaFrame
                      derived_symbols:
                        - Header.Get
            summary: Words
            """);
        string zip = Path.Combine(_directory.Path, "vulndb-master.zip");
        ZipFile.CreateFromDirectory(repository, zip, CompressionLevel.Fastest, includeBaseDirectory: true);

        foreach (string path in (string[])[repository, zip])
        {
            VulnerabilityDatabase database = VulnerabilityDatabase.Import(path, Path.Combine(_directory.Path, "made"));
            OsvAffected[] parts = [.. Assert.Single(database.Find("Go", "stdlib")).Affected!];
            Assert.Equal(new DateTimeOffset(2024, 4, 3, 21, 12, 1, TimeSpan.Zero), database.Modified);

            Assert.Equal(expected, ReachFinder.Find(parts, "linux", "amd64", LinkedCode.Of([linked], "main")).Role);
        }
    }

    [Theory]
    [InlineData("F", "H", SymbolRole.Root)]
    [InlineData("G", "H", SymbolRole.Unknown)]
    [InlineData("G", "Derived", SymbolRole.Derived)]
    [InlineData("G", "Other", SymbolRole.Derived)]
    public void Of_two_modules_with_one_fault_the_root_in_either_counts(string inFirst, string inSecond, SymbolRole expected)
    {
        static OsvAffected Part(string module, params OsvImport[] imports) => new()
        {
            Package = new OsvPackage(module, "Go"),
            Ranges = [new OsvRange("SEMVER", [new OsvEvent { Introduced = "0" }])],
            EcosystemSpecific = new OsvEcosystemSpecific { Imports = imports },
        };
        var entry = new OsvEntry
        {
            Id = "GO-2099-1",
            Affected =
            [
                Part("example.test/a", new OsvImport { Path = "example.test/a", Symbols = ["F", "G"], Roots = ["F"] }),
                Part("example.test/b", new OsvImport { Path = "example.test/b", Symbols = ["H"] }),
                Part("example.test/c", new OsvImport { Path = "example.test/c", Symbols = ["Derived", "Root"], Roots = ["Root"] }),
            ],
        };
        var database = VulnerabilityDatabase.Store(
            IndexWriter.Make("go", "2026-01-01T00:00:00Z", string.Empty, [entry], summaries: false), _directory.Path, updated: 0);
        string second = inSecond == "Derived" ? "example.test/c" : "example.test/b";
        var program = new SbomProgram
        {
            Place = new SbomPlace("/app"),
            Modules = [new GoModule("example.test/a", "v1.0.0", "", null), new GoModule(second, "v1.0.0", "", null)],
            Evidence = SbomEvidence.BuildInfo,
        };
        LinkedCode code = LinkedCode.Of([$"example.test/a.{inFirst}", $"{second}.{inSecond}"], "main");

        Vulnerability finding = Assert.Single(new VulnerabilityScanner(database).Match(program, () => code, "app"));

        Assert.Equal(expected, finding.SymbolRole);
    }

    [Theory]
    [InlineData("null")]
    [InlineData("[null]")]
    [InlineData("[{\"package\":null,\"ranges\":null}]")]
    [InlineData("[{\"package\":{\"name\":null,\"ecosystem\":\"Go\"},\"ranges\":[null],\"versions\":[null],\"severity\":[null]}]")]
    [InlineData("[null,{\"package\":{\"name\":\"example.test/a\",\"ecosystem\":\"Go\"},\"ranges\":[{\"type\":null,\"events\":null},{\"type\":\"SEMVER\",\"events\":[null,{\"introduced\":\"0\"}]}],\"ecosystem_specific\":{\"imports\":[null,{\"path\":null,\"symbols\":null},{\"path\":\"example.test/a\",\"goos\":[null],\"symbols\":[null,\"F\"]}],\"custom_ranges\":[null,{\"events\":[null]}]}}]", "Affected Symbol")]
    public void Items_that_are_null_say_nothing(string affected, string? expected = null)
    {
        string source = Directory.CreateDirectory(Path.Combine(_directory.Path, "s")).FullName;
        File.WriteAllText(
            Path.Combine(source, "GO-2099-1.json"), $"{{\"id\":\"GO-2099-1\",\"aliases\":[null,\"CVE-1\"],\"severity\":[null],\"affected\":{affected}}}");
        var database = VulnerabilityDatabase.Import(source, Path.Combine(_directory.Path, "made"));
        var program = new SbomProgram
        {
            Place = new SbomPlace("/app"),
            Modules = [new GoModule("example.test/a", "v1.0.0", "", null)],
            Evidence = SbomEvidence.BuildInfo,
        };

        IReadOnlyList<Vulnerability> found = new VulnerabilityScanner(database).Match(program, () => LinkedCode.Of(["example.test/a.F"], "main"), "app");

        Assert.Equal(expected, found.Select(finding => $"{finding.Status} {finding.Reach}").SingleOrDefault());
    }

    [Fact]
    public void A_date_that_cannot_be_read_is_named()
    {
        string source = Path.Combine(_directory.Path, "s");
        SmallDatabase.Write(source, "2027-01-01T00:00:00Z", SmallDatabase.Reports);
        File.WriteAllText(Path.Combine(source, "index", "db.json"), "{\"modified\":");

        Assert.Equal(
            "VulnerabilityDateInvalid",
            Assert.Throws<GoCrossException>(() => VulnerabilityDatabase.Import(source, Path.Combine(_directory.Path, "made"))).ErrorId);
    }

    [Fact]
    public void A_database_cannot_name_a_file_elsewhere()
    {
        string file = Path.Combine(_directory.Path, "other.vulnindex");
        File.WriteAllBytes(file, IndexWriter.Make("../elsewhere", "2026-01-01T00:00:00Z", "", [], summaries: false));

        GoCrossException failure = Assert.Throws<GoCrossException>(() => VulnerabilityDatabase.Import(file, Path.Combine(_directory.Path, "made")));

        Assert.Equal("VulnerabilityDatabaseDamaged", failure.ErrorId);
    }

    [Fact]
    public void Without_a_database_the_error_says_what_to_run() => Assert.Contains(
        "Update-GoVulnerabilityDatabase",
        Assert.Throws<GoCrossException>(() => VulnerabilityDatabase.Open(Path.Combine(_directory.Path, "none"))).Fix,
        StringComparison.Ordinal);

    [Fact]
    public void What_is_no_database_leaves_the_old_one()
    {
        string folder = Path.Combine(_directory.Path, "made");
        VulnerabilityDatabase.Import(small.Source, folder);
        string zip = Path.Combine(_directory.Path, "other.zip");
        using (var archive = new ZipArchive(File.Create(zip), ZipArchiveMode.Create))
        {
            using var writer = new StreamWriter(archive.CreateEntry("ID/x.json").Open());
            writer.Write("{\"id\": 5}");
        }

        string text = Path.Combine(_directory.Path, "text.zip");
        File.WriteAllText(text, "no zip");

        Assert.Equal("VulnerabilityReportInvalid", Assert.Throws<GoCrossException>(() => VulnerabilityDatabase.Import(zip, folder)).ErrorId);
        Assert.Equal("VulnerabilityImportUnknown", Assert.Throws<GoCrossException>(() => VulnerabilityDatabase.Import(text, folder)).ErrorId);
        Assert.Equal(SmallDatabase.Reports.Count, VulnerabilityDatabase.Open(folder).Count);
        Assert.Single(Directory.GetFiles(folder));
    }

    [Fact]
    public void The_newer_of_two_databases_of_a_source_counts()
    {
        string older = Path.Combine(_directory.Path, "older");
        string newer = Path.Combine(_directory.Path, "newer");
        SmallDatabase.Write(_directory.Path + "/s", "2027-01-01T00:00:00Z", SmallDatabase.Reports.Take(2).ToDictionary());
        VulnerabilityDatabase.Import(small.Source, older);
        VulnerabilityDatabase.Import(_directory.Path + "/s", newer);

        Assert.Equal(2, VulnerabilityDatabase.Open(older, newer).Count);
        Assert.Equal(2, VulnerabilityDatabase.Open(newer, older).Count);
    }

    [Fact]
    public async Task An_update_fetches_what_changed_and_no_more()
    {
        string site = Path.Combine(_directory.Path, "site");
        string folder = Path.Combine(_directory.Path, "made");
        SmallDatabase.Write(site, "2026-01-01T00:00:00Z", SmallDatabase.Reports);
        await using TestServer server = Serve(site);

        VulnerabilityDatabase first = await UpdateAsync(server, folder);
        int calls = server.Calls.Count;
        VulnerabilityDatabase same = await UpdateAsync(server, folder);
        int after = server.Calls.Count;
        var changed = SmallDatabase.Reports.ToDictionary();
        changed["GO-2024-3333"] = changed["GO-2024-3333"].Replace("2026-08-20", "2026-09-01", StringComparison.Ordinal).Replace("0.33.0", "0.34.0", StringComparison.Ordinal);
        changed["GO-2099-9"] = SmallDatabase.Report("GO-2099-9", [], SmallDatabase.Part("example.test/new", "I0"));
        changed.Remove("GO-2022-0411");
        SmallDatabase.Write(site, "2026-09-01T00:00:00Z", changed);
        VulnerabilityDatabase second = await UpdateAsync(server, folder);

        Assert.Equal((SmallDatabase.Reports.Count, SmallDatabase.Reports.Count), (first.Count, first.Updated));
        Assert.Equal((0, 1), (same.Updated, (after - calls) / 2)); // The date alone, packed and plain.
        Assert.Equal((changed.Count, 2), (second.Count, second.Updated));
        Assert.Contains(second.Find("Go", "golang.org/x/net"), entry => entry.Affected![0].Ranges![0].Events!.Any(found => found.Fixed == "0.34.0"));
        Assert.Empty(second.Find("Go", "github.com/Masterminds/goutils"));
    }

    [Fact]
    public async Task An_update_that_fails_leaves_the_database()
    {
        string site = Path.Combine(_directory.Path, "site");
        string folder = Path.Combine(_directory.Path, "made");
        SmallDatabase.Write(site, "2026-01-01T00:00:00Z", SmallDatabase.Reports);
        VulnerabilityDatabase.Import(small.Source, folder);
        File.Delete(Path.Combine(site, "ID", "GO-2024-3333.json"));
        File.WriteAllText(
            Path.Combine(site, "index", "vulns.json"),
            File.ReadAllText(Path.Combine(site, "index", "vulns.json")).Replace("2026-08-20", "2026-10-20", StringComparison.Ordinal));
        await using TestServer server = Serve(site);

        GoCrossException failure = await Assert.ThrowsAsync<GoCrossException>(() => UpdateAsync(server, folder));

        Assert.Equal("VulnerabilityServerFailed", failure.ErrorId);
        Assert.Equal(SmallDatabase.Reports.Count, VulnerabilityDatabase.Open(folder).Count);
    }

    [Fact]
    public async Task A_list_of_reports_with_nothing_or_one_twice_is_read_and_a_report_under_another_s_name_is_not()
    {
        string site = Path.Combine(_directory.Path, "site");
        string folder = Path.Combine(_directory.Path, "made");
        SmallDatabase.Write(site, "2026-01-01T00:00:00Z", SmallDatabase.Reports);
        string list = Path.Combine(site, "index", "vulns.json");
        File.WriteAllText(list, "[null,{\"id\":null},{\"id\":\"GO-2024-3333\",\"modified\":\"2020-01-01T00:00:00Z\"}," + File.ReadAllText(list)[1..]);
        await using TestServer server = Serve(site);

        VulnerabilityDatabase first = await UpdateAsync(server, folder);
        File.WriteAllText(Path.Combine(site, "index", "db.json"), "{\"modified\":\"2026-02-01T00:00:00Z\"}");
        File.WriteAllText(list, "[{\"id\":\"GO-2099-7\"}]");
        File.WriteAllText(Path.Combine(site, "ID", "GO-2099-7.json"), SmallDatabase.Reports["GO-2024-3333"]);
        GoCrossException failure = await Assert.ThrowsAsync<GoCrossException>(() => UpdateAsync(server, folder));

        Assert.Equal(SmallDatabase.Reports.Count, first.Count);
        Assert.Equal("VulnerabilityServerFailed", failure.ErrorId);
        Assert.Equal(SmallDatabase.Reports.Count, VulnerabilityDatabase.Open(folder).Count);
    }

    [Fact]
    public async Task An_update_that_breaks_off_or_is_stopped_leaves_the_database()
    {
        string site = Path.Combine(_directory.Path, "site");
        string folder = Path.Combine(_directory.Path, "made");
        var changed = SmallDatabase.Reports.ToDictionary();
        changed["GO-2099-9"] = SmallDatabase.Report("GO-2099-9", [], SmallDatabase.Part("example.test/new", "I0"));
        SmallDatabase.Write(site, "2026-09-01T00:00:00Z", changed);
        VulnerabilityDatabase.Import(small.Source, folder);
        byte[] before = File.ReadAllBytes(Path.Combine(folder, "go.vulnindex"));
        using var stop = new CancellationTokenSource();
        bool isStopping = false;
        await using TestServer server = new(async call =>
        {
            if (!call.Path.Contains("/ID/", StringComparison.Ordinal))
            {
                string path = Path.Combine(site, call.Path["/mirror/".Length..]);
                await (File.Exists(path) ? call.RespondAsync(200, await File.ReadAllBytesAsync(path)) : call.RespondAsync(404));
            }
            else if (isStopping)
            {
                await stop.CancelAsync();
            }
            else
            {
                // Half of what it says that it sends, and the end.
                await call.Stream.WriteAsync("HTTP/1.1 200 OK\r\nContent-Length: 1000\r\nConnection: close\r\n\r\n{\"id\":"u8.ToArray());
                call.Stream.Close();
            }
        });

        GoCrossException failure = await Assert.ThrowsAsync<GoCrossException>(() => UpdateAsync(server, folder));
        isStopping = true;
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => UpdateAsync(server, folder, stop.Token));

        Assert.Equal("VulnerabilityServerFailed", failure.ErrorId);
        Assert.Equal(before, File.ReadAllBytes(Assert.Single(Directory.GetFiles(folder))));
    }

    [RootToolFact("mount", "umount")]
    public void A_full_disk_leaves_the_database()
    {
        string folder = Directory.CreateDirectory(Path.Combine(_directory.Path, "small")).FullName;
        SmallDatabase.Write(_directory.Path + "/s", "2027-01-01T00:00:00Z", Enumerable.Range(0, 4000).ToDictionary(
            number => $"GO-2099-{number}",
            number => SmallDatabase.Report($"GO-2099-{number}", [$"CVE-2099-{number}"], SmallDatabase.Part($"example.test/module{number}", "I0"))));
        Programs.Output("mount", ["-t", "tmpfs", "-o", "size=128k", "tmpfs", folder]);
        try
        {
            VulnerabilityDatabase.Import(small.Source, folder);
            byte[] before = File.ReadAllBytes(Path.Combine(folder, "go.vulnindex"));

            GoCrossException failure = Assert.Throws<GoCrossException>(() => VulnerabilityDatabase.Import(_directory.Path + "/s", folder));

            Assert.Equal("OutputNotWritable", failure.ErrorId);
            Assert.Equal(before, File.ReadAllBytes(Assert.Single(Directory.GetFiles(folder))));
            Assert.Equal(SmallDatabase.Reports.Count, VulnerabilityDatabase.Open(folder).Count);
        }
        finally
        {
            Programs.Output("umount", [folder]);
        }
    }

    [Fact]
    public async Task Two_updates_at_once_leave_one_whole_database()
    {
        string site = Path.Combine(_directory.Path, "site");
        string folder = Path.Combine(_directory.Path, "made");
        SmallDatabase.Write(site, "2026-01-01T00:00:00Z", SmallDatabase.Reports);
        await using TestServer server = Serve(site);

        await Task.WhenAll(UpdateAsync(server, folder), UpdateAsync(server, folder));

        Assert.Equal(SmallDatabase.Reports.Count, VulnerabilityDatabase.Open(folder).Count);
        Assert.Single(Directory.GetFiles(folder));
    }

    [VulnerabilityDatabaseFact]
    public void The_whole_database_is_imported_and_knows_what_the_index_gets_wrong()
    {
        string folder = Path.Combine(_directory.Path, "whole");
        VulnerabilityDatabase database = VulnerabilityDatabase.Import(VulnerabilityDatabaseFactAttribute.File!, folder);

        // Counted in the file with another program (facts/sbom.md).
        Assert.Equal(4291, database.Count);

        // The index of modules names a fix in rows that have another open range: a version in the open one has none.
        using ZipArchive zip = ZipFile.OpenRead(VulnerabilityDatabaseFactAttribute.File!);
        using var modules = System.Text.Json.JsonDocument.Parse(zip.GetEntry("index/modules.json")!.Open());
        int misleading = 0;
        foreach (System.Text.Json.JsonElement module in modules.RootElement.EnumerateArray())
        {
            string path = module.GetProperty("path").GetString()!;
            foreach (System.Text.Json.JsonElement row in module.GetProperty("vulns").EnumerateArray().Where(row => row.TryGetProperty("fixed", out _)))
            {
                OsvEntry entry = database.Find("Go", path).Single(found => found.Id == row.GetProperty("id").GetString());
                OsvAffected[] parts = [.. entry.Affected!.Where(part => part.Package!.Name == path)];
                foreach (string start in parts.SelectMany(OpenStarts))
                {
                    string version = path is "stdlib" or "toolchain" ? "go" + start : "v" + start;
                    VersionVerdict verdict = new GoRanges(parts).Decide(ModuleVersion.Of(version, path is "stdlib" or "toolchain"));
                    Assert.True(verdict is { FixedIn: null } || verdict.IsProductVersion, $"{entry.Id} {path} {version}: {verdict}");
                    misleading++;
                }
            }
        }

        Assert.True(misleading >= 31, $"{misleading} rows");
    }

    [VulnerabilityDatabaseFact]
    public void Every_Go_version_has_the_reports_that_an_evaluator_of_a_few_lines_gives_it()
    {
        VulnerabilityDatabase database = VulnerabilityDatabase.Import(VulnerabilityDatabaseFactAttribute.File!, Path.Combine(_directory.Path, "whole"));
        using ZipArchive zip = ZipFile.OpenRead(VulnerabilityDatabaseFactAttribute.File!);
        (string Id, string[] Events)[] reports = [.. zip.Entries
            .Where(entry => entry.FullName.StartsWith("ID/", StringComparison.Ordinal))
            .SelectMany(entry =>
            {
                using var json = System.Text.Json.JsonDocument.Parse(entry.Open());
                return json.RootElement.TryGetProperty("withdrawn", out _) ? [] : json.RootElement.GetProperty("affected").EnumerateArray()
                    .Where(part => part.GetProperty("package").GetProperty("name").GetString() == "stdlib")
                    .SelectMany(part => part.GetProperty("ranges").EnumerateArray())
                    .Select(range => (
                        json.RootElement.GetProperty("id").GetString()!,
                        range.GetProperty("events").EnumerateArray().Select(found => found.EnumerateObject().Single()).Select(found => found.Name[..1] + found.Value).ToArray()))
                    .ToArray();
            })];

        int matched = 0;
        foreach (int minor in Enumerable.Range(0, 28))
        {
            foreach (string text in Enumerable.Range(0, 26).Select(patch => patch == 0 ? $"go1.{minor}" : $"go1.{minor}.{patch}").Concat([$"go1.{minor}rc1", $"go1.{minor}rc2", $"go1.{minor}beta1"]))
            {
                // A range holds a version whose last event at or before it is a beginning (OSV, evaluation).
                long[] version = Number(text);
                string[] expected = [.. reports
                    .Where(report => report.Events.Where(found => Compare(Number(found[1..]), version) <= 0).LastOrDefault()?[0] == 'i')
                    .Select(report => report.Id).Distinct().Order(StringComparer.Ordinal)];
                string[] actual = [.. database.Find("Go", "stdlib")
                    .Where(entry => entry.Withdrawn is null)
                    .Where(entry => ModuleReport.Of(entry, "stdlib")!.Ranges.Decide(ModuleVersion.Of(text, isToolchain: true)).Status == VulnerabilityStatus.Affected)
                    .Select(entry => entry.Id!).Order(StringComparer.Ordinal)];
                Assert.Equal((text, string.Join(' ', expected)), (text, string.Join(' ', actual)));
                matched += actual.Length;
            }
        }

        Assert.True(matched > 10_000, $"{matched} matches");

        // 1.21rc2 and 1.21.0-rc.2 are 1, 21, 0, stage, 2; a release is after all its candidates, and -0 before them.
        static long[] Number(string text)
        {
            var match = System.Text.RegularExpressions.Regex.Match(text, @"^(?:go)?(\d+)(?:\.(\d+))?(?:\.(\d+))?(?:-?(beta|rc|0)\.?(\d*))?$");
            Assert.True(match.Success, text);
            long Part(int group) => match.Groups[group] is { Success: true, Length: > 0 } part ? long.Parse(part.Value, System.Globalization.CultureInfo.InvariantCulture) : 0;
            long stage = match.Groups[4].Value switch { "0" => 0, "beta" => 1, "rc" => 2, _ => 3 };
            return [Part(1), Part(2), Part(3), stage, Part(5)];
        }

        static int Compare(long[] left, long[] right) =>
            left.Zip(right, (a, b) => a.CompareTo(b)).FirstOrDefault(order => order != 0);
    }

    [VulnerabilityDatabaseFact]
    public void Ten_thousand_components_are_matched_against_the_whole_database()
    {
        string folder = Path.Combine(_directory.Path, "whole");
        VulnerabilityDatabase.Import(VulnerabilityDatabaseFactAttribute.File!, folder);
        var json = new StringBuilder("{\"bomFormat\":\"CycloneDX\",\"specVersion\":\"1.6\",\"components\":[");
        for (int i = 0; i < 10_000; i++)
        {
            string name = i % 10 == 0 ? "golang.org/x/net" : $"example.test/module{i}";
            json.Append(i == 0 ? "" : ",").Append($"{{\"type\":\"library\",\"name\":\"{name}\",\"purl\":\"pkg:golang/{name}@v0.{i / 10}.0\"}}");
        }

        string document = Path.Combine(_directory.Path, "many.cdx.json");
        File.WriteAllText(document, json.Append("]}").ToString());

        long start = Stopwatch.GetTimestamp();
        VulnerabilityScan scan = new VulnerabilityScanner(VulnerabilityDatabase.Open(folder)).Scan(SbomDocuments.Read(document));
        Console.WriteLine($"{Stopwatch.GetElapsedTime(start).TotalMilliseconds:0} ms");

        Assert.Equal(10_000, scan.Sbom.Components.Count);
        Assert.Contains(scan.Vulnerabilities, finding => finding is { Id: "GO-2024-3333", Version: "v0.32.0", FixedIn: "v0.33.0" });
        Assert.DoesNotContain(scan.Vulnerabilities, finding => finding is { Id: "GO-2024-3333", Version: "v0.33.0" });
    }

    // Where a range begins that never ends.
    private static IEnumerable<string> OpenStarts(OsvAffected part)
    {
        foreach (OsvRange range in part.Ranges!)
        {
            if (range.Events![^1].Introduced is { } start)
            {
                yield return start == "0" ? "0.0.1" : start;
            }
        }
    }

    private static Task<VulnerabilityDatabase> UpdateAsync(TestServer server, string folder, CancellationToken cancellation = default)
    {
        HttpClient http = VulnerabilityUpdate.Connect(null);
        return new VulnerabilityUpdate(http, new Uri($"http://{server.Authority}/mirror")).RunAsync(folder, cancellation);
    }

    private static TestServer Serve(string site) => new(async call =>
    {
        string path = Path.Combine(site, call.Path["/mirror/".Length..]);
        if (File.Exists(path))
        {
            await call.RespondAsync(200, await File.ReadAllBytesAsync(path));
        }
        else
        {
            await call.RespondAsync(404);
        }
    });

    private static string ReadMade(VulnerabilityDatabase database) => File.ReadAllText(Path.Combine(database.Path, "go.vulnindex"));
}

/// <summary>A test that needs the whole Go vulnerability database as a zip. Where it is missing, the test is skipped.</summary>
public sealed class VulnerabilityDatabaseFactAttribute : FactAttribute
{
    public VulnerabilityDatabaseFactAttribute()
    {
        if (File is null)
        {
            Skip = "needs the Go vulnerability database: set GOCROSS_VULNDB to its vulndb.zip of 2026-08-20 (see CONTRIBUTING.md)";
        }
    }

    /// <summary>Its path, or null.</summary>
    public static string? File { get; } = Data.Find("GOCROSS_VULNDB", "go-vulndb-2026-08-20.zip");
}
