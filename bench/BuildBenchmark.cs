using System.Diagnostics;
using System.Globalization;

namespace GoCross.Bench;

/// <summary>Invoke-GoCrossBuild beside go build by hand: one target, and a matrix of six.</summary>
public sealed class BuildBenchmark : IBenchmark
{
    private const double MaxOverhead = 1.03;
    private const int WarmRuns = 15;
    private const int ColdRuns = 4;
    private const int MatrixRuns = 5;

    private static readonly string[] Targets =
        ["linux/amd64", "linux/arm64", "linux/arm", "linux/riscv64", "windows/amd64", "darwin/arm64"];

    private static readonly string Example = Path.Combine(Checkout.Root, "examples", "hello-http");

    /// <inheritdoc/>
    public string Name => "builds";

    /// <inheritdoc/>
    public string Description =>
        "hello-http by Invoke-GoCrossBuild and by go build: one target (at most 1.03 x), six (at most 1.0 x the faster of two loops)";

    /// <inheritdoc/>
    public IReadOnlyList<string> Tools => ["go"];

    /// <inheritdoc/>
    public bool OnlyByName => true;

    /// <inheritdoc/>
    public bool Run(TextWriter report)
    {
        using var folder = new Scratch();
        bool accepted = true;
        foreach ((string name, int runs, string before) in new[]
        {
            ("cold cache", ColdRuns, "[IO.Directory]::Delete($env:GOCACHE, $true); "),
            ("warm cache, to be linked", WarmRuns, "[IO.File]::Delete($env:BENCH_BARE); [IO.File]::Delete($env:BENCH_OURS); "),
            ("warm cache, up to date", WarmRuns, string.Empty),
        })
        {
            accepted &= One(report, folder, name, runs, before);
        }

        return accepted & Six(report, folder);
    }

    private static bool One(TextWriter report, Scratch folder, string name, int runs, string before)
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
        double ratio = Samples.MedianOf(times["ours"].Zip(times["bare"], (our, bare) => our / bare).Skip(1));
        report.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"  one target, {name}: go build {theirs:F0} ms, GoCross {mine:F0} ms; {ratio:F3} x, the median of {runs} turns"));
        return ratio <= MaxOverhead;
    }

    private static bool Six(TextWriter report, Scratch folder)
    {
        bool accepted = true;
        foreach (bool cold in new[] { true, false })
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

            double best = Math.Min(Samples.MedianOf(sequential.Select(run => run.Seconds)), Samples.MedianOf(naive.Select(run => run.Seconds)));
            double mine = Samples.MedianOf(ours.Select(run => run.Seconds));
            double naiveMemory = Samples.MedianOf(naive.Select(run => (double)run.Memory));
            double memory = Samples.MedianOf(ours.Select(run => (double)run.Memory));
            report.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"  six targets, {(cold ? "cold" : "warm")} cache: one after another {Samples.MedianOf(sequential.Select(run => run.Seconds)):F2} s, all at once {Samples.MedianOf(naive.Select(run => run.Seconds)):F2} s, GoCross {mine:F2} s: {mine / best:F2} x the faster"));
            report.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"    peak memory of go and its tools: all at once {naiveMemory / (1 << 20):F0} MiB, GoCross {memory / (1 << 20):F0} MiB"));
            accepted &= mine <= best && memory < naiveMemory;
        }

        return accepted;
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

    /// <summary>The cmdlet's own time: a shell is there before one types.</summary>
    private static double Matrix(Scratch folder, string cache)
    {
        string output = Path.Combine(folder.Path, "matrix", "{os}-{arch}");
        string script = $"$clock = [Diagnostics.Stopwatch]::StartNew(); "
            + $"$null = Invoke-GoCrossBuild $env:BENCH_SOURCE -Target {string.Join(", ", Targets)} -Strategy Static -OutputPath $env:BENCH_OURS -Force -ErrorAction Stop; "
            + "$clock.Elapsed.TotalSeconds.ToString('R', [cultureinfo]::InvariantCulture)";
        return double.Parse(
            Peer.PowerShell(script, ("GOCACHE", cache), ("BENCH_SOURCE", Example), ("BENCH_OURS", output)), CultureInfo.InvariantCulture);
    }

    /// <summary>A folder of the benchmark's own.</summary>
    private sealed class Scratch : IDisposable
    {
        internal string Path { get; } = Directory.CreateTempSubdirectory("gocross-bench-").FullName;

        public void Dispose() => Directory.Delete(Path, recursive: true);
    }
}
