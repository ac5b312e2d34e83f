using System.Diagnostics;
using System.Text;
using GoCross.Errors;
using GoCross.GoBinaries;
using GoCross.Sboms;
using GoCross.Vulnerabilities;

namespace GoCross.Fuzz;

/// <summary>
/// Damages what strangers write besides binaries: bills of materials, vulnerability databases and their reports, lists of
/// what is to be ignored, databases of packages, and the text of Go's build information. Each ends in a result or in one of
/// the errors that are named for it, soon and with little memory.
/// </summary>
public sealed class DocumentFuzz
{
    /// <summary>The most that a call may allocate, in bytes; what is freed meanwhile counts as well.</summary>
    private const long MemoryLimit = 64L << 20;

    /// <summary>Far more than any takes on a machine that does something else as well.</summary>
    private static readonly TimeSpan TimeLimit = TimeSpan.FromSeconds(20);

    private readonly string _folder;
    private readonly VulnerabilityDatabase _database;

    /// <summary>Prepares a run.</summary>
    /// <param name="folder">An empty folder to work in.</param>
    public DocumentFuzz(string folder)
    {
        _folder = folder;
        string reports = Path.Combine(folder, "reports");
        Directory.CreateDirectory(reports);
        File.WriteAllText(Path.Combine(reports, "GO-2099-0001.json"), Report);
        _database = VulnerabilityDatabase.Import(reports, Path.Combine(folder, "database"));
        foreach (string part in (string[])["root/var/lib/dpkg/status.d", "root/lib/apk/db", "root/etc"])
        {
            Directory.CreateDirectory(Path.Combine(folder, part));
        }
    }

    /// <summary>The kinds of documents.</summary>
    public static IReadOnlyList<string> Names { get; } =
        ["sbom-cyclonedx", "sbom-spdx", "database", "report", "ignore-list", "packages", "build-info"];

    /// <summary>Damages one kind of document again and again.</summary>
    /// <param name="name">Which.</param>
    /// <param name="count">How often.</param>
    /// <param name="seed">Determines the damage.</param>
    public FuzzReport Run(string name, int count, int seed)
    {
        (byte[] whole, Action<byte[]> use, string[] errors) = Target(name);
        use(whole); // Undamaged it is none of the errors.
        var report = new FuzzReport();
        for (int number = 0; number < count; number++)
        {
            byte[] bytes = Damage(whole, new Random(unchecked((seed * 31) + number)));
            string what = $"{name}, mutation {number} (seed {seed})";
            long started = Stopwatch.GetTimestamp();
            long allocated = GC.GetAllocatedBytesForCurrentThread();
            bool accepted = false;
            try
            {
                use(bytes);
                accepted = true;
            }
            catch (GoCrossException e) when (errors.Contains(e.ErrorId))
            {
                // A named error is a right answer.
            }
            catch (Exception e)
            {
                report.Fail($"{what}: {e}");
            }

            TimeSpan took = Stopwatch.GetElapsedTime(started);
            allocated = GC.GetAllocatedBytesForCurrentThread() - allocated;
            if (took > TimeLimit || allocated > MemoryLimit)
            {
                report.Fail($"{what} took {took.TotalMilliseconds:0} ms and {allocated} bytes.");
            }

            report.Add(accepted, took, allocated);
        }

        return report;
    }

    private const string Report = """
        {"schema_version":"1.3.1","id":"GO-2099-0001","modified":"2026-08-20T00:00:00Z","aliases":["CVE-2099-1","GHSA-xxxx-yyyy-zzzz"],
         "summary":"s","severity":[{"type":"CVSS_V3","score":"CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H"}],
         "affected":[{"package":{"name":"golang.org/x/net","ecosystem":"Go"},
          "ranges":[{"type":"SEMVER","events":[{"introduced":"0"},{"fixed":"0.33.0-rc.1"},{"introduced":"1.0.0"}]}],"versions":["v1.0.0"],
          "ecosystem_specific":{"imports":[{"path":"golang.org/x/net/html","goos":["linux"],"symbols":["Parse","T.M"]}],
           "custom_ranges":[{"type":"ECOSYSTEM","events":[{"introduced":"0"},{"fixed":"6.6"}]}]}}],
         "database_specific":{"url":"https://example.test/1","review_status":"REVIEWED","severity":"HIGH"}}
        """;

    private (byte[] Whole, Action<byte[]> Use, string[] Errors) Target(string name) => name switch
    {
        "sbom-cyclonedx" => (
            Encoding.UTF8.GetBytes("""
                {"bomFormat":"CycloneDX","specVersion":"1.6","metadata":{"component":{"type":"file","name":"app"}},"components":[
                 {"type":"library","name":"golang.org/x/net","version":"v0.32.0","purl":"pkg:golang/golang.org/x/net@v0.32.0",
                  "components":[{"type":"library","name":"libssl3","purl":"pkg:deb/debian/libssl3@3.0.11-1?distro=debian-12&upstream=openssl%403.0.11"}],
                  "properties":[{"name":"gocross:layer:index","value":"3"}],"evidence":{"occurrences":[{"location":"/app"}]}}]}
                """),
            Scan,
            ["SbomUnknown"]),
        "sbom-spdx" => (
            Encoding.UTF8.GetBytes("""
                {"spdxVersion":"SPDX-2.3","SPDXID":"SPDXRef-DOCUMENT","name":"app","packages":[{"name":"golang.org/x/net","SPDXID":"SPDXRef-1",
                 "versionInfo":"v0.32.0","downloadLocation":"NOASSERTION","externalRefs":[{"referenceCategory":"PACKAGE-MANAGER",
                 "referenceType":"purl","referenceLocator":"pkg:golang/golang.org/x/net@v0.32.0"}]}],"relationships":[]}
                """),
            Scan,
            ["SbomUnknown"]),
        "database" => (
            File.ReadAllBytes(Path.Combine(_database.Path, "go" + DatabaseIndex.Extension)),
            bytes =>
            {
                // The hash made right again, so that the damage gets behind it.
                var index = DatabaseIndex.Open("x", Rehash(bytes));
                index.FindId("GO-2099-0001");
                foreach (OsvEntry entry in index.Find("Go", "golang.org/x/net").Concat(index.All()))
                {
                    Decide(entry);
                }
            },
            ["VulnerabilityDatabaseDamaged"]),
        "report" => (
            Encoding.UTF8.GetBytes(Report),
            bytes =>
            {
                OsvEntry entry = VulnerabilityDatabase.Parse(bytes, "x");
                Decide(entry);
                byte[] made = IndexWriter.Make("go", "2026-08-20T00:00:00Z", string.Empty, [entry], summaries: true);
                Decide(DatabaseIndex.Open("x", made).All()[0]);
            },
            ["VulnerabilityReportInvalid"]),
        "ignore-list" => (
            Encoding.UTF8.GetBytes("""
                {"@context":"https://openvex.dev/ns/v0.2.0","statements":[{"vulnerability":{"name":"CVE-2024-45338","aliases":["GO-1"]},
                 "status":"not_affected","products":[{"@id":"x","subcomponents":[{"@id":"pkg:golang/a/b@v1"}]}]}]}
                """),
            bytes =>
            {
                string path = Path.Combine(_folder, "list.json");
                File.WriteAllBytes(path, bytes);
                new IgnoreList().Read(path);
            },
            ["IgnoreListUnknown", "FileEmpty"]),
        "packages" => (
            Encoding.UTF8.GetBytes(
                "Package: libc6\nStatus: install ok installed\nArchitecture: amd64\nSource: glibc (2.36)\nVersion: 2.36-9\n\n"
                + "C:Q1abc=\nP:musl\nV:1.2.4\nA:x86_64\no:musl\nF:lib\nR:a\nZ:Q1x=\n\nID=debian\nVERSION_ID=\"12\"\n"),
            bytes =>
            {
                string root = Path.Combine(_folder, "root");
                foreach (string file in (string[])["var/lib/dpkg/status", "var/lib/dpkg/status.d/base", "lib/apk/db/installed", "etc/os-release"])
                {
                    File.WriteAllBytes(Path.Combine(root, file), bytes);
                }

                new SbomReader().ReadFolder(root).ToJson();
            },
            []),
        "build-info" => (
            Encoding.UTF8.GetBytes(
                "path\texample.test/app\nmod\texample.test/app\tv1.2.3\th1:abc=\ndep\tgolang.org/x/net\tv0.32.0\n=>\texample.test/fork\tv1.0.0\th1:def=\n"
                + "build\t-ldflags=\"-X main.version=1.2.3 -s\"\nbuild\tCGO_ENABLED=0\nbuild\tvcs.time=2026-01-01T00:00:00Z\n"),
            bytes =>
            {
                GoBuildInfo info = BuildInfoText.Parse("x", "go1.23.5", bytes);
                LinkerVariables.Version(info.Setting("-ldflags"), info.Path, info.Main?.Path);
            },
            ["GoBuildInfoLineInvalid"]),
        _ => throw new ArgumentOutOfRangeException(nameof(name), name, null),
    };

    private void Scan(byte[] bytes) => new VulnerabilityScanner(_database).Scan(SbomDocuments.Parse(bytes, "x"));

    private static void Decide(OsvEntry entry) =>
        new GoRanges([.. entry.Affected ?? []]).Decide(ModuleVersion.Of("v0.32.0", isToolchain: false));

    private static byte[] Damage(byte[] whole, Random random)
    {
        var bytes = new List<byte>(whole);
        for (int changes = random.Next(1, 6); changes > 0; changes--)
        {
            int at = random.Next(bytes.Count + 1);
            switch (random.Next(5))
            {
                case 0 when at < bytes.Count:
                    bytes[at] = (byte)random.Next(256);
                    break;
                case 1 when at < bytes.Count:
                    bytes.RemoveRange(at, Math.Min(random.Next(1, 40), bytes.Count - at));
                    break;
                case 2:
                    bytes.InsertRange(at, whole.AsSpan(random.Next(whole.Length)).ToArray().Take(random.Next(1, 60)));
                    break;
                case 3:
                    bytes.Insert(at, "{}[]\",:\0\n09ne"u8[random.Next(13)]);
                    break;
                default:
                    bytes.RemoveRange(at, bytes.Count - at);
                    break;
            }
        }

        return [.. bytes];
    }

    private static byte[] Rehash(byte[] bytes)
    {
        int end = Array.IndexOf(bytes, (byte)'\n');
        if (end < 0)
        {
            return bytes;
        }

        string[] words = Encoding.UTF8.GetString(bytes.AsSpan(0, end)).Split('\t');
        words[Math.Min(6, words.Length - 1)] = DatabaseIndex.HashOf(bytes.AsSpan(end + 1));
        return [.. Encoding.UTF8.GetBytes(string.Join('\t', words)), .. bytes.AsSpan(end)];
    }
}
