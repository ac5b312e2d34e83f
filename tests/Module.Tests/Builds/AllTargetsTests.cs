using System.Text.RegularExpressions;
using GoCross.Builds;
using GoCross.Targets;
using GoCross.Tests.Elf;

namespace GoCross.Tests.Builds;

/// <summary>
/// Every pair of go tool dist list that Go links without C; built are so many of them that each system and each architecture
/// is there, and with GOCROSS_TEST_ALL=1 all.
/// </summary>
public sealed class AllTargetsTests
{
    [Trait("Speed", "Slow")]
    [ToolFact("go", "file")]
    public async Task Every_target_that_Go_can_link_by_itself_comes_out_in_its_format_and_for_its_machine()
    {
        using var workspace = new GoWorkspace(
            ("go.mod", "module example.com/x\n\ngo 1.21\n"), ("main.go", "package main\n\nfunc main() { println(\"hello\") }\n"));
        (GoBuilder builder, IReadOnlyList<BuildRequest> plan) = await workspace.PlanAsync(".", ["All"], [BuildStrategy.Static]);
        string[] known = Programs.Output("go", ["tool", "dist", "list"]).Split('\n', StringSplitOptions.RemoveEmptyEntries);
        var failures = new System.Collections.Concurrent.ConcurrentBag<string>();

        BuildRequest[] chosen =
        [
            .. plan.Where((build, i) => ElfSample.Whole
                || plan.Take(i).All(earlier => earlier.Target.Os != build.Target.Os)
                || plan.Take(i).All(earlier => earlier.Target.Architecture != build.Target.Architecture)),
        ];
        await Parallel.ForEachAsync(chosen, new ParallelOptions { MaxDegreeOfParallelism = Environment.ProcessorCount }, async (build, stop) =>
        {
            BuildOutcome outcome = await builder.BuildAsync(build, null, stop);
            string told = outcome.Failure is { } failure
                ? $"{failure.Message} {string.Join(' ', outcome.Build.Diagnostics)}"
                : Programs.Output("file", ["-b", outcome.Build.Path!]);
            if (outcome.Failure is not null || !Regex.IsMatch(told, Expected(build.Target)))
            {
                failures.Add($"{build.Target}: {told}");
            }
        });

        Assert.True(failures.IsEmpty, string.Join('\n', failures));

        // Five of them need the C linker of an SDK.
        Assert.Equal(known.Length - 5, plan.Count);
    }

    /// <summary>What file says of a program for a target.</summary>
    private static string Expected(BuildTarget target)
    {
        string machine = target.Architecture switch
        {
            "386" => "(Intel 80386|i386)",
            "amd64" => "x86[-_]64",
            "arm" => "ARM",
            "arm64" => "(ARM aarch64|arm64|Aarch64)",
            "loong64" => "LoongArch|\\*unknown arch 0x102\\*",
            "mips" or "mips64" => "MSB.*MIPS",
            "mipsle" or "mips64le" => "LSB.*MIPS",
            "ppc64" => "MSB.*64-bit PowerPC|64-bit XCOFF",
            "ppc64le" => "LSB.*64-bit PowerPC",
            "riscv64" => "RISC-V",
            "s390x" => "IBM S/390",
            _ => "",
        };
        return target switch
        {
            { Os: "windows", Architecture: "arm" or "arm64" } => "PE32",
            { Os: "windows" } => $"PE32.*{machine}",
            { Os: "darwin" or "ios" } => $"Mach-O.*{machine}",
            { Architecture: "wasm" } => "WebAssembly",
            // file knows a.out of Plan 9 for the 386 and ARM alone.
            { Os: "plan9", Architecture: "amd64" } => "^data$",
            { Os: "plan9" } => "Plan 9 executable",
            { Os: "aix" } => "XCOFF",
            _ => $"ELF.*({machine})",
        };
    }
}
