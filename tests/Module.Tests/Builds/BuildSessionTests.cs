using GoCross.Builds;
using GoCross.Targets;

namespace GoCross.Tests.Builds;

/// <summary>Several programs at once: one go build, and each judged by itself.</summary>
public sealed class BuildSessionTests : IDisposable
{
    private readonly GoWorkspace _workspace = new(
        ("go.mod", "module example.com/x\n\ngo 1.21\n"),
        ("cmd/a/main.go", "package main\n\nfunc main() { println(\"a\") }\n"),
        ("cmd/b/main.go", "package main\n\nfunc main() { println(\"b\") }\n"),
        ("cmd/c/main.go", "package main\n\nfunc main() { println(wrong) }\n"));

    public void Dispose() => _workspace.Dispose();

    [ToolFact("go")]
    public async Task Programs_of_one_target_are_one_go_build_and_one_that_does_not_compile_costs_no_other()
    {
        CollectingObserver observer = await RunAsync("./cmd/...");

        Assert.Empty(observer.Failures);
        Assert.Equal(
            ["a True", "b True", "c False"],
            observer.Outcomes.Select(outcome => $"{Said(outcome.Build)} {outcome.Build.Success}").Order(StringComparer.Ordinal));
        GoBuild failed = observer.Outcomes.Single(outcome => !outcome.Build.Success).Build;
        Assert.Equal(("BuildFailed", "undefined: wrong"), (failed.ErrorId, Assert.Single(failed.Diagnostics).Message));

        // a and b come out of one go build, which c spoils for itself alone; its second try has its own time.
        GoBuild[] together = [.. observer.Outcomes.Select(outcome => outcome.Build).Where(build => build.Success)];
        Assert.Equal(2, together.Length);
        Assert.Equal(together[0].GoDuration, together[1].GoDuration);
        Assert.Equal((3, 100), (observer.Outcomes.Count, observer.Progress[^1].Percent));
        Assert.StartsWith("3 of 3 done", observer.Progress[^1].Status, StringComparison.Ordinal);
        Assert.DoesNotContain(
            Directory.GetFileSystemEntries(_workspace.Output), path => Path.GetFileName(path).StartsWith('.'));
    }

    [ToolFact("go", "sha256sum")]
    public async Task A_program_of_many_is_byte_for_byte_the_one_that_is_built_alone()
    {
        File.Delete(Path.Combine(_workspace.Source, "cmd", "c", "main.go"));
        CollectingObserver many = await RunAsync("./cmd/...");
        GoBuild b = many.Outcomes.Single(outcome => outcome.Build.Name == "b").Build;
        File.Delete(b.Path!);

        // The command that is told of it builds it alone.
        Programs.Output("sh", ["-c", b.Command], "/");

        Assert.Equal(b.Sha256, Programs.Output("sha256sum", [b.Path!])[..64]);
    }

    [ToolFact("go", "stat")]
    public async Task What_stands_there_byte_for_byte_is_up_to_date_and_left_alone_and_no_folder_is_left_of_a_failure()
    {
        CollectingObserver first = await RunAsync("./cmd/a", "./cmd/b");
        Assert.All(first.Outcomes, outcome => Assert.False(outcome.Build.UpToDate));
        string[] files = [.. first.Outcomes.Select(outcome => Inode(outcome.Build.Path!))];

        CollectingObserver second = await RunAsync("./cmd/a", "./cmd/b");
        Assert.All(second.Outcomes, outcome => Assert.True(outcome.Build.UpToDate));
        Assert.Equal(files, first.Outcomes.Select(outcome => Inode(outcome.Build.Path!)));

        Directory.Delete(_workspace.Output, recursive: true);
        Assert.False(Assert.Single((await RunAsync("./cmd/c")).Outcomes).Build.Success);
        Assert.False(Directory.Exists(_workspace.Output));
    }

    [ToolFact("go")]
    public async Task A_variable_that_the_program_does_not_have_is_told_with_the_nearest()
    {
        _workspace.Write("cmd/a/main.go", "package main\n\nimport \"example.com/x/version\"\n\nvar stamp string\n\nfunc main() { println(stamp, version.Number) }\n");
        _workspace.Write("version/version.go", "package version\n\nvar Number string\n");
        BuildOptions options = new()
        {
            Defines =
            [
                new("main.stamp", "1"), new("main.stmap", "2"), new("example.com/x/version.Number", "3"),
                new("example.com/x/version.Nothing", "4"), new("example.com/x/elsewhere.Number", "5"),
            ],
        };

        GoBuild build = (await _workspace.BuildAsync(options: options, package: "./cmd/a")).Build;

        Assert.Equal("1 3\n", Programs.Run(build.Path!, []).StandardError);
        Assert.Equal(
            [
                "-Define example.com/x/elsewhere.Number sets nothing: the program has no package example.com/x/elsewhere.",
                "-Define example.com/x/version.Nothing sets nothing: the program has no such variable.",
                "-Define main.stmap sets nothing: the program has no such variable. The nearest: main.stamp.",
            ],
            build.Warnings.Select(warning => warning.Message).Order(StringComparer.Ordinal));
    }

    private static string Inode(string path) => Programs.Output("stat", ["-c", "%i", path]);

    private static string Said(GoBuild build) => build.Success ? Programs.Run(build.Path!, []).StandardError.Trim() : build.Name;

    private async Task<CollectingObserver> RunAsync(params string[] packages)
    {
        var observer = new CollectingObserver();
        await using var session = new BuildSession(new BuildSessionOptions
        {
            Targets = ["linux/amd64"],
            Strategies = [BuildStrategy.Static],
            Output = OutputTemplate.Create(_workspace.Output, "{name}"),
        });
        PackageReference[] references = [.. packages.Select(package => PackageReference.Create(package, _workspace.Source))];
        await session.BuildAsync(await session.PlanAsync(references, observer, CancellationToken.None), observer, CancellationToken.None);
        return observer;
    }
}
