using System.Globalization;
using GoCross.Elf;

namespace GoCross.Bench;

/// <summary>
/// What Get-ElfDependency costs in a pipeline, against one readelf for each file, and -Resolve against lddtree. The
/// cmdlet is timed inside its process: what starting .NET and PowerShell costs is paid once, not once a file. The first
/// pass, in which .NET still compiles, is told beside the later ones.
/// </summary>
public sealed class ElfPipelineBenchmark : IBenchmark
{
    private const int Files = 1000;

    /// <summary>lddtree takes hundreds of milliseconds a program.</summary>
    private const int Programs = 60;

    private const int Rounds = 3;

    /// <summary>How many times faster than a process a file it has to be.</summary>
    private const double ReadelfFactor = 10;

    /// <summary>How many times faster than lddtree -Resolve has to be.</summary>
    private const double LddtreeFactor = 30;

    public string Name => "elf-pipeline";

    public string Description => "Get-ElfDependency against readelf -d a file, -Resolve against lddtree";

    public IReadOnlyList<string> Tools => ["readelf", "lddtree"];

    public void Run(Report report)
    {
        string[] files = ElfFiles.Sample(Files);
        string[] programs = ElfFiles.Spread(
            [.. ElfFiles.All.Where(path => path.StartsWith("/usr/bin/", StringComparison.Ordinal) && IsDynamic(path))], Programs);
        DirectoryInfo folder = Directory.CreateTempSubdirectory("gocross-bench-");
        try
        {
            string list = Path.Combine(folder.FullName, "files");
            File.WriteAllLines(list, files);
            Compare(
                report, "$files | Get-ElfDependency", list, files, path => Peer.Run("readelf", ["-d", path]), "one readelf -d a file", ReadelfFactor);
            Compare(
                report, "Get-ElfDependency $files", list, files, path => Peer.Run("readelf", ["-d", path]), "one readelf -d a file", ReadelfFactor);
            File.WriteAllLines(list, programs);
            Compare(
                report, "$files | Get-ElfDependency -Resolve", list, programs, path => Peer.Run("lddtree", [path]), "lddtree", LddtreeFactor);
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    private static bool IsDynamic(string path)
    {
        try
        {
            return ElfInspector.Inspect(path, ElfFacts.Linkage).Linkage == ElfLinkage.Dynamic;
        }
        catch (Errors.GoCrossException)
        {
            return false;
        }
    }

    // Turn and turn about: a machine that is busy is busy for both.
    private static void Compare(
        Report report, string command, string list, string[] files, Action<string> peer, string peerName, double factor)
    {
        var ours = new Samples();
        var first = new Samples();
        var theirs = new Samples();
        for (int i = 0; i < Rounds; i++)
        {
            double[] passes = [.. Passes(command, list)];
            first.Add(passes[0]);
            ours.Add(passes[1..].Order().ElementAt((passes.Length - 1) / 2));
            theirs.Measure(() => Array.ForEach(files, peer));
        }

        report.WriteLine(string.Create(
            CultureInfo.InvariantCulture, $"  {command}: {first.Median:0.0} ms for {files.Length} files in the first pass of a process"));
        report.Compare($"{command.Replace("|", "\\|", StringComparison.Ordinal)}, {files.Length} files", ours.Median, peerName, theirs.Median, 1 / factor);
    }

    // The times of six passes in one process.
    private static IEnumerable<double> Passes(string command, string list)
    {
        string script = "$files = [System.IO.File]::ReadAllLines($env:GOCROSS_BENCH_FILES); foreach ($i in 1..6) { "
            + "$clock = [System.Diagnostics.Stopwatch]::StartNew(); "
            + $"$null = {command} -ErrorAction Ignore; $clock.Elapsed.TotalMilliseconds.ToString('R', [cultureinfo]::InvariantCulture) }}";
        return Peer.PowerShell(script, ("GOCROSS_BENCH_FILES", list))
            .Split('\n', StringSplitOptions.RemoveEmptyEntries)
            .Select(line => double.Parse(line, CultureInfo.InvariantCulture));
    }
}
