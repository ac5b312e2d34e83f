using System.Diagnostics;
using System.Globalization;

namespace GoCross.Bench;

/// <summary>Invoke-GoCrossBuild beside go build by hand: one target, a matrix of six, and many programs of one module.</summary>
/// <param name="cold">Whether go's build cache is emptied before each build, which takes long, or is filled.</param>
public abstract class BuildBenchmark(bool cold) : IBenchmark
{
    private const double MaxOverhead = 1.03;
    private const int WarmRuns = 15;
    private const double MaxOverheadOnBusyMachine = 1.2;
    private const double MaxOfFasterLoop = 1;
    private const double MaxOfOneGoBuild = 1.05;
    private const int Programs = 19;
    private const int ColdRuns = 4;
    private const int MatrixRuns = 5;

    private static readonly string[] Targets =
        ["linux/amd64", "linux/arm64", "linux/arm", "linux/riscv64", "windows/amd64", "darwin/arm64"];

    private static readonly string Example = Path.Combine(Checkout.Root, "examples", "hello-http");

    /// <inheritdoc/>
    public string Name => cold ? "builds-cold" : "builds";

    /// <inheritdoc/>
    public string Description =>
        $"hello-http by Invoke-GoCrossBuild and by go build with {(cold ? "an empty" : "a filled")} cache: one target, six; {Programs} programs of one module";

    /// <inheritdoc/>
    public IReadOnlyList<string> Tools => ["go"];

    /// <inheritdoc/>
    public bool OnlyByName => cold;

    /// <inheritdoc/>
    public void Run(Report report)
    {
        using var folder = new Scratch();
        if (cold)
        {
            One(report, folder, "empty cache", ColdRuns, "[IO.Directory]::Delete($env:GOCACHE, $true); ");
        }
        else
        {
            One(report, folder, "to be linked", WarmRuns, "[IO.File]::Delete($env:BENCH_BARE); [IO.File]::Delete($env:BENCH_OURS); ");
            One(report, folder, "up to date", WarmRuns, string.Empty);
        }

        Six(report, folder, cold);
        Many(report, folder, cold);
    }

    private static void One(Report report, Scratch folder, string name, int runs, string before)
    {
        string bare = Path.Combine(folder.Path, "bare", "hello-http");
        string ours = Path.Combine(folder.Path, "ours", "hello-http");

        // Both in one process and turn about, and turn about who is first: a build leaves pages for the disk to write behind.
        // The first turn of each is not counted.
        string script =
            $$"""
            $null = [IO.Directory]::CreateDirectory($env:GOCACHE)
            function Invoke-Timed([string] $Who, [scriptblock] $Work) {
                $clock = [Diagnostics.Stopwatch]::StartNew()
                & $Work
                "$Who " + $clock.Elapsed.TotalMilliseconds.ToString('R', [cultureinfo]::InvariantCulture)
            }
            $bare = {
                $start = [Diagnostics.ProcessStartInfo]::new('go', [string[]] @('build', '-trimpath', '-buildvcs=auto', '-ldflags', '-s -w', '-o', $env:BENCH_BARE, '.'))
                $start.WorkingDirectory = $env:BENCH_SOURCE
                $start.Environment['CGO_ENABLED'] = '0'
                $process = [Diagnostics.Process]::Start($start)
                $process.WaitForExit()
                if ($process.ExitCode -ne 0) { throw 'go build failed' }
            }
            $ours = { $null = Invoke-GoCrossBuild $env:BENCH_SOURCE -Target linux/amd64 -OutputPath $env:BENCH_OURS -Force -ErrorAction Stop }
            foreach ($turn in 0..{{runs}}) {
                foreach ($place in 0, 1) {
                    {{before}}
                    if (($turn + $place) % 2 -eq 0) { Invoke-Timed bare $bare } else { Invoke-Timed ours $ours }
                }
            }
            """;
        ILookup<string, double> times = Peer.PowerShell(
                script,
                ("GOCACHE", Path.Combine(folder.Path, "cache")),
                ("BENCH_SOURCE", Example),
                ("BENCH_BARE", bare),
                ("BENCH_OURS", ours))
            .Split('\n', StringSplitOptions.RemoveEmptyEntries)
            .Select(line => line.Split(' '))
            .ToLookup(parts => parts[0], parts => double.Parse(parts[1], CultureInfo.InvariantCulture));
        double theirs = Samples.MedianOf(times["bare"].Skip(1));
        double mine = Samples.MedianOf(times["ours"].Skip(1));
        report.Compare($"one target, {name}", mine, "go build", theirs, MaxOverhead, MaxOverheadOnBusyMachine);
    }

    private static void Six(Report report, Scratch folder, bool cold)
    {
        int runs = cold ? 1 : MatrixRuns;
        List<(double Seconds, long Memory)> sequential = [];
        List<(double Seconds, long Memory)> naive = [];
        List<(double Seconds, long Memory)> ours = [];
        for (int i = 0; i < runs; i++)
        {
            sequential.Add(Measured(folder, cold, cache => Loop(folder, cache, atOnce: 1)));
            naive.Add(Measured(folder, cold, cache => Loop(folder, cache, atOnce: Targets.Length)));
            ours.Add(Measured(folder, cold, cache => Matrix(folder, cache)));
        }

        double mine = 1000 * Samples.MedianOf(ours.Select(run => run.Seconds));
        double memory = Samples.MedianOf(ours.Select(run => (double)run.Memory)) / (1 << 20);
        double naiveMemory = Samples.MedianOf(naive.Select(run => (double)run.Memory)) / (1 << 20);
        double one = 1000 * Samples.MedianOf(sequential.Select(run => run.Seconds));
        double all = 1000 * Samples.MedianOf(naive.Select(run => run.Seconds));
        report.Compare("six targets", mine, "go build, one after another", one, MaxOfFasterLoop, MaxOverheadOnBusyMachine);
        report.Compare("six targets", mine, "go build, all at once", all, MaxOfFasterLoop, MaxOverheadOnBusyMachine);
        report.Measure("six targets: peak memory of go and its tools, all at once being the budget", memory, "MiB", naiveMemory, limit: naiveMemory);
    }

    /// <summary>Many programs of one module beside one go build of them all, turn and turn about.</summary>
    private static void Many(Report report, Scratch folder, bool cold)
    {
        string source = Path.Combine(folder.Path, "many");
        WriteModule(source);
        List<double> theirs = [];
        List<double> ours = [];
        for (int i = 0; i < (cold ? 1 : MatrixRuns); i++)
        {
            theirs.Add(Measured(folder, cold, cache => All(folder, source, cache)).Seconds);
            ours.Add(Measured(folder, cold, cache => Cmdlet(
                "Invoke-GoCrossBuild $env:BENCH_SOURCE/... -Target linux/amd64 -Strategy Static -OutputPath $env:BENCH_OURS -Force -ErrorAction Stop",
                cache,
                source,
                Path.Combine(folder.Path, "many-ours", "{name}"))).Seconds);
        }

        report.Compare(
            $"{Programs} programs of one module",
            1000 * Samples.MedianOf(ours),
            "one go build of all",
            1000 * Samples.MedianOf(theirs),
            MaxOfOneGoBuild,
            MaxOverheadOnBusyMachine);
    }

    private static double All(Scratch folder, string source, string cache)
    {
        string output = Path.Combine(folder.Path, "many-theirs");
        if (Directory.Exists(output))
        {
            Directory.Delete(output, recursive: true);
        }

        long started = Stopwatch.GetTimestamp();
        Peer.Run(
            "go",
            ["build", "-C", source, "-trimpath", "-buildvcs=auto", "-ldflags", "-s -w", "-o", output + Path.DirectorySeparatorChar, "./..."],
            ("CGO_ENABLED", "0"),
            ("GOCACHE", cache));
        return Stopwatch.GetElapsedTime(started).TotalSeconds;
    }

    /// <summary>A module of programs that share most of what they use: a server's part of the standard library, and a package of their own.</summary>
    private static void WriteModule(string folder)
    {
        Directory.CreateDirectory(Path.Combine(folder, "shared"));
        File.WriteAllText(Path.Combine(folder, "go.mod"), "module example.test/many\n\ngo 1.21\n");
        File.WriteAllText(
            Path.Combine(folder, "shared", "shared.go"),
            "// Package shared is what all programs use.\npackage shared\n\nimport (\n\t\"encoding/json\"\n\t\"net/http\"\n)\n\n"
                + "// Serve answers with its name.\nfunc Serve(name string) error {\n\treturn http.ListenAndServe(\"127.0.0.1:0\", "
                + "http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { json.NewEncoder(w).Encode(name) }))\n}\n");
        for (int i = 0; i < Programs; i++)
        {
            string program = string.Create(CultureInfo.InvariantCulture, $"program{i:00}");
            Directory.CreateDirectory(Path.Combine(folder, "cmd", program));
            File.WriteAllText(
                Path.Combine(folder, "cmd", program, "main.go"),
                $"package main\n\nimport \"example.test/many/shared\"\n\nfunc main() {{ panic(shared.Serve(\"{program}\")) }}\n");
        }
    }

    private static (double Seconds, long Memory) Measured(Scratch folder, bool cold, Func<string, double> work)
    {
        string cache = Path.Combine(folder.Path, "cache");
        if (cold && Directory.Exists(cache))
        {
            Directory.Delete(cache, recursive: true);
        }

        Directory.CreateDirectory(cache);
        using var memory = new GoMemory();
        return (work(cache), memory.Peak);
    }

    private static double Loop(Scratch folder, string cache, int atOnce)
    {
        Directory.CreateDirectory(Path.Combine(folder.Path, "loop"));
        long started = Stopwatch.GetTimestamp();
        Parallel.ForEach(Targets, new ParallelOptions { MaxDegreeOfParallelism = atOnce }, target =>
        {
            string[] parts = target.Split('/');
            string output = Path.Combine(folder.Path, "loop", target.Replace('/', '-'));
            File.Delete(output);
            Peer.Run(
                "go",
                ["build", "-C", Example, "-trimpath", "-buildvcs=auto", "-ldflags", "-s -w", "-o", output, "."],
                ("CGO_ENABLED", "0"),
                ("GOCACHE", cache),
                ("GOOS", parts[0]),
                ("GOARCH", parts[1]));
        });
        return Stopwatch.GetElapsedTime(started).TotalSeconds;
    }

    private static double Matrix(Scratch folder, string cache) => Cmdlet(
        $"Invoke-GoCrossBuild $env:BENCH_SOURCE -Target {string.Join(", ", Targets)} -Strategy Static -OutputPath $env:BENCH_OURS -Force -ErrorAction Stop",
        cache,
        Example,
        Path.Combine(folder.Path, "matrix", "{os}-{arch}"));

    /// <summary>The cmdlet's own time: a shell is there before one types.</summary>
    private static double Cmdlet(string command, string cache, string source, string output) => double.Parse(
        Peer.PowerShell(
            $"$clock = [Diagnostics.Stopwatch]::StartNew(); $null = {command}; $clock.Elapsed.TotalSeconds.ToString('R', [cultureinfo]::InvariantCulture)",
            ("GOCACHE", cache),
            ("BENCH_SOURCE", source),
            ("BENCH_OURS", output)),
        CultureInfo.InvariantCulture);

    /// <summary>A folder of the benchmark's own.</summary>
    private sealed class Scratch : IDisposable
    {
        internal string Path { get; } = Directory.CreateTempSubdirectory("gocross-bench-").FullName;

        public void Dispose() => Directory.Delete(Path, recursive: true);
    }
}
