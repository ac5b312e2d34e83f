using GoCross.Files;
using GoCross.Vulnerabilities;

namespace GoCross.Tests.Vulnerabilities;

/// <summary>
/// A database of the tests' own: of some reports of the Go vulnerability database the facts (ids, aliases, modules, ranges,
/// packages, functions) without their sentences, in the layout of its server.
/// </summary>
public sealed class SmallDatabase : IDisposable
{
    /// <summary>The reports by their ids.</summary>
    internal static readonly IReadOnlyDictionary<string, string> Reports = new Dictionary<string, string>
    {
        ["GO-2024-3333"] = Report(
            "GO-2024-3333", ["CVE-2024-45338", "GHSA-w32m-9786-jp63"],
            Part("golang.org/x/net", "I0 F0.33.0", """{"path":"golang.org/x/net/html","symbols":["Parse","ParseFragment","htmlIntegrationPoint"]}""")),
        ["GO-2022-0969"] = Report(
            "GO-2022-0969", ["CVE-2022-27664"],
            Part("stdlib", "I0 F1.18.6 I1.19.0-0 F1.19.1", """{"path":"net/http","symbols":["ListenAndServe","http2Server.ServeConn","http2serverConn.goAway"]}"""),
            Part("golang.org/x/net", "I0 F0.0.0-20220906165146-f3363e06e74c", """{"path":"golang.org/x/net/http2","symbols":["Server.ServeConn","serverConn.goAway"]}""")),
        ["GO-2025-3373"] = Report(
            "GO-2025-3373", ["CVE-2024-45341"],
            Part("stdlib", "I0 F1.22.11 I1.23.0-0 F1.23.5 I1.24.0-0 F1.24.0-rc.2", """{"path":"crypto/x509","symbols":["CertPool.AppendCertsFromPEM","Certificate.Verify"]}""")),
        ["GO-2023-2185"] = Report(
            "GO-2023-2185", ["CVE-2023-45283"],
            Part("stdlib", "I0 F1.20.11 I1.21.0-0 F1.21.4", """{"path":"path/filepath","goos":["windows"],"symbols":["Clean","Join"]}"""),
            Part("stdlib", "I1.20.11 F1.20.12 I1.21.4 F1.21.5", """{"path":"path/filepath","goos":["windows"],"symbols":["Clean","volumeNameLen"]}""")),
        ["GO-2023-1840"] = Report(
            "GO-2023-1840", ["CVE-2023-29403"], Part("stdlib", "I0 F1.19.10 I1.20.0-0 F1.20.5", """{"path":"runtime"}""")),
        ["GO-2022-0187"] = Report(
            "GO-2022-0187", ["CVE-2017-8932"],
            Part("stdlib", "I1.6.0-0 F1.7.6 I1.8.0-0 F1.8.2", """{"path":"crypto/elliptic","goarch":["amd64"],"symbols":["p256SubInternal"]}""")),
        ["GO-2024-2962"] = Report("GO-2024-2962", ["CVE-2023-24531"], Part("toolchain", "I0 F1.21.0-0", """{"path":"cmd/go"}""")),
        ["GO-2024-3005"] = Report(
            "GO-2024-3005", ["CVE-2024-41110"],
            Part(
                "github.com/docker/docker",
                "I20.10.0+incompatible F25.0.6+incompatible I26.0.0+incompatible F26.1.5+incompatible I27.0.0+incompatible F27.1.1+incompatible",
                """{"path":"github.com/docker/docker/pkg/authorization","symbols":["Ctx.AuthZRequest","Ctx.AuthZResponse","sendBody"]}""",
                "I19.0.0 F19.03.16 I23.0.0 F23.0.15 I24.0.0 F24.0.10 I20.0.0 F20.10.28 I25.0.0 F25.0.6 I26.0.0 F26.0.3 I26.1.0 F26.1.15 I27.0.0 F27.0.4 I27.1.0 F27.1.1")),
        ["GO-2025-4121"] = Report("GO-2025-4121", ["CVE-2025-64507"], Part("github.com/canonical/lxd", "I0", null, "I0 F6.6 F5.21.5 F4.0.11")),
        ["GO-2025-3495"] = Report(
            "GO-2025-3495", [], Part("github.com/minio/minio", "I0", null, "IRELEASE.2024-06-06T09-36-42Z FRELEASE.2025-02-28T09-55-16Z")),
        ["GO-2025-3857"] = Report(
            "GO-2025-3857", [], Part("github.com/openbao/openbao", "I0 F0.0.0-20250806193240-9b0b5d4f345f I0.1.0", null, "I0 F2.3.2")),
        ["GO-2026-5148"] = Report(
            "GO-2026-5148", ["CVE-2026-40886", "GHSA-5jv8-h7qh-rf5p"],
            Part("github.com/argoproj/argo-workflows/v3", "I3.6.5"),
            Part("github.com/argoproj/argo-workflows/v3", "I3.7.0 F3.7.14")),
        ["GO-2022-0617"] = ReportWith("GO-2022-0617", [], """ "withdrawn":"2024-05-15T00:00:00Z", """, Part("k8s.io/kubernetes", "I0")),
        ["GO-2024-2687"] = Report(
            "GO-2024-2687", ["CVE-2023-45288"],
            Part("stdlib", "I0 F1.21.9 I1.22.0-0 F1.22.2", """{"path":"net/http","symbols":["Header.Get","http2Framer.readMetaFrame"]}""")),
        ["GO-2023-1998"] = Report(
            "GO-2023-1998", ["CVE-2023-37896"],
            Part(
                "github.com/projectdiscovery/nuclei/v2", "I0 F2.9.9",
                """{"path":"github.com/projectdiscovery/nuclei/v2/cmd/nuclei","symbols":["init#1","main","readConfig"]}""")),
        ["GO-2022-0586"] = Report(
            "GO-2022-0586", ["CVE-2022-26945", "CVE-2022-30321", "CVE-2022-30322", "CVE-2022-30323", "GHSA-1", "GHSA-2", "GHSA-3", "GHSA-4"],
            Part("github.com/hashicorp/go-getter", "I0 F1.6.1", """{"path":"github.com/hashicorp/go-getter","symbols":["Client.Get"]}"""),
            Part("github.com/hashicorp/go-getter/v2", "I2.0.0 F2.1.0", """{"path":"github.com/hashicorp/go-getter/v2","symbols":["Client.Get"]}"""),
            Part("github.com/hashicorp/go-getter/s3/v2", "I2.0.0 F2.1.0", """{"path":"github.com/hashicorp/go-getter/s3/v2","symbols":["Getter.Get"]}""")),
        ["GO-2022-0411"] = Report(
            "GO-2022-0411", [],
            Part(
                "github.com/Masterminds/goutils", "I0 F1.1.1",
                """{"path":"github.com/Masterminds/goutils","symbols":["CryptoRandomAlphaNumeric","RandomAlphaNumeric"]}""")),
        ["GO-2026-5932"] = Report(
            "GO-2026-5932", [],
            Part("golang.org/x/crypto", "I0", """{"path":"golang.org/x/crypto/openpgp"},{"path":"golang.org/x/crypto/openpgp/packet"}""")),
        ["GO-2099-0001"] = Report("GO-2099-0001", [], Part("github.com/0xJacky/Nginx-UI", "I0 F1.0.0")),
        ["GO-2099-0002"] = Report("GO-2099-0002", [], Part("github.com/0xJacky/nginx-ui", "I0 F2.0.0")),
        ["GO-2099-0003"] = Report("GO-2099-0003", [], Part("example.test/tagged", "I0 F1.5.0")),
    };

    private readonly TemporaryDirectory _directory = new();

    public SmallDatabase()
    {
        Source = Path.Combine(_directory.Path, "source");
        Write(Source, "2026-08-20T00:00:00Z", Reports);
        Database = VulnerabilityDatabase.Import(Source, Path.Combine(_directory.Path, "made"));
    }

    /// <summary>The database in the layout of its server.</summary>
    internal string Source { get; }

    /// <summary>The database as it was imported.</summary>
    internal VulnerabilityDatabase Database { get; }

    /// <summary>Writes a database in the layout of its server.</summary>
    internal static void Write(string folder, string modified, IReadOnlyDictionary<string, string> reports)
    {
        Directory.CreateDirectory(Path.Combine(folder, "index"));
        Directory.CreateDirectory(Path.Combine(folder, "ID"));
        File.WriteAllText(Path.Combine(folder, "index", "db.json"), $"{{\"modified\":\"{modified}\"}}");
        foreach ((string id, string report) in reports)
        {
            File.WriteAllText(Path.Combine(folder, "ID", id + ".json"), report);
        }

        string list = string.Join(',', reports.Select(report =>
        {
            string stated = System.Text.Json.JsonDocument.Parse(report.Value).RootElement.GetProperty("modified").GetString()!;
            return $"{{\"id\":\"{report.Key}\",\"modified\":\"{stated}\"}}";
        }));
        File.WriteAllText(Path.Combine(folder, "index", "vulns.json"), $"[{list}]");
    }

    /// <summary>A report in the OSV format.</summary>
    internal static string Report(string id, string[] aliases, params string[] parts) => ReportWith(id, aliases, string.Empty, parts);

    /// <summary>A part of a report on a module.</summary>
    /// <param name="module">The module.</param>
    /// <param name="events">I and F with a version each: where it begins, where it is fixed.</param>
    /// <param name="import">A package, in JSON; null for none.</param>
    /// <param name="other">Events in the product's own versions; null for none.</param>
    internal static string Part(string module, string events, string? import = null, string? other = null) =>
        $$"""
        {"package":{"name":"{{module}}","ecosystem":"Go"},"ranges":[{"type":"SEMVER","events":[{{Events(events)}}]}],
         "ecosystem_specific":{ {{(import is null ? "" : $"\"imports\":[{import}]")}}{{(import is not null && other is not null ? "," : "")}}
         {{(other is null ? "" : $"\"custom_ranges\":[{{\"type\":\"ECOSYSTEM\",\"events\":[{Events(other)}]}}]")}} } }
        """;

    public void Dispose() => _directory.Dispose();

    private static string ReportWith(string id, string[] aliases, string more, params string[] parts) =>
        $$"""
        {"schema_version":"1.3.1","id":"{{id}}","modified":"2026-08-20T00:00:00Z",{{more}}
         "aliases":[{{string.Join(',', aliases.Select(alias => $"\"{alias}\""))}}],"affected":[{{string.Join(',', parts)}}],
         "database_specific":{"url":"https://pkg.go.dev/vuln/{{id}}"} }
        """;

    private static string Events(string events) => string.Join(',', events.Split(' ').Select(found =>
        $"{{\"{(found[0] == 'I' ? "introduced" : "fixed")}\":\"{found[1..]}\"}}"));
}
