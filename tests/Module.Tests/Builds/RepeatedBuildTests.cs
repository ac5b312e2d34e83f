using GoCross.Builds;
using GoCross.Targets;

namespace GoCross.Tests.Builds;

/// <summary>A second build of the same program: whether it is the same, and what of the first is used again.</summary>
public sealed class RepeatedBuildTests
{
    private const string Module = "module example.com/x\n\ngo 1.21\n";

    [Trait("Speed", "Slow")]
    [ToolFact("go", "gcc")]
    public async Task A_build_that_puts_the_time_in_is_not_reproducible_and_the_sections_are_named()
    {
        // The second build compiles all of Go's library that it needs: it is more than a second later.
        using var workspace = new GoWorkspace(
            ("go.mod", Module),
            ("main.go", "package main\n\n// const char *when(void);\nimport \"C\"\n\nfunc main() { println(C.GoString(C.when())) }\n"),
            ("when.c", "const char *when(void) { return __TIME__; }\n"));
        var options = new BuildOptions { Reproducible = true, TrimPath = false };

        BuildOutcome outcome = await workspace.BuildAsync(strategy: BuildStrategy.Glibc, options: options);

        Assert.Equal("BuildNotReproducible", outcome.Failure?.ErrorId);
        Assert.Contains(".rodata", outcome.Failure!.Message, StringComparison.Ordinal);
        Assert.False(Directory.Exists(workspace.Output));
    }

    [Trait("Speed", "Slow")]
    [ToolFact("go")]
    public async Task A_reproducible_build_says_so()
    {
        using var workspace = new GoWorkspace(("go.mod", Module), ("main.go", "package main\n\nfunc main() { println(1) }\n"));

        Assert.True((await workspace.BuildAsync(options: new BuildOptions { Reproducible = true })).Build.Reproducible);
        Assert.Single(Directory.GetFileSystemEntries(workspace.Output));
    }

    [ToolFact("go", "stat")]
    public async Task What_is_up_to_date_is_not_linked_again_and_what_changed_is()
    {
        using var workspace = new GoWorkspace(("go.mod", Module), ("main.go", "package main\n\nfunc main() { println(1) }\n"));
        var options = new BuildOptions { Overwrite = true };

        GoBuild first = (await workspace.BuildAsync(options: options)).Build;
        string inode = Inode(first.Path!);
        GoBuild second = (await workspace.BuildAsync(options: options)).Build;
        Assert.Equal((first.Sha256, inode), (second.Sha256, Inode(second.Path!)));
        Assert.Single(Directory.GetFileSystemEntries(workspace.Output));

        workspace.Write("main.go", "package main\n\nfunc main() { println(22) }\n");
        GoBuild third = (await workspace.BuildAsync(options: options)).Build;
        Assert.NotEqual(first.Sha256, third.Sha256);
        Assert.Equal("22\n", Programs.Run(third.Path!, []).StandardError);
        Assert.Single(Directory.GetFileSystemEntries(workspace.Output));
    }

    [ToolFact("go")]
    public async Task A_program_that_somebody_changed_is_not_taken_for_up_to_date()
    {
        using var workspace = new GoWorkspace(("go.mod", Module), ("main.go", "package main\n\nfunc main() { println(\"as built\") }\n"));
        var options = new BuildOptions { Overwrite = true };
        GoBuild first = (await workspace.BuildAsync(options: options)).Build;

        // Length and time are as before, and so is the build ID, which is all that go looks at.
        DateTime time = File.GetLastWriteTimeUtc(first.Path!);
        byte[] program = File.ReadAllBytes(first.Path!);
        int at = program.AsSpan().IndexOf("as built"u8);
        "tampered"u8.CopyTo(program.AsSpan(at));
        File.WriteAllBytes(first.Path!, program);
        File.SetLastWriteTimeUtc(first.Path!, time);

        GoBuild second = (await workspace.BuildAsync(options: options)).Build;

        Assert.Equal(first.Sha256, second.Sha256);
        Assert.Equal("as built\n", Programs.Run(second.Path!, []).StandardError);
    }

    [ToolFact("go")]
    public async Task What_go_said_before_does_not_outlive_a_change_of_the_source()
    {
        using var workspace = new GoWorkspace(("go.mod", Module), ("main.go", "package main\n\nfunc main() {}\n"), ("c/c.go", "package c\n"));
        Assert.Equal(BuildStrategy.Static, await AutoOf(workspace));

        workspace.Write("main.go", "package main\n\nimport _ \"example.com/x/c\"\n\nfunc main() {}\n");
        Assert.Equal(BuildStrategy.Static, await AutoOf(workspace));

        workspace.Write("c/more.go", "package c\n\nimport \"C\"\n");
        Assert.Equal(BuildStrategy.Musl, await AutoOf(workspace));

        File.Delete(Path.Combine(workspace.Source, "c", "more.go"));
        Assert.Equal(BuildStrategy.Static, await AutoOf(workspace));

        workspace.Write("go.mod", "module example.com/renamed\n\ngo 1.21\n");
        workspace.Write("main.go", "package main\n\nfunc main() {}\n");
        (_, IReadOnlyList<BuildRequest> plan) = await workspace.PlanAsync(".", ["linux/amd64"], [BuildStrategy.Auto]);
        Assert.Equal("example.com/renamed", plan[0].Package.ImportPath);
    }

    private static async Task<BuildStrategy> AutoOf(GoWorkspace workspace) =>
        (await workspace.PlanAsync(".", ["linux/amd64"], [BuildStrategy.Auto])).Plan[0].Strategy;

    private static string Inode(string path) => Programs.Output("stat", ["-c", "%i", path]).Trim();
}
