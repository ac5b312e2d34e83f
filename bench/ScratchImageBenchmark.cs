using System.Globalization;

namespace GoCross.Bench;

/// <summary>The image of one static program by New-ScratchImage and by docker build from scratch, the engine warm.</summary>
public sealed class ScratchImageBenchmark : IBenchmark
{
    private const int Runs = 9;
    private const double MaxOfLegacy = 0.2;
    private const double MaxOfBuildKit = 0.5;
    private const long MemoryLimit = 16L << 20;

    /// <inheritdoc/>
    public string Name => "scratch-image";

    /// <inheritdoc/>
    public string Description => "the image of one static program: New-ScratchImage against docker build FROM scratch (legacy at most 0.2, BuildKit 0.5)";

    /// <inheritdoc/>
    public IReadOnlyList<string> Tools => ["go", "docker", "dockerd", "unshare"];

    /// <inheritdoc/>
    public void Run(Report report)
    {
        if (DockerProcess.BuildKitClient is not { } client)
        {
            report.WriteLine("  not run: needs a docker client with BuildKit");
            return;
        }

        string folder = Directory.CreateTempSubdirectory("gocross-bench-").FullName;
        try
        {
            using var engine = new DockerProcess();
            string program = Path.Combine(folder, "hello-http");
            Peer.Run(
                "go",
                ["build", "-C", Path.Combine(Checkout.Root, "examples", "hello-http"), "-trimpath", "-ldflags=-s -w", "-o", program, "."],
                ("CGO_ENABLED", "0"));
            File.WriteAllText(Path.Combine(folder, "Dockerfile"), "FROM scratch\nCOPY hello-http /hello-http\nENTRYPOINT [\"/hello-http\"]\n");

            // A byte more each time: nobody has the layer in a cache. The first turn of each is not counted.
            string script =
                """
                function Invoke-Timed([string] $Who, [scriptblock] $Work) {
                    $file = [IO.File]::Open("$env:BENCH_FOLDER/hello-http", [IO.FileMode]::Append)
                    $file.WriteByte(1)
                    $file.Dispose()
                    $clock = [Diagnostics.Stopwatch]::StartNew()
                    & $Work
                    "$Who " + $clock.Elapsed.TotalMilliseconds.ToString('R', [cultureinfo]::InvariantCulture)
                }
                function Invoke-Docker([string] $BuildKit) {
                    $start = [Diagnostics.ProcessStartInfo]::new($env:BENCH_DOCKER, [string[]] @('build', '--quiet', '--network', 'none', '--tag', 'bench', $env:BENCH_FOLDER))
                    $start.Environment['DOCKER_BUILDKIT'] = $BuildKit
                    $start.RedirectStandardOutput = $true
                    $process = [Diagnostics.Process]::Start($start)
                    $null = $process.StandardOutput.ReadToEnd()
                    $process.WaitForExit()
                    if ($process.ExitCode -ne 0) { throw 'docker build failed' }
                }
                foreach ($turn in 0..RUNS) {
                    Invoke-Timed ours { $null = New-ScratchImage "$env:BENCH_FOLDER/hello-http" -OutputPath "$env:BENCH_FOLDER/out/image.tar" -Force -ErrorAction Stop }
                    Invoke-Timed legacy { Invoke-Docker 0 }
                    Invoke-Timed buildkit { Invoke-Docker 1 }
                }
                """.Replace("RUNS", Runs.ToString(CultureInfo.InvariantCulture), StringComparison.Ordinal);
            ILookup<string, double> times = Peer.PowerShell(script, ("BENCH_FOLDER", folder), ("BENCH_DOCKER", client), ("DOCKER_HOST", engine.Host))
                .Split('\n', StringSplitOptions.RemoveEmptyEntries)
                .Select(line => line.Split(' '))
                .ToLookup(parts => parts[0], parts => double.Parse(parts[1], CultureInfo.InvariantCulture));
            double ours = Samples.MedianOf(times["ours"].Skip(1));
            double legacy = Samples.MedianOf(times["legacy"].Skip(1));
            double buildKit = Samples.MedianOf(times["buildkit"].Skip(1));
            report.Compare("image of one static program", ours, "docker build", legacy, MaxOfLegacy);
            report.Compare("image of one static program", ours, "docker build with BuildKit", buildKit, MaxOfBuildKit);
            MeasureMemory(report, folder);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    // What a program of half a gigabyte takes more than one of five megabytes.
    private static void MeasureMemory(Report report, string folder)
    {
        long small = Peak(folder);
        using (FileStream program = File.OpenWrite(Path.Combine(folder, "hello-http")))
        {
            program.SetLength(512L << 20);
        }

        long large = Peak(folder);
        report.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"  memory at its peak: {small / 1048576.0:F0} MiB for a program of 5 MB, {large / 1048576.0:F0} MiB for one of 512 MiB"));
        report.Measure("memory for a program of 512 MiB over one of 5 MB", (large - small) / 1048576.0, "MiB", MemoryLimit / 1048576.0, limit: MemoryLimit / 1048576.0);
    }

    private static long Peak(string folder) => long.Parse(
        Peer.PowerShell(
            "$null = New-ScratchImage \"$env:BENCH_FOLDER/hello-http\" -OutputPath \"$env:BENCH_FOLDER/out/image.tar\" -Force -ErrorAction Stop; "
                + "[Diagnostics.Process]::GetCurrentProcess().PeakWorkingSet64",
            ("BENCH_FOLDER", folder)),
        CultureInfo.InvariantCulture);
}
