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

    public bool Run(TextWriter report)
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
        Write(report, "docker-archive", archive, "openssl", openssl, BudgetOfOpenSsl);
        Write(report, "gzip layout", layout, "gzip -dc", gzip, BudgetOfGzip);
        Write(report, "comparison", comparison, "reading one", layout, BudgetOfReading);
        report.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"  memory at its peak: {peak / 1048576.0:0} MiB for the archive, {gzipPeak / 1048576.0:0} MiB for the layout, {(Math.Max(peak, gzipPeak) <= MemoryBudget ? "within" : "OVER")} the budget of {MemoryBudget >> 20} MiB"));

        // The budgets are for a machine that does nothing else; twice of them is a defect on any.
        return archive.Median <= 2 * BudgetOfOpenSsl * openssl.Median
            && layout.Median <= 2 * BudgetOfGzip * gzip.Median
            && comparison.Median <= 2 * BudgetOfReading * layout.Median
            && Math.Max(peak, gzipPeak) <= 2 * MemoryBudget;
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

    private static void Write(TextWriter report, string what, Samples ours, string peer, Samples theirs, double budget)
    {
        double ratio = ours.Median / theirs.Median;
        report.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"  {what,-14} {ours.Median,6:0} ms ({ours.Shortest:0} to {ours.Longest:0}), {peer} {theirs.Median:0} ms ({theirs.Shortest:0} to {theirs.Longest:0}): {ratio:0.00} of it, {(ratio <= budget ? "within" : "OVER")} the budget of {budget:0.0}"));
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
