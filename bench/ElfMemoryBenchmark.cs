using System.Globalization;

namespace GoCross.Bench;

/// <summary>What Get-ElfDependency holds while hundreds of thousands of files go through it: as much as for a few.</summary>
public sealed class ElfMemoryBenchmark : IBenchmark
{
    private const int Inputs = 300_000;

    /// <summary>When to look: as often as this many reports have come out.</summary>
    private const int Step = 50_000;

    /// <summary>What the collector and its heap's fragments explain, in bytes.</summary>
    private const long HeapLimit = 8L * 1024 * 1024;

    private const long ProcessLimit = 64L * 1024 * 1024;

    public string Name => "elf-memory";

    public bool OnlyByName => true;

    public string Description => "the memory of Get-ElfDependency, from the first 50,000 files of a pipeline to 300,000";

    public void Run(Report report)
    {
        DirectoryInfo folder = Directory.CreateTempSubdirectory("gocross-bench-");
        try
        {
            // Each input is a path of its own, as that many files are: links, since the disk has not so many programs.
            string[] files = ElfFiles.Sample(1000);
            string links = Directory.CreateDirectory(Path.Combine(folder.FullName, "links")).FullName;
            for (int i = 0; i < Inputs; i++)
            {
                string part = Path.Combine(links, $"{i / 1000:000}");
                if (i % 1000 == 0)
                {
                    Directory.CreateDirectory(part);
                }

                File.CreateSymbolicLink(Path.Combine(part, $"{i % 1000:000}"), files[i % files.Length]);
            }

            Look(report, "Get-ElfDependency", links);
            Look(report, "Get-ElfDependency -Resolve", links);
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    private static void Look(Report report, string command, string links)
    {
        string script = "$script:n = 0; & { foreach ($part in [System.IO.Directory]::EnumerateDirectories($env:GOCROSS_BENCH_FILES)) { "
            + "foreach ($file in [System.IO.Directory]::EnumerateFiles($part)) { "
            + $"$script:n++; if ($script:n % {Step} -eq 0) {{ [System.Console]::Out.WriteLine('{{0}} {{1}} {{2}}', $script:n, [System.GC]::GetTotalMemory($true), [System.Environment]::WorkingSet) }}; "
            + $"$file }} }} }} | {command} -ErrorAction Ignore | ForEach-Object {{ }}";
        (int Files, long Heap, long Process)[] looks = [.. Peer.PowerShell(script, ("GOCROSS_BENCH_FILES", links))
            .Split('\n', StringSplitOptions.RemoveEmptyEntries)
            .Select(line => line.Split(' '))
            .Select(words => (int.Parse(words[0], CultureInfo.InvariantCulture), long.Parse(words[1], CultureInfo.InvariantCulture), long.Parse(words[2], CultureInfo.InvariantCulture)))];
        (int, long Heap, long Process) first = looks[0];
        (int Files, long Heap, long Process) last = looks[^1];
        bool flat = last.Files == Inputs && last.Heap - first.Heap <= HeapLimit && last.Process - first.Process <= ProcessLimit;
        report.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"  {command}: heap {string.Join(", ", looks.Select(look => $"{look.Heap / 1048576.0:0.0}"))} MiB, process {string.Join(", ", looks.Select(look => $"{look.Process / 1048576.0:0}"))} MiB, at every {Step} of {last.Files} files"));
        report.Check($"{command}: memory is flat", flat);
    }
}
