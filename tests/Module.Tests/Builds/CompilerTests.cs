using GoCross.Builds;
using GoCross.Elf;
using GoCross.Targets;

namespace GoCross.Tests.Builds;

/// <summary>The C compiler that is chosen.</summary>
public sealed class CompilerTests
{
    private const string Module = "module example.com/x\n\ngo 1.21\n";

    [Trait("Speed", "Slow")]
    [ToolFact("go", "zig", "qemu-aarch64-static", "readelf")]
    public async Task Zig_links_the_cgo_example_statically_with_musl_for_another_machine()
    {
        using GoWorkspace workspace = GoWorkspace.Example("hello-cgo");

        BuildOutcome outcome = await workspace.BuildAsync("linux/arm64", BuildStrategy.Musl, new BuildOptions { Compiler = "zig" });

        Assert.Null(outcome.Failure?.Message);
        Assert.Equal((ElfLinkage.Static, Verdict.Yes), (outcome.Build.Linkage!.Value, outcome.Build.RunsInScratch));
        Assert.Contains("cc -target aarch64-linux-musl", outcome.Build.Environment["CC"], StringComparison.Ordinal);
        Assert.Contains("Hello from C, with a C library that is not glibc", Programs.Output("qemu-aarch64-static", [outcome.Build.Path!]), StringComparison.Ordinal);
        Assert.DoesNotContain(".symtab", Programs.Output("readelf", ["-SW", outcome.Build.Path!]), StringComparison.Ordinal);
    }

    [ToolFact("go", "gcc")]
    public async Task A_command_with_arguments_is_taken_as_it_stands()
    {
        using GoWorkspace workspace = GoWorkspace.Example("hello-cgo");

        BuildOutcome outcome = await workspace.BuildAsync(
            strategy: BuildStrategy.Glibc, options: new BuildOptions { Compiler = "gcc -fno-plt" });

        Assert.Null(outcome.Failure?.Message);
        Assert.Equal(Tools.Require("gcc"), outcome.Build.Compiler);
        Assert.EndsWith("gcc -fno-plt", outcome.Build.Environment["CC"], StringComparison.Ordinal);
        Assert.EndsWith("g++ -fno-plt", outcome.Build.Environment["CXX"], StringComparison.Ordinal);
    }

    [ToolTheory("go")]
    [InlineData("nothing-of-this-name", BuildStrategy.Musl, "CompilerNotFound")]
    [InlineData("'unclosed", BuildStrategy.Musl, "CompilerNotFound")]
    [InlineData("zig", BuildStrategy.GlibcStatic, "ZigHasNoStaticGlibc")]
    [InlineData("zig", BuildStrategy.Musl, "CCompilerUnknown", "linux/s390x")]
    public async Task A_compiler_that_cannot_do_it_is_told(string compiler, BuildStrategy strategy, string errorId, string target = "linux/amd64")
    {
        using var workspace = new GoWorkspace(("go.mod", Module), ("main.go", "package main\n\nfunc main() {}\n"));

        BuildOutcome outcome = await workspace.BuildAsync(target, strategy, new BuildOptions { Compiler = compiler });

        Assert.Equal(errorId, outcome.Failure?.ErrorId);
    }
}
