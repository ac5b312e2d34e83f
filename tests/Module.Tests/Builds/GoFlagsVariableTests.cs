using System.Text.RegularExpressions;
using GoCross.Builds;
using GoCross.Errors;
using GoCross.Files;
using GoCross.Processes;
using GoCross.Targets;

namespace GoCross.Tests.Builds;

/// <summary>GOFLAGS is the user's word: what go build makes of it by hand is what comes out here, unless a parameter was given.</summary>
public sealed class GoFlagsVariableTests : IDisposable
{
    private readonly GoWorkspace _workspace = new(
        ("go.mod", "module example.com/ledger\n\ngo 1.21\n"),
        ("main.go", "package main\n\nvar stamp, other = \"-\", \"-\"\n\nfunc main() { println(stamp, other, tag, race, size(1)) }\n\n//go:noinline\nfunc size(n int) int { return n }\n"),
        ("tag_a.go", "//go:build a && !b\n\npackage main\n\nconst tag = \"a\"\n"),
        ("tag_b.go", "//go:build b\n\npackage main\n\nconst tag = \"b\"\n"),
        ("tag_none.go", "//go:build !a && !b\n\npackage main\n\nconst tag = \"none\"\n"),
        ("race.go", "//go:build race\n\npackage main\n\nconst race = true\n"),
        ("norace.go", "//go:build !race\n\npackage main\n\nconst race = false\n"),
        ("overlay.txt", "package main\n\nconst tag = \"overlaid\"\n"),
        ("overlay.json", "{\"Replace\": {\"tag_none.go\": \"overlay.txt\"}}"));

    public GoFlagsVariableTests()
    {
        string source = _workspace.Source;
        Programs.Output("git", ["init", "-q", "."], source);
        Programs.Output("git", ["add", "-A"], source);
        Programs.Output("git", ["-c", "user.name=t", "-c", "user.email=t@example.test", "commit", "-qm", "one"], source);
    }

    public void Dispose() => _workspace.Dispose();

    // GOFLAGS, the parameter that is given, and the same as go build takes it.
    [ToolTheory("go", "git", "gcc")]
    [InlineData("-ldflags=-X=main.stamp=1", "", "")]
    [InlineData("--ldflags=-X=main.stamp=1", "", "")]
    [InlineData("'-ldflags= -X main.stamp=1'", "", "")]
    [InlineData("'-ldflags=all=-X main.stamp=1 -X main.other=2'", "", "")]
    [InlineData("-ldflags=example.com/...=-X=main.stamp=1", "", "")]
    [InlineData("-ldflags=./...=-X=main.stamp=1", "", "")]
    [InlineData("-ldflags=-X=main.stamp=1 -ldflags=example.com/ledger=-X=main.other=2", "", "")]
    [InlineData("-ldflags=-X=main.stamp=1 -ldflags=example.com/elsewhere=-X=main.stamp=2", "", "")]
    [InlineData("-ldflags=-X=main.stamp=1", "-LdFlags -X=main.other=2", "-ldflags=-X=main.other=2")]
    [InlineData("-ldflags=-X=main.stamp=1", "-Define main.other=2", "-ldflags=-X=main.stamp=1 -X=main.other=2")]
    [InlineData("-tags=a", "", "")]
    [InlineData("'-tags=a b'", "", "")]
    [InlineData("-tags=a -tags=b", "", "")]
    [InlineData("-tags=a", "-Tags b", "-tags=b")]
    [InlineData("-trimpath", "", "")]
    [InlineData("-trimpath=false", "", "")]
    [InlineData("-trimpath=0", "", "")]
    [InlineData("-trimpath=false", "-TrimPath", "-trimpath")]
    [InlineData("-trimpath", "-TrimPath:$false", "-trimpath=false")]
    [InlineData("-buildvcs=false", "", "")]
    [InlineData("-buildvcs=true", "-BuildVcs false", "-buildvcs=false")]
    [InlineData("-buildvcs=false", "-BuildVcs true", "-buildvcs=true")]
    [InlineData("-p=1", "", "")]
    [InlineData("-x", "", "")]
    [InlineData("-v -work=false", "", "")]
    [InlineData("-mod=mod", "", "")]
    [InlineData("-mod=vendor", "-Mod mod", "-mod=mod")]
    [InlineData("-gcflags=-N", "", "")]
    [InlineData("-gcflags=-N", "-GcFlags -l", "-gcflags=-l")]
    [InlineData("-overlay=overlay.json", "", "")]
    [InlineData("-race", "", "")]
    [InlineData("-race=true", "-Race:$false", "-race=false")]
    public async Task What_go_build_makes_of_GOFLAGS_comes_out(string variable, string parameter, string argument)
    {
        var options = Given(parameter) with
        {
            Strip = false,
            Environment = new Dictionary<string, string> { ["GOFLAGS"] = variable },
        };
        bool isRace = variable.StartsWith("-race", StringComparison.Ordinal) && parameter.Length == 0;
        BuildOutcome outcome = await _workspace.BuildAsync(strategy: isRace ? BuildStrategy.Glibc : BuildStrategy.Static, options: options);
        Assert.True(outcome.Build.Success, outcome.Failure?.ToString());

        string byHand = Path.Combine(_workspace.Output, "byhand");
        bool saysTrim = variable.Contains("trimpath", StringComparison.Ordinal) || argument.Contains("trimpath", StringComparison.Ordinal);
        Programs.Output(
            "go",
            ["build", .. saysTrim ? [] : (string[])["-trimpath"], .. argument.Length > 0 ? [argument] : (string[])[], "-o", byHand, "."],
            _workspace.Source,
            new Dictionary<string, string?> { ["GOFLAGS"] = variable, ["CGO_ENABLED"] = isRace ? "1" : "0" });

        Assert.Equal(Programs.Run(byHand, []).StandardError, Programs.Run(outcome.Build.Path!, []).StandardError);
        Assert.Equal(Settings(byHand), Settings(outcome.Build.Path!));
        bool isBeaten = parameter.Length > 0 && !parameter.StartsWith("-Define", StringComparison.Ordinal);
        Assert.Equal(!isBeaten, outcome.Build.GoFlags.Count > 0);
    }

    [ToolTheory("go", "git")]
    [InlineData("-json")]
    [InlineData("-x -v")]
    [InlineData("-f={{.Dir}}")]
    public async Task What_makes_no_sense_in_a_question_is_not_put_to_go_list(string variable)
    {
        BuildOptions options = new() { Environment = new Dictionary<string, string> { ["GOFLAGS"] = variable } };

        (_, IReadOnlyList<BuildRequest> plan) = await _workspace.PlanAsync(".", ["linux/amd64"], [BuildStrategy.Auto], options);

        Assert.Equal("example.com/ledger", Assert.Single(plan).Package.ImportPath);
    }

    [ToolFact("go", "git")]
    public async Task Commands_among_the_messages_are_not_taken_for_errors()
    {
        _workspace.Write("main.go", "package main\n\nfunc main() { println(nothing) }\n");

        BuildOutcome outcome = await _workspace.BuildAsync(
            options: new BuildOptions { Environment = new Dictionary<string, string> { ["GOFLAGS"] = "-x" } });

        Assert.Equal("BuildFailed", outcome.Failure!.ErrorId);
        Assert.Equal("undefined: nothing", Assert.Single(outcome.Build.Diagnostics).Message);
    }

    [ToolFact("go", "git")]
    public async Task Flags_with_which_go_builds_nothing_are_refused()
    {
        BuildOptions options = new() { Environment = new Dictionary<string, string> { ["GOFLAGS"] = "-n" } };

        Assert.Equal("FlagsBuildNothing", (await Assert.ThrowsAsync<GoCrossException>(() => _workspace.BuildAsync(options: options))).ErrorId);
    }

    // A checkout at a tag, two calls into a folder of it, and a file that is really changed.
    [ToolFact("go", "git")]
    public async Task Outputs_in_a_checkout_are_no_change_of_it_and_a_changed_file_is()
    {
        string output = Path.Combine(_workspace.Source, "dist");
        Assert.All(await SessionAsync(["linux/amd64", "linux/arm64"]), build => Assert.False(IsModified(build)));
        Assert.All(await SessionAsync(["linux/riscv64", "linux/amd64"]), build => Assert.False(IsModified(build)));
        Assert.Equal("?? dist/\n", Programs.Output("git", ["status", "--porcelain"], _workspace.Source));

        File.AppendAllText(Path.Combine(_workspace.Source, "overlay.txt"), "\n");
        Assert.All(await SessionAsync(["linux/amd64"]), build => Assert.True(IsModified(build)));

        async Task<List<GoBuild>> SessionAsync(string[] targets)
        {
            var observer = new CollectingObserver();
            await using var session = new BuildSession(new BuildSessionOptions
            {
                Targets = targets,
                Strategies = [BuildStrategy.Static],
                Output = OutputTemplate.Create(output, OutputTemplate.DefaultFileName),
            });
            IReadOnlyList<BuildRequest> plan = await session.PlanAsync(
                [PackageReference.Create(".", _workspace.Source)], observer, CancellationToken.None);
            await session.BuildAsync(plan, observer, CancellationToken.None);
            Assert.Empty(observer.Failures);
            Assert.Equal(targets.Length, observer.Outcomes.Count);
            return [.. observer.Outcomes.Select(outcome => outcome.Build)];
        }

        static bool IsModified(GoBuild build) =>
            Programs.Output("go", ["version", "-m", build.Path!]).Contains("vcs.modified=true", StringComparison.Ordinal);
    }

    private static BuildOptions Given(string parameter)
    {
        string[] words = parameter.Split(' ', 2);
        return words[0] switch
        {
            "" => new BuildOptions(),
            "-LdFlags" => new BuildOptions { LdFlags = words[1] },
            "-Define" => new BuildOptions { Defines = [KeyValuePair.Create(words[1].Split('=')[0], words[1].Split('=')[1])] },
            "-Tags" => new BuildOptions { Tags = [words[1]] },
            "-TrimPath" => new BuildOptions { TrimPath = true },
            "-TrimPath:$false" => new BuildOptions { TrimPath = false },
            "-BuildVcs" => new BuildOptions { BuildVcs = words[1] },
            "-Mod" => new BuildOptions { Mod = words[1] },
            "-GcFlags" => new BuildOptions { GcFlags = words[1] },
            "-Race:$false" => new BuildOptions { Race = false },
            _ => throw new ArgumentOutOfRangeException(nameof(parameter), parameter, null),
        };
    }

    // What go wrote of its flags, but -ldflags, which -trimpath keeps out (go.dev/issue/52372) and ours differ in by strategy.
    private static string[] Settings(string path) =>
    [
        .. Regex.Matches(Programs.Output("go", ["version", "-m", path]), @"^\tbuild\t(?<setting>.+)$", RegexOptions.Multiline)
            .Select(match => match.Groups["setting"].Value)
            .Where(setting => !setting.StartsWith("-ldflags=", StringComparison.Ordinal)),
    ];
}
