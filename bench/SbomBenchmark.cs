using System.Globalization;
using System.Text;
using GoCross.Bench.Images;
using GoCross.Images;
using GoCross.Sboms;
using GoCross.Vulnerabilities;

namespace GoCross.Bench;

/// <summary>
/// The bill of materials of an image of 1 GB, against reading the image alone, uncompressed and as gzip; and ten thousand
/// components against a vulnerability database, where GOCROSS_VULNDB says where one is.
/// </summary>
public sealed class SbomBenchmark : IBenchmark
{
    private const int Rounds = 5;
    private const double BudgetOfReading = 1.2;
    private const double BudgetOfMatching = 300;

    public string Name => "sboms";

    public string Description => "the bill of materials of an image of 1 GB, against reading it; 10,000 components against a database";

    public IReadOnlyList<string> Tools => BenchImage.Tools;

    public void Run(Report report)
    {
        BenchImage image = BenchImage.Get(report);
        (Samples archive, Samples archiveSbom, Samples layout, Samples layoutSbom) = (new(), new(), new(), new());
        ReadSbom(image.DockerArchive);
        ReadSbom(image.Layout);
        for (int i = 0; i < Rounds; i++)
        {
            archive.Measure(() => ImageProbe.Read(image.DockerArchive));
            archiveSbom.Measure(() => ReadSbom(image.DockerArchive));
            layout.Measure(() => ImageProbe.Read(image.Layout));
            layoutSbom.Measure(() => ReadSbom(image.Layout));
        }

        report.Compare("SBOM of a docker-archive of 1 GB", archiveSbom.Median, "reading it", archive.Median, BudgetOfReading);
        report.Compare("SBOM of an OCI layout of it, gzip", layoutSbom.Median, "reading it", layout.Median, BudgetOfReading);
        if (Environment.GetEnvironmentVariable("GOCROSS_VULNDB") is { Length: > 0 } source)
        {
            Match(report, source);
        }
    }

    // As a cmdlet reads one: with a session, of which each time there is a new one.
    private static int ReadSbom(string path)
    {
        using var session = new ImageSession();
        using OpenImage image = new ImageReader { Session = session }
            .OpenAsync(ImageLocation.Parse(path, given => given), CancellationToken.None, CancellationToken.None).GetAwaiter().GetResult();
        return new SbomReader().ReadImage(image).Components.Count;
    }

    private static void Match(Report report, string source)
    {
        DirectoryInfo folder = Directory.CreateTempSubdirectory("gocross-bench-");
        try
        {
            VulnerabilityDatabase.Import(source, folder.FullName);
            var json = new StringBuilder("{\"bomFormat\":\"CycloneDX\",\"specVersion\":\"1.6\",\"components\":[");
            for (int i = 0; i < 10_000; i++)
            {
                string name = i % 10 == 0 ? "golang.org/x/net" : $"example.test/module{i}";
                json.Append(CultureInfo.InvariantCulture, $"{(i == 0 ? "" : ",")}{{\"type\":\"library\",\"name\":\"{name}\",\"purl\":\"pkg:golang/{name}@v0.{i / 10}.0\"}}");
            }

            string document = Path.Combine(folder.FullName, "many.cdx.json");
            File.WriteAllText(document, json.Append("]}").ToString());
            var matching = new Samples();
            for (int i = 0; i < Rounds; i++)
            {
                matching.Measure(() => new VulnerabilityScanner(VulnerabilityDatabase.Open(folder.FullName)).Scan(SbomDocuments.Read(document)));
            }

            report.Measure("10,000 components, the database opened", matching.Median, "ms", BudgetOfMatching);
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }
}
