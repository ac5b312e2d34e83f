using System.Globalization;
using GoCross.Elf;
using GoCross.Errors;

namespace GoCross.Bench;

/// <summary>What reading the needed libraries of all ELF files below /usr costs, against pax-utils' and binutils' readers.</summary>
public sealed class ElfBenchmark : IBenchmark
{
    private const int Rounds = 7;

    /// <summary>What the reading may cost, measured in scanelf's time for the same files.</summary>
    private const double BudgetOfScanelf = 1.5;

    public string Name => "elf";

    public string Description => "the needed libraries of every ELF file below /usr, against scanelf -n and readelf -d";

    public IReadOnlyList<string> Tools => ["scanelf", "readelf"];

    public void Run(Report report)
    {
        string[] files = [.. ElfFiles.All];
        DirectoryInfo folder = Directory.CreateTempSubdirectory("gocross-bench-");
        try
        {
            string list = Path.Combine(folder.FullName, "files");
            File.WriteAllLines(list, files);
            Read(files, ElfFacts.Linkage);
            Peer.Run("scanelf", ["-nBf", list]);

            var linkage = new Samples();
            var all = new Samples();
            var parallel = new Samples();
            var scanelf = new Samples();
            var readelf = new Samples();
            for (int i = 0; i < Rounds; i++)
            {
                linkage.Measure(() => Read(files, ElfFacts.Linkage));
                scanelf.Measure(() => Peer.Run("scanelf", ["-n", "-q", "-B", "-f", list]));
                all.Measure(() => Read(files, ElfFacts.All));
                parallel.Measure(() => files.AsParallel().ForAll(file => Read(file, ElfFacts.Linkage)));
                readelf.Measure(() => Peer.Run("xargs", ["-a", list, "-d", "\n", "readelf", "-d", "-W"]));
            }

            Write(report, "linkage", linkage, files.Length);
            Write(report, "on all cores", parallel, files.Length);
            Write(report, "all facts", all, files.Length);
            Write(report, "scanelf -n", scanelf, files.Length);
            Write(report, "readelf -d", readelf, files.Length);
            report.Compare($"needed libraries of {files.Length} files", linkage.Median, "scanelf -n", scanelf.Median, BudgetOfScanelf);
            report.Compare($"needed libraries of {files.Length} files", linkage.Median, "one readelf -d for all", readelf.Median, 1);
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    private static void Read(string[] files, ElfFacts facts)
    {
        foreach (string file in files)
        {
            Read(file, facts);
        }
    }

    private static void Read(string file, ElfFacts facts)
    {
        try
        {
            ElfInspector.Inspect(file, facts);
        }
        catch (GoCrossException)
        {
            // A damaged file costs its time, too.
        }
    }

    private static void Write(Report report, string what, Samples samples, int files) => report.WriteLine(string.Create(
        CultureInfo.InvariantCulture,
        $"  {what,-12}  {samples.Median,7:0.0} ms for {files} files, median of {Rounds} ({samples.Shortest:0.0} to {samples.Longest:0.0})"));
}
