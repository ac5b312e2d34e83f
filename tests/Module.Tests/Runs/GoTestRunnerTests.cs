using System.Collections.Concurrent;
using GoCross.Builds;
using GoCross.Errors;
using GoCross.Runs;
using GoCross.Targets;
using GoCross.Tests.Builds;

namespace GoCross.Tests.Runs;

public sealed class GoTestRunnerTests
{
    private static readonly (string Name, string Text)[] Packages =
    [
        ("go.mod", "module example.com/tests\n\ngo 1.21\n"),
        ("good/good.go", "package good\n"),
        ("good/good_test.go", "package good\n\nimport (\n\t\"runtime\"\n\t\"testing\"\n)\n\nfunc TestArch(t *testing.T) { t.Log(runtime.GOARCH) }\n"),
        ("bad/bad.go", "package bad\n"),
        ("bad/bad_test.go", "package bad\n\nimport \"testing\"\n\nfunc TestRight(t *testing.T) {}\nfunc TestWrong(t *testing.T) { t.Run(\"deep\", func(t *testing.T) { t.Error(\"no good\") }) }\nfunc TestLeft(t *testing.T) { t.Skip() }\n"),
        ("none/none.go", "package none\n"),
        ("crash/crash_test.go", "package crash\n\nimport (\n\t\"os\"\n\t\"testing\"\n)\n\nfunc TestCrash(t *testing.T) { os.Exit(7) }\n"),
        ("broken/broken_test.go", "package broken\n\nimport \"testing\"\n\nfunc TestNothing(t *testing.T) { undefinedThing() }\n"),
        ("slow/slow_test.go", "package slow\n\nimport (\n\t\"testing\"\n\t\"time\"\n)\n\nfunc TestSlow(t *testing.T) { time.Sleep(time.Hour) }\n"),
    ];

    [ToolTheory("go", "qemu-aarch64-static")]
    [InlineData("linux/amd64", "amd64", "native")]
    [InlineData("linux/arm64", "arm64", "qemu-aarch64-static")]
    public async Task Tests_run_for_the_target(string target, string architecture, string runner)
    {
        using var work = new GoWorkspace(Packages);

        RunOutcome outcome = Assert.Single(await Run(work, "./good", target, arguments: ["-v"]));

        Assert.Null(outcome.Failure);
        Assert.True(outcome.Run.Success);
        Assert.Equal("example.com/tests/good", outcome.Run.Package);
        Assert.Equal(runner, outcome.Run.Runner);
        Assert.Equal(target, outcome.Run.Target);
        Assert.Equal(0, outcome.Run.ExitCode);
        Assert.Contains($": {architecture}\n", outcome.Run.Output, StringComparison.Ordinal);
    }

    [Trait("Speed", "Slow")]
    [ToolFact("go")]
    public async Task Every_package_has_a_result_and_the_tests_that_failed_have_names()
    {
        using var work = new GoWorkspace(Packages);

        Dictionary<string, RunOutcome> outcomes = (await Run(work, "./...", "linux/amd64", limit: TimeSpan.FromSeconds(5)))
            .ToDictionary(outcome => outcome.Run.Package!["example.com/tests/".Length..]);

        Assert.Equal(["bad", "broken", "crash", "good", "none", "slow"], outcomes.Keys.Order());
        BinaryRun bad = outcomes["bad"].Run;
        Assert.Equal("GoTestsFailed", outcomes["bad"].Failure!.ErrorId);
        Assert.Equal(["TestWrong", "TestWrong/deep"], bad.FailedTests.Order());
        Assert.Contains("2 of 4", bad.Reason, StringComparison.Ordinal);
        Assert.Contains("TestWrong", bad.Reason, StringComparison.Ordinal);
        Assert.Contains("no good", bad.Output, StringComparison.Ordinal);

        Assert.Equal("GoTestNotBuilt", outcomes["broken"].Failure!.ErrorId);
        Assert.Contains("undefined: undefinedThing", outcomes["broken"].Run.Error, StringComparison.Ordinal);
        BuildDiagnostic diagnostic = Assert.Single(outcomes["broken"].Run.Diagnostics);
        Assert.Equal((5, "undefined: undefinedThing"), (diagnostic.Line, diagnostic.Message));
        Assert.EndsWith("broken_test.go", diagnostic.File, StringComparison.Ordinal);
        Assert.Contains("undefined: undefinedThing", outcomes["broken"].Run.Reason, StringComparison.Ordinal);
        Assert.Contains("no tests", outcomes["none"].Run.Reason, StringComparison.Ordinal);
        Assert.False(outcomes["crash"].Run.Success);
        Assert.Contains("in the middle of TestCrash", outcomes["crash"].Run.Reason, StringComparison.Ordinal);
        Assert.Equal(["TestCrash"], outcomes["crash"].Run.FailedTests);
        Assert.True(outcomes["none"].Run.Success);
        Assert.Null(outcomes["none"].Run.ExitCode);
        Assert.True(outcomes["slow"].Run.TimedOut);
        Assert.Contains("time limit", outcomes["slow"].Run.Reason, StringComparison.Ordinal);
    }

    [ToolFact("go")]
    public async Task The_result_is_that_of_go_test_itself()
    {
        using GoWorkspace work = GoWorkspace.Example("hello-http");
        int expected = Programs.Run("go", ["test", "-count=1", "./..."], work.Source).ExitCode;

        IReadOnlyList<RunOutcome> outcomes = await Run(work, "./...", "linux/amd64");

        Assert.Equal(expected == 0, outcomes.All(outcome => outcome.Run.Success));
    }

    [ToolTheory("go", "gcc", "musl-gcc", "aarch64-linux-gnu-gcc", "aarch64-linux-musl-gcc", "qemu-aarch64-static")]
    [InlineData("linux/amd64", BuildStrategy.Musl, null)]
    [InlineData("linux/arm64", BuildStrategy.Musl, null)]
    [InlineData("linux/amd64", BuildStrategy.Glibc, null)]
    [InlineData("linux/arm64", BuildStrategy.Glibc, "/usr/aarch64-linux-gnu")]
    public async Task Tests_with_C_code_run_with_either_C_library(string target, BuildStrategy strategy, string? sysRoot)
    {
        using GoWorkspace work = GoWorkspace.Example("hello-cgo");

        RunOutcome outcome = Assert.Single(await Run(work, ".", target, strategy));

        Assert.True(outcome.Run.Success, outcome.Run.Output + outcome.Run.Error);
        Assert.Equal(sysRoot, outcome.Run.SysRoot);
    }

    [ToolFact("go")]
    public async Task What_cannot_be_run_or_found_is_refused_with_its_reason()
    {
        using var work = new GoWorkspace(Packages);

        Assert.Equal("GoTestNotRunnable", (await Fails(work, "./good", "windows/amd64")).ErrorId);
        Assert.Equal("StrategyNeedsLinux", (await Fails(work, "./good", "darwin/arm64", BuildStrategy.Musl)).ErrorId);
        Assert.Equal("PackageFolderMissing", (await Fails(work, "./nowhere", "linux/amd64")).ErrorId);
        GoCrossException unknown = await Fails(work, "example.com/nowhere", "linux/amd64");
        Assert.Equal("GoTestFailed", unknown.ErrorId);
        Assert.Contains("example.com/nowhere", unknown.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Events_of_Go_1_24_tell_what_the_compiler_said()
    {
        // As go1.24 prints them (cmd/go/internal/test, "go help buildjson").
        string[] lines =
        [
            """{"ImportPath":"example.com/a [example.com/a.test]","Action":"build-output","Output":"# example.com/a [example.com/a.test]\n"}""",
            """{"ImportPath":"example.com/a [example.com/a.test]","Action":"build-output","Output":"./a_test.go:5:34: undefined: x\n"}""",
            """{"ImportPath":"example.com/a [example.com/a.test]","Action":"build-fail"}""",
            """{"Time":"2025-02-11T12:00:00Z","Action":"start","Package":"example.com/a"}""",
            """{"Time":"2025-02-11T12:00:00Z","Action":"output","Package":"example.com/a","Output":"FAIL\texample.com/a [build failed]\n"}""",
            "not an event",
            """{"not": "one either"}""",
            """{broken""",
            """{"Time":"2025-02-11T12:00:00Z","Action":"fail","Package":"example.com/a","Elapsed":0,"FailedBuild":"example.com/a [example.com/a.test]"}""",
        ];
        var reader = new GoTestReader();

        GoTestReader.Result result = Assert.Single(lines.Select(reader.Add).OfType<GoTestReader.Result>());

        Assert.Equal("example.com/a", result.Package);
        Assert.True(result.BuildFailed);
        Assert.Contains("undefined: x", result.BuildOutput, StringComparison.Ordinal);
    }

    private static async Task<IReadOnlyList<RunOutcome>> Run(
        GoWorkspace work,
        string package,
        string target,
        BuildStrategy strategy = BuildStrategy.Static,
        TimeSpan? limit = null,
        string[]? arguments = null)
    {
        PackageReference reference = PackageReference.Create(package, work.Source);
        GoToolchain toolchain = await GoToolchain.FindAsync(null, reference.WorkingDirectory, CancellationToken.None);
        var runner = new GoTestRunner(toolchain, new RunOptions
        {
            WorkingDirectory = work.Source,
            Arguments = arguments ?? [],
            TimeLimit = limit ?? TimeSpan.FromMinutes(5),
        });
        var outcomes = new ConcurrentQueue<RunOutcome>();
        await runner.RunAsync(
            runner.Plan(new GoTestOptions(reference, BuildTargets.Parse([target], toolchain.Targets)[0], strategy, Jobs: null)),
            outcomes.Enqueue,
            onLine: null,
            onProgress: null,
            CancellationToken.None);
        return [.. outcomes];
    }

    private static Task<GoCrossException> Fails(
        GoWorkspace work, string package, string target, BuildStrategy strategy = BuildStrategy.Static) =>
        Assert.ThrowsAsync<GoCrossException>(() => Run(work, package, target, strategy));
}
