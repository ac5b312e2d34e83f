using System.Diagnostics;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using GoCross.Errors;
using GoCross.GoBinaries;
using GoCross.Sboms;
using GoCross.Vulnerabilities;

namespace GoCross.Fuzz;

/// <summary>
/// Damages what strangers write besides binaries: bills of materials, vulnerability databases and their reports, lists of
/// what is to be ignored, databases of packages, the text of Go's build information, and a program's table of functions. Each
/// ends in a result or in one of the errors that are named for it, soon and with little memory.
/// </summary>
public sealed class DocumentFuzz
{
    /// <summary>The most that a call may allocate, in bytes; what is freed meanwhile counts as well.</summary>
    private const long MemoryLimit = 64L << 20;

    /// <summary>Far more than any takes on a machine that does something else as well.</summary>
    private static readonly TimeSpan TimeLimit = TimeSpan.FromSeconds(20);

    private readonly string _folder;
    private readonly string? _go;
    private readonly VulnerabilityDatabase _database;
    private readonly Sbom _scanned = SbomDocuments.Parse(Encoding.UTF8.GetBytes(CycloneDx), "x");

    /// <summary>Prepares a run.</summary>
    /// <param name="folder">An empty folder to work in.</param>
    /// <param name="go">The path of go; null where it is not installed: then there is no table of functions.</param>
    public DocumentFuzz(string folder, string? go)
    {
        _folder = folder;
        _go = go;
        string reports = Path.Combine(folder, "reports");
        Directory.CreateDirectory(reports);
        File.WriteAllText(Path.Combine(reports, "GO-2099-0001.json"), Report);
        _database = VulnerabilityDatabase.Import(reports, Path.Combine(folder, "database"));
        foreach (string part in (string[])["root/var/lib/dpkg/status.d", "root/lib/apk/db", "root/etc"])
        {
            Directory.CreateDirectory(Path.Combine(folder, part));
        }
    }

    /// <summary>The kind that takes go.</summary>
    public const string FunctionTable = "function-table";

    /// <summary>The kinds of documents.</summary>
    public static IReadOnlyList<string> Names { get; } =
        ["sbom-cyclonedx", "sbom-spdx", "database", "report", "ignore-list", "dpkg", "apk", "build-info", FunctionTable];

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

    private const string CycloneDx = """
        {"bomFormat":"CycloneDX","specVersion":"1.6","metadata":{"component":{"type":"file","name":"app"}},"components":[
         {"type":"library","name":"golang.org/x/net","version":"v0.32.0","purl":"pkg:golang/golang.org/x/net@v0.32.0",
          "components":[{"type":"library","name":"libssl3","purl":"pkg:deb/debian/libssl3@3.0.11-1?distro=debian-12&upstream=openssl%403.0.11"}],
          "properties":[{"name":"gocross:layer:index","value":"3"}],"evidence":{"occurrences":[{"location":"/app"}]}}]}
        """;

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
            Encoding.UTF8.GetBytes(CycloneDx),
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
                // Imported, and asked about what the undamaged one is about.
                string reports = Path.Combine(_folder, "reports");
                File.WriteAllBytes(Path.Combine(reports, "GO-2099-0001.json"), bytes);
                var database = VulnerabilityDatabase.Import(reports, Path.Combine(_folder, "imported"));
                foreach (OsvEntry entry in database.Find("Go", "golang.org/x/net"))
                {
                    Decide(entry);
                }

                VulnerabilityScan scan = new VulnerabilityScanner(database) { IncludeNotAffected = true, IncludeWithdrawn = true }.Scan(_scanned);
                var document = new VulnerabilityDocument([scan], database.Modified);
                foreach (VulnerabilityFormat format in Enum.GetValues<VulnerabilityFormat>())
                {
                    document.ToJson(format);
                }
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
        "dpkg" => (
            Encoding.UTF8.GetBytes(
                "Package: libc6\nStatus: install ok installed\nArchitecture: amd64\nMulti-Arch: same\nSource: glibc (2.36)\nVersion: 2.36-9\n"
                + "Description: text\n of two lines\n\nPackage: base\nVersion: 1\nStatus: deinstall ok config-files\n\nID=debian\nVERSION_ID=\"12\"\n"),
            bytes => ReadPackages(bytes, "var/lib/dpkg/status", "var/lib/dpkg/status.d/base", "etc/os-release"),
            []),
        "apk" => (
            Encoding.UTF8.GetBytes("C:Q1abc=\nP:musl\nV:1.2.4-r2\nA:x86_64\no:musl\nF:lib\nR:a\nZ:Q1x=\n\nP:b\nV:1_git2\n\nID=alpine\nVERSION_ID=3.19.1\n"),
            bytes => ReadPackages(bytes, "lib/apk/db/installed", "etc/os-release"),
            []),
        FunctionTable => OfProgram(FuzzSeeds.MakeGo(Directory.CreateDirectory(Path.Combine(_folder, "program")).FullName, _go!)),
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

    // The part of a program that is its table; what is damaged goes back to its place.
    private static (byte[] Whole, Action<byte[]> Use, string[] Errors) OfProgram(FuzzSeed seed)
    {
        int start = (int)GoFunctionTable.TryOpen(new BytesView(seed.Bytes))!.Offset;
        byte[] program = seed.Bytes;
        byte[] whole = program[start..];
        return (
            whole,
            bytes =>
            {
                bytes.AsSpan(0, Math.Min(bytes.Length, whole.Length)).CopyTo(program.AsSpan(start));
                try
                {
                    if (GoFunctionTable.TryOpen(new BytesView(program)) is { } table)
                    {
                        LinkedCode.Read(table, "example.test/ready");
                        GoSourceModules.Read(table);
                    }
                }
                finally
                {
                    whole.CopyTo(program.AsSpan(start));
                }
            },
            ["GoFunctionTableDamaged"]);
    }

    private void ReadPackages(byte[] bytes, params string[] files)
    {
        string root = Path.Combine(_folder, "root");
        foreach (string file in files)
        {
            File.WriteAllBytes(Path.Combine(root, file), bytes);
        }

        new VulnerabilityScanner(_database).Scan(new SbomReader().ReadFolder(root)).Sbom.ToJson(SbomFormat.Spdx);
    }

    private void Scan(byte[] bytes) => new VulnerabilityScanner(_database).Scan(SbomDocuments.Parse(bytes, "x"));

    private static void Decide(OsvEntry entry) =>
        new GoRanges([.. entry.Affected ?? []]).Decide(ModuleVersion.Of("v0.32.0", isToolchain: false));

    private static byte[] Damage(byte[] whole, Random random) =>
        whole.AsSpan().StartsWith("{"u8) && random.Next(2) == 0 ? DamageValues(whole, random) : DamageBytes(whole, random);

    // Well-formed, and not what the format says: a value of another kind, an item that is null, a list in a list.
    private static byte[] DamageValues(byte[] whole, Random random)
    {
        JsonNode root = JsonNode.Parse(whole)!;
        for (int changes = random.Next(1, 4); changes > 0; changes--)
        {
            JsonNode[] values = [.. Below(root)];
            if (values.Length == 0)
            {
                break;
            }

            Replace(values[random.Next(values.Length)], value => random.Next(11) switch
            {
                0 => new JsonObject(),
                1 => new JsonArray(),
                2 => new JsonArray(null, value.DeepClone()),
                3 => new JsonArray(value.DeepClone(), value.DeepClone()),
                4 => JsonValue.Create(random.Next(-2, 3)),
                5 => JsonValue.Create("\u001b[31m\t\u202E"),
                6 => JsonValue.Create(new string('9', 400)),
                7 => JsonValue.Create(string.Empty),
                8 => JsonValue.Create(true),
                _ => null,
            });
        }

        return JsonSerializer.SerializeToUtf8Bytes(root);
    }

    private static IEnumerable<JsonNode> Below(JsonNode node) => (node switch
    {
        JsonObject map => map.Select(pair => pair.Value),
        JsonArray list => list,
        _ => [],
    }).OfType<JsonNode>().SelectMany(child => Below(child).Prepend(child));

    private static void Replace(JsonNode node, Func<JsonNode, JsonNode?> change)
    {
        if (node.Parent is JsonArray list)
        {
            list[list.IndexOf(node)] = change(node);
        }
        else if (node.Parent is JsonObject map)
        {
            map[node.GetPropertyName()] = change(node);
        }
    }

    private static byte[] DamageBytes(byte[] whole, Random random)
    {
        var bytes = new List<byte>(whole);
        for (int changes = random.Next(1, 6); changes > 0; changes--)
        {
            // Every second change is near the beginning, where what is long says how the rest is read.
            int at = random.Next((random.Next(2) == 0 ? Math.Min(bytes.Count, 256) : bytes.Count) + 1);
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
