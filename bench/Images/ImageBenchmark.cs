using System.Diagnostics;
using System.Globalization;
using GoCross.Images;

namespace GoCross.Bench.Images;

/// <summary>
/// An image of 1 GB and five layers, indexed, its files' contents hashed, all digests verified: as a docker-archive
/// against openssl that hashes the file, as gzip against gzip that unpacks the layers on all cores; and what lies
/// between two images that share four layers, against reading one of them.
/// </summary>
public sealed class ImageBenchmark : IBenchmark
{
    private const int Rounds = 5;
    private const double BudgetOfOpenSsl = 1.0;
    private const double BudgetOfGzip = 0.6;
    private const double BudgetOfReading = 1.3;
    private const long MemoryBudget = 120L << 20;

    public string Name => "images";

    public string Description => "an image of 1 GB indexed, hashed and verified, against openssl dgst -sha256 and gzip -dc";

    public IReadOnlyList<string> Tools => ["openssl", "gzip", "xargs", .. BenchImage.Tools];

    public void Run(Report report)
    {
        BenchImage image = BenchImage.Get(report);
        string blobs = string.Join('\n', image.Blobs);
        ContainerImage reference = ImageProbe.Read(image.DockerArchive);
        report.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"  {new FileInfo(image.DockerArchive).Length / 1e6:0} MB, as gzip {image.Blobs.Sum(blob => new FileInfo(blob).Length) / 1e6:0} MB; files by layer: {string.Join(", ", reference.Layers.Select(layer => layer.FileCount))}"));
        ImageProbe.Read(image.Layout);
        Sh("openssl", ["dgst", "-sha256", image.DockerArchive]);
        Sh("xargs", ["-n", "1", "cat"], blobs);

        (Samples archive, Samples openssl, Samples layout, Samples gzip, Samples comparison) = (new(), new(), new(), new(), new());
        for (int i = 0; i < Rounds; i++)
        {
            archive.Measure(() => ImageProbe.Read(image.DockerArchive));
            openssl.Measure(() => Sh("openssl", ["dgst", "-sha256", image.DockerArchive]));
            layout.Measure(() => ImageProbe.Read(image.Layout));
            gzip.Measure(() => Sh("xargs", ["-n", "1", "-P", Environment.ProcessorCount.ToString(CultureInfo.InvariantCulture), "gzip", "-dc"], blobs));
            comparison.Measure(() => Compare(image));
        }

        long peak = ImageProbe.Start(image.DockerArchive).Peak;
        long gzipPeak = ImageProbe.Start(image.Layout).Peak;
        report.Compare("docker-archive of 1 GB read", archive.Median, "openssl dgst -sha256", openssl.Median, BudgetOfOpenSsl);
        report.Compare("OCI layout of it, gzip, read", layout.Median, "gzip -dc on all cores", gzip.Median, BudgetOfGzip);
        report.Compare("two such images compared", comparison.Median, "reading one", layout.Median, BudgetOfReading);
        report.Measure("peak memory for the archive", peak / 1048576.0, "MiB", MemoryBudget >> 20);
        report.Measure("peak memory for the layout", gzipPeak / 1048576.0, "MiB", MemoryBudget >> 20);
    }

    private static void Compare(BenchImage image)
    {
        ContainerImage reference = ImageProbe.Read(image.Layout);
        ContainerImage other = new ImageReader()
            .ReadAsync(ImageLocation.Parse(image.OtherLayout, name => name), reference, CancellationToken.None)
            .GetAwaiter().GetResult();
        ImageComparison comparison = ImageComparer.Compare(reference, other, CancellationToken.None);
        if (comparison.Layers.Count(layer => layer.SideIndicator == "==") != 4 || comparison.FilesAdded != 1)
        {
            throw new InvalidOperationException("The two images do not differ in one layer and one file.");
        }
    }

    // What a program writes goes where it costs least: to nobody.
    private static void Sh(string program, string[] arguments, string input = "")
    {
        var start = new ProcessStartInfo("sh", ["-c", "exec \"$@\" > /dev/null", "sh", program, .. arguments]) { RedirectStandardInput = true };
        using Process process = Process.Start(start)!;
        process.StandardInput.Write(input);
        process.StandardInput.Close();
        process.WaitForExit();
        if (process.ExitCode != 0)
        {
            throw new InvalidOperationException($"{program} ended with {process.ExitCode}.");
        }
    }
}
