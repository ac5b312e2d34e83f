using System.Diagnostics;
using System.Globalization;
using GoCross.Files;

namespace GoCross.Fuzz;

/// <summary>The long run, and one mutation made again.</summary>
internal static class Program
{
    private const int DefaultSeed = 20_240_817;

    private static int Main(string[] args)
    {
        int runs = 1_000_000;
        int seed = DefaultSeed;
        int? only = null;
        string? keep = null;
        int? documents = null;
        for (int i = 0; i < args.Length; i += 2)
        {
            string? value = i + 1 < args.Length ? args[i + 1] : null;
            switch (args[i])
            {
                case "--runs" when Number(value) is > 0 and { } number: runs = number; break;
                case "--seed" when Number(value) is { } number: seed = number; break;
                case "--only" when Number(value) is >= 0 and { } number: only = number; break;
                case "--documents" when Number(value) is > 0 and { } number: documents = number; break;
                case "--keep" when value is not null: keep = value; break;
                default: return Usage();
            }
        }

        using var folder = new TemporaryDirectory();
        if (documents is { } count)
        {
            return FuzzDocuments(folder.Path, count, seed);
        }

        string work = Directory.CreateDirectory(Path.Combine(folder.Path, "work")).FullName;
        string empty = Directory.CreateDirectory(Path.Combine(folder.Path, "empty")).FullName;
        IReadOnlyList<FuzzSeed> seeds = FuzzSeeds.Make(work, Find);
        var run = new FuzzRun(seeds, empty, seed);
        if (only is { } mutation && keep is not null)
        {
            File.WriteAllBytes(keep, run.Make(mutation));
        }

        Console.WriteLine($"{seeds.Count} files: {string.Join(", ", seeds.Select(file => $"{file.Name} ({file.Bytes.Length / 1024} KiB)"))}");
        if (seeds.Count < FuzzSeeds.Complete)
        {
            Console.WriteLine($"There would be {FuzzSeeds.Complete}: gcc, musl-gcc, aarch64-linux-gnu-gcc, upx and go make them, and not all are installed.");
        }

        long started = Stopwatch.GetTimestamp();
        FuzzReport report = run.Run(
            only ?? 0,
            only is null ? runs : 1,
            Environment.ProcessorCount,
            done =>
            {
                if (!Console.IsOutputRedirected)
                {
                    Console.Write($"\r{done} of {runs} ");
                }
            });
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{report.Files} mutations (seed {seed}) in {Stopwatch.GetElapsedTime(started).TotalSeconds:0} s: {report.Accepted} reports, {report.Refused} refused, {report.Failures.Count} failures; at most {report.MaxDuration.TotalMilliseconds:0.0} ms and {report.MaxMemory / 1048576.0:0.0} MiB a call"));
        foreach (string failure in report.Failures.Take(20))
        {
            Console.WriteLine(failure);
        }

        return report.Failures.Count == 0 ? 0 : 1;
    }

    private static int FuzzDocuments(string folder, int count, int seed)
    {
        string? go = Find("go");
        var fuzz = new DocumentFuzz(folder, go);
        int failures = 0;
        foreach (string name in DocumentFuzz.Names)
        {
            if (name == DocumentFuzz.FunctionTable && go is null)
            {
                Console.WriteLine($"{name}: go makes it, and is not installed.");
                continue;
            }

            FuzzReport report = fuzz.Run(name, count, seed);
            Console.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"{name}: {report.Files} mutations (seed {seed}): {report.Accepted} accepted, {report.Refused} refused, {report.Failures.Count} failures; at most {report.MaxDuration.TotalMilliseconds:0.0} ms and {report.MaxMemory / 1048576.0:0.0} MiB a call"));
            foreach (string failure in report.Failures.Take(20))
            {
                Console.WriteLine(failure);
            }

            failures += report.Failures.Count;
        }

        return failures == 0 ? 0 : 1;
    }

    private static int? Number(string? text) =>
        int.TryParse(text, NumberStyles.Integer, CultureInfo.InvariantCulture, out int number) ? number : null;

    private static string? Find(string name) => (Environment.GetEnvironmentVariable("PATH") ?? string.Empty)
        .Split(Path.PathSeparator)
        .Select(folder => Path.Combine(folder, name))
        .FirstOrDefault(File.Exists);

    private static int Usage()
    {
        Console.Error.WriteLine(
            "Usage: gocross-fuzz [--runs N] [--documents N] [--seed N] [--only NUMBER [--keep FILE]]\n"
            + "  --documents damages documents instead of binaries: N of each kind.\n"
            + "  --only runs one mutation of that seed again; --keep writes the damaged file.");
        return 64; // EX_USAGE
    }
}
