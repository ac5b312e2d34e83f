using System.Diagnostics;
using System.Globalization;
using System.Text;
using GoCross.Errors;
using GoCross.Files;
using GoCross.Sboms;
using GoCross.Tests.Vulnerabilities;
using GoCross.Vulnerabilities;

namespace GoCross.Tests.Sboms;

/// <summary>
/// Bills of materials, databases, lists and package databases, damaged: each is a result or a named error, soon and with
/// little memory. Some thousand run here; for more,
/// <c>GOCROSS_DOCUMENT_MUTATIONS=100000 dotnet test tests/Module.Tests -c Release --filter DocumentMutationTests</c>.
/// </summary>
public sealed class DocumentMutationTests(SmallDatabase small) : IClassFixture<SmallDatabase>, IDisposable
{
    private const int Seed = 20261128;
    private const int UsualRuns = 2000;

    /// <summary>Far more than any takes on a machine that does something else as well.</summary>
    private static readonly TimeSpan MaxTimeLength = TimeSpan.FromSeconds(20);

    private readonly TemporaryDirectory _directory = new();

    public void Dispose() => _directory.Dispose();

    [Fact]
    public void A_damaged_bill_of_materials_is_a_result_or_a_named_error()
    {
        byte[] whole = Encoding.UTF8.GetBytes("""
            {"bomFormat":"CycloneDX","specVersion":"1.6","metadata":{"component":{"type":"file","name":"app"}},"components":[
             {"type":"library","name":"golang.org/x/net","version":"v0.32.0","purl":"pkg:golang/golang.org/x/net@v0.32.0",
              "components":[{"type":"library","name":"libssl3","purl":"pkg:deb/debian/libssl3@3.0.11-1?distro=debian-12&upstream=openssl%403.0.11"}],
              "properties":[{"name":"gocross:layer:index","value":"3"}],"evidence":{"occurrences":[{"location":"/app"}]}}]}
            """);
        Run(whole, bytes => new VulnerabilityScanner(small.Database).Scan(SbomDocuments.Parse(bytes, "x")), "SbomUnknown");
    }

    [Fact]
    public void A_damaged_database_is_a_result_or_a_named_error()
    {
        byte[] whole = File.ReadAllBytes(Path.Combine(small.Database.Path, "go.vulnindex"));
        Run(
            whole,
            bytes =>
            {
                // The hash made right again, so that the damage gets behind it.
                var index = DatabaseIndex.Open("x", Rehash(bytes));
                foreach (OsvEntry entry in index.Find("Go", "stdlib").Concat(index.Find("Go", "golang.org/x/net")))
                {
                    new GoRanges([.. entry.Affected ?? []]).Decide(ModuleVersion.Of("v0.32.0", isToolchain: false));
                }
            },
            "VulnerabilityDatabaseDamaged");
    }

    [Fact]
    public void A_damaged_list_is_a_result_or_a_named_error()
    {
        byte[] whole = Encoding.UTF8.GetBytes("""
            {"@context":"https://openvex.dev/ns/v0.2.0","statements":[{"vulnerability":{"name":"CVE-2024-45338","aliases":["GO-1"]},
             "status":"not_affected","products":[{"@id":"x","subcomponents":[{"@id":"pkg:golang/a/b@v1"}]}]}]}
            """);
        string path = Path.Combine(_directory.Path, "list.json");
        Run(
            whole,
            bytes =>
            {
                File.WriteAllBytes(path, bytes);
                new IgnoreList().Read(path);
            },
            "IgnoreListUnknown", "FileEmpty");
    }

    [Fact]
    public void A_damaged_package_database_is_a_result()
    {
        byte[] whole = Encoding.UTF8.GetBytes(
            "Package: libc6\nStatus: install ok installed\nArchitecture: amd64\nSource: glibc (2.36)\nVersion: 2.36-9\n\nP:musl\nV:1.2.4\no:musl\nF:lib\nR:a\n\n");
        string root = Directory.CreateDirectory(Path.Combine(_directory.Path, "root")).FullName;
        Directory.CreateDirectory(Path.Combine(root, "var/lib/dpkg"));
        Directory.CreateDirectory(Path.Combine(root, "lib/apk/db"));
        Directory.CreateDirectory(Path.Combine(root, "etc"));
        Run(whole, bytes =>
        {
            File.WriteAllBytes(Path.Combine(root, "var/lib/dpkg/status"), bytes);
            File.WriteAllBytes(Path.Combine(root, "lib/apk/db/installed"), bytes);
            File.WriteAllBytes(Path.Combine(root, "etc/os-release"), bytes);
            new SbomReader().ReadFolder(root).ToJson();
        });
    }

    private static void Run(byte[] whole, Action<byte[]> use, params string[] errors)
    {
        int runs = int.TryParse(Environment.GetEnvironmentVariable("GOCROSS_DOCUMENT_MUTATIONS"), CultureInfo.InvariantCulture, out int wanted) ? wanted : UsualRuns;
        for (int run = 0; run < runs; run++)
        {
            byte[] bytes = Damage(whole, new Random(unchecked((Seed * 31) + run)));
            long start = Stopwatch.GetTimestamp();
            long memory = GC.GetAllocatedBytesForCurrentThread();
            try
            {
                use(bytes);
            }
            catch (GoCrossException e)
            {
                Assert.True(errors.Contains(e.ErrorId), $"{run}: {e.ErrorId}");
            }
            catch (Exception e) when (e is not Xunit.Sdk.XunitException)
            {
                Assert.Fail($"{run}: {e}");
            }

            Assert.True(Stopwatch.GetElapsedTime(start) < MaxTimeLength, $"{run} took {Stopwatch.GetElapsedTime(start)}");
            Assert.True(GC.GetAllocatedBytesForCurrentThread() - memory < 64 << 20, $"{run} took too much memory");
        }
    }

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
