using System.Diagnostics;
using System.Globalization;

namespace GoCross.Bench;

/// <summary>What Get-ElfDependency costs in a pipeline, against one readelf for each file, and -Resolve against lddtree.</summary>
public sealed class ElfPipelineBenchmark : IBenchmark
{
    private const int Files = 200;

    /// <summary>How many times faster than a process a file it has to be.</summary>
    private const double ReadelfFactor = 10;

    /// <summary>How many times faster than lddtree -Resolve has to be.</summary>
    private const double LddtreeFactor = 30;

    public string Name => "elf-pipeline";

    public string Description => "Get-ElfDependency against readelf -d a file, -Resolve against lddtree";

    public IReadOnlyList<string> Tools => ["readelf", "lddtree"];

    public bool Run(TextWriter report)
    {
        // Programs, not scripts; big ones and small ones as they come.
        string[] all = [.. Directory.GetFiles("/usr/bin").Where(IsElf).Order(StringComparer.Ordinal)];
        string[] files = [.. all.Where((_, i) => i % Math.Max(1, all.Length / Files) == 0).Take(Files)];
        DirectoryInfo folder = Directory.CreateTempSubdirectory("gocross-bench-");
        try
        {
            string list = Path.Combine(folder.FullName, "files");
            File.WriteAllLines(list, files);
            double readelf = Processes("readelf", files, "-d");
            double cmdlet = Pipeline(list, string.Empty);
            double lddtree = Processes("lddtree", files);
            double resolve = Pipeline(list, "-Resolve");
            Write(report, "Get-ElfDependency", cmdlet, readelf, "one readelf -d a file", ReadelfFactor, files.Length);
            Write(report, "... -Resolve", resolve, lddtree, "lddtree", LddtreeFactor, files.Length);
            return readelf / cmdlet > ReadelfFactor / 2 && lddtree / resolve > LddtreeFactor / 2;
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    private static bool IsElf(string path)
    {
        using FileStream file = File.OpenRead(path);
        Span<byte> magic = stackalloc byte[4];
        return file.Read(magic) == 4 && magic.SequenceEqual("\u007fELF"u8);
    }

    private static double Processes(string program, string[] files, params string[] flags)
    {
        long started = Stopwatch.GetTimestamp();
        foreach (string file in files)
        {
            Run(program, [.. flags, file]);
        }

        return Stopwatch.GetElapsedTime(started).TotalMilliseconds;
    }

    // Measured inside the process, when .NET has compiled what is used often: what starting costs is paid once, not
    // once a file. The median of five.
    private static double Pipeline(string list, string flags)
    {
        string command = "$files = [System.IO.File]::ReadAllLines($env:GOCROSS_BENCH_FILES); "
            + $"foreach ($i in 1..5) {{ $null = $files | Get-ElfDependency {flags} }}; "
            + "$times = foreach ($i in 1..5) { $clock = [System.Diagnostics.Stopwatch]::StartNew(); "
            + $"$null = $files | Get-ElfDependency {flags}; $clock.Elapsed.TotalMilliseconds }}; "
            + "[Array]::Sort($times); $times[2].ToString('R', [cultureinfo]::InvariantCulture)";
        string output = Run("dotnet", [Checkout.Shell, "-Command", command], list);
        return double.Parse(output, CultureInfo.InvariantCulture);
    }

    private static string Run(string program, string[] arguments, string? list = null)
    {
        var start = new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true };
        start.Environment["GOCROSS_BENCH_FILES"] = list;
        using Process process = Process.Start(start)!;
        Task errors = process.StandardError.ReadToEndAsync();
        string output = process.StandardOutput.ReadToEnd();
        errors.Wait();
        process.WaitForExit();
        return output;
    }

    private static void Write(
        TextWriter report, string what, double ours, double theirs, string peer, double factor, int files) =>
        report.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"  {what,-18} {ours,7:0.0} ms for {files} files, {peer} {theirs:0.0} ms: {theirs / ours:0.0} times faster, {(theirs / ours >= factor ? "as" : "NOT as")} budgeted ({factor:0})"));
}
