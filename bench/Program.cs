using System.Diagnostics;
using System.Reflection;
using GoCross.Bench.Images;

namespace GoCross.Bench;

/// <summary>Runs the benchmarks that are named, or all.</summary>
internal static class Program
{
    private static int Main(string[] args)
    {
        if (args is [ImageProbe.Argument, string image])
        {
            return ImageProbe.Run(image);
        }

        IBenchmark[] all =
        [
            .. Assembly.GetExecutingAssembly().GetTypes()
                .Where(type => type is { IsClass: true, IsAbstract: false } && typeof(IBenchmark).IsAssignableFrom(type))
                .Select(type => (IBenchmark)Activator.CreateInstance(type)!)
                .OrderBy(benchmark => benchmark.Name, StringComparer.Ordinal),
        ];
        string[] unknown = [.. args.Except(all.Select(benchmark => benchmark.Name))];
        if (unknown.Length > 0)
        {
            Console.Error.WriteLine($"There is no benchmark {string.Join(", ", unknown)}. There are:");
            foreach (IBenchmark benchmark in all)
            {
                Console.Error.WriteLine($"  {benchmark.Name,-12} {benchmark.Description}");
            }

            return 64;
        }

        long started = Stopwatch.GetTimestamp();
        var report = new Report(Console.Out);
        foreach (IBenchmark benchmark in all.Where(benchmark => args.Length == 0 ? !benchmark.OnlyByName : args.Contains(benchmark.Name)))
        {
            report.Begin(benchmark.Name, benchmark.Description);
            if (benchmark.Tools.FirstOrDefault(tool => !IsInstalled(tool)) is { } missing)
            {
                report.WriteLine($"  not run: needs {missing}");
                continue;
            }

            benchmark.Run(report);
        }

        report.WriteTable(Stopwatch.GetElapsedTime(started));
        return report.Accepted ? 0 : 1;
    }

    /// <summary>Whether a program is on the PATH.</summary>
    internal static bool IsInstalled(string tool) => (Environment.GetEnvironmentVariable("PATH") ?? string.Empty)
        .Split(Path.PathSeparator)
        .Any(folder => File.Exists(Path.Combine(folder, tool)));
}
