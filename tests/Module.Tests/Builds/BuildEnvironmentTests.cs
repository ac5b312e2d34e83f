using System.Text.RegularExpressions;
using GoCross.Builds;
using GoCross.Errors;
using GoCross.Files;
using GoCross.Targets;
using GoCross.Toolchains;

namespace GoCross.Tests.Builds;

/// <summary>What the caller's environment may decide, and what it may not.</summary>
[Collection(EnvironmentCollection.Name)]
public sealed class BuildEnvironmentTests : IDisposable
{
    private const string Hello = "package main\n\nfunc main() { println(\"hello\") }\n";
    private const string Module = "module example.com/x\n\ngo 1.21\n";

    private readonly Dictionary<string, string?> _before = [];

    public void Dispose()
    {
        foreach ((string name, string? value) in _before)
        {
            Environment.SetEnvironmentVariable(name, value);
        }
    }

    [ToolFact("go", "gcc")]
    public async Task CGO_ENABLED_GOOS_and_the_variant_are_never_inherited()
    {
        using GoWorkspace workspace = GoWorkspace.Example("hello-http");
        BuildOutcome before = await workspace.BuildAsync(options: new BuildOptions { Overwrite = true });

        Set("CGO_ENABLED", "1");
        Set("GOOS", "windows");
        Set("GOARCH", "arm64");
        Set("GOAMD64", "v3");
        Set("CC", "no-such-compiler");
        Set("SECRET_TOKEN", "hunter2");
        BuildOutcome after = await workspace.BuildAsync(options: new BuildOptions { Overwrite = true });

        Assert.True(before.Build.Success && after.Build.Success, after.Failure?.Message);
        Assert.Equal(before.Build.Sha256, after.Build.Sha256);
        Assert.Equal(before.Build.Command, after.Build.Command);
        Assert.DoesNotContain("hunter2", after.Build.ToString(), StringComparison.Ordinal);
    }

    [ToolFact("go")]
    public async Task GOFLAGS_is_honoured_and_told()
    {
        using var workspace = new GoWorkspace(
            ("go.mod", Module),
            ("main.go", "//go:build fromenv\n\npackage main\n\nvar who = \"nobody\"\n\nfunc main() { println(who) }\n"));
        Set("GOFLAGS", "-tags=fromenv \"-ldflags=-X main.who=me\"");

        BuildOutcome outcome = await workspace.BuildAsync();

        Assert.True(outcome.Build.Success, outcome.Failure?.Message);
        Assert.Equal("me\n", Programs.Run(outcome.Build.Path!, []).StandardError);
        Assert.Equal("-tags=fromenv \"-ldflags=-X main.who=me\"", outcome.Build.Environment["GOFLAGS"]);
        Assert.Equal(["-tags=fromenv", "-ldflags=-X main.who=me"], outcome.Build.GoFlags);
    }

    [ToolFact("go")]
    public async Task A_PIE_that_GOFLAGS_asks_for_is_not_taken_for_static()
    {
        using var workspace = new GoWorkspace(("go.mod", Module), ("main.go", Hello));
        Set("GOFLAGS", "-buildmode=pie");

        GoCrossException refusal = await Assert.ThrowsAsync<GoCrossException>(() => workspace.BuildAsync());

        Assert.Equal((ErrorKind.InvalidArgument, "PieNeedsLoader"), (refusal.Kind, refusal.ErrorId));
        Assert.Contains("-BuildMode exe", refusal.Fix, StringComparison.Ordinal);
        Assert.False(Directory.Exists(workspace.Output));
    }

    [ToolTheory("go")]
    [InlineData("linux/amd64", BuildStrategy.Musl, "musl-gcc", "apt-get install musl-tools")]
    [InlineData("linux/amd64", BuildStrategy.Glibc, "gcc", "apt-get install gcc libc6-dev")]
    [InlineData("linux/arm64", BuildStrategy.Musl, "aarch64-linux-musl-gcc", "dpkg --add-architecture arm64 && apt-get update && apt-get install gcc-aarch64-linux-gnu musl-dev:arm64")]
    [InlineData("linux/arm64", BuildStrategy.Glibc, "aarch64-linux-gnu-gcc", "apt-get install gcc-aarch64-linux-gnu libc6-dev-arm64-cross")]
    [InlineData("linux/arm/v6", BuildStrategy.Glibc, "arm-linux-gnueabi-gcc", "apt-get install gcc-arm-linux-gnueabi libc6-dev-armel-cross")]
    [InlineData("linux/riscv64", BuildStrategy.Glibc, "riscv64-linux-gnu-gcc", "apt-get install gcc-riscv64-linux-gnu libc6-dev-riscv64-cross")]
    public async Task A_missing_C_compiler_is_told_with_the_command_that_installs_it(
        string target, BuildStrategy strategy, string compiler, string command)
    {
        using var workspace = new GoWorkspace(("go.mod", Module), ("main.go", Hello));
        (GoBuilder builder, IReadOnlyList<BuildRequest> plan) = await workspace.PlanAsync(
            ".", [target], [strategy], goPath: Tools.Require("go"));
        Set("PATH", workspace.Source);

        BuildOutcome outcome = await builder.BuildAsync(plan[0], null, CancellationToken.None);

        Assert.Equal((ErrorKind.ToolMissing, "CCompilerMissing"), (outcome.Failure!.Kind, outcome.Failure.ErrorId));
        Assert.Matches($@"looked for: .*\b{Regex.Escape(compiler)}\b", outcome.Failure.Message);
        Assert.EndsWith(": " + command, outcome.Failure.Fix, StringComparison.Ordinal);
        Assert.Equal("CCompilerMissing", outcome.Build.ErrorId);
        Assert.False(Directory.Exists(workspace.Output));
    }

    [ToolFact("go")]
    public async Task Go_is_found_in_GOROOT_and_by_a_given_folder_when_it_is_not_on_PATH()
    {
        string go = Tools.Require("go");
        string root = Programs.Output("go", ["env", "GOROOT"]).Trim();
        Set("PATH", "/nowhere");
        Set("GOROOT", root);

        Assert.Equal(root, (await GoToolchain.FindAsync(null, "/", CancellationToken.None)).Root);
        Assert.Equal(go, (await GoToolchain.FindAsync(go, "/", CancellationToken.None)).Command);
        Assert.Equal(Path.Combine(root, "bin", "go"), (await GoToolchain.FindAsync(root, "/", CancellationToken.None)).Command);
    }

    [UnixFact]
    public async Task A_path_that_is_not_go_is_refused()
    {
        Assert.Equal("GoPathInvalid", (await Assert.ThrowsAsync<GoCrossException>(
            () => GoToolchain.FindAsync("/nowhere/go", "/", CancellationToken.None))).ErrorId);
        Assert.Equal("GoPathNotGo", (await Assert.ThrowsAsync<GoCrossException>(
            () => GoToolchain.FindAsync("/bin/echo", "/", CancellationToken.None))).ErrorId);
    }

    [ToolFact("go")]
    public void No_go_on_the_machine_is_told_with_what_to_do()
    {
        string go = Tools.Require("go");
        using var empty = new TemporaryDirectory();
        Set("PATH", empty.Path);

        GoCrossException nowhere = Assert.Throws<GoCrossException>(() => GoLocator.Locate(null, []));
        GoCrossException elsewhere = Assert.Throws<GoCrossException>(() => GoLocator.Locate(null, [empty.Path, "/nowhere"]));

        Assert.Equal((ErrorKind.ToolMissing, "GoNotFound"), (nowhere.Kind, nowhere.ErrorId));
        Assert.Equal("GoNotFound", elsewhere.ErrorId);
        Assert.Contains("https://go.dev/dl", nowhere.Fix, StringComparison.Ordinal);
        Assert.Contains("-GoPath", nowhere.Fix, StringComparison.Ordinal);

        Assert.Equal(go, GoLocator.Locate(null, ["/nowhere", Path.GetDirectoryName(go)!]));
    }

    [ToolFact("go")]
    public async Task A_GOROOT_of_another_go_does_not_reach_the_one_that_is_run()
    {
        using var workspace = new GoWorkspace(("go.mod", Module), ("main.go", Hello), ("other/VERSION", "go1.1\n"));
        string go = Tools.Require("go");
        Set("GOROOT", Path.Combine(workspace.Source, "other"));

        (GoBuilder builder, IReadOnlyList<BuildRequest> plan) = await workspace.PlanAsync(
            ".", ["linux/amd64"], [BuildStrategy.Static], goPath: go);
        BuildOutcome outcome = await builder.BuildAsync(plan[0], null, CancellationToken.None);

        Assert.True(outcome.Build.Success, outcome.Failure?.Message);
    }

    [ToolFact("go", "gcc", "aarch64-linux-gnu-gcc", "musl-gcc")]
    public async Task What_C_compilers_search_for_this_machine_reaches_only_builds_for_it_and_the_rest_is_told()
    {
        // Go's cache does not know of CPATH. New source is in no cache, whoever compiled this program before.
        using var workspace = new GoWorkspace(
            ("go.mod", Module),
            ("main.go", $"package main\n\n// // {Guid.NewGuid()}\n// #include <x.h>\n// int f(void) {{ return X; }}\nimport \"C\"\n\nfunc main() {{ C.f() }}\n"),
            ("include/x.h", "#define X 1\n"));
        string include = Path.Combine(workspace.Source, "include");
        Set("CPATH", include);
        Set("PKG_CONFIG_PATH", "/p");
        Set("CGO_LDFLAGS_ALLOW", "-Wl,--x");
        Set("GO111MODULE", "on");

        GoBuild native = (await workspace.BuildAsync(strategy: BuildStrategy.Glibc)).Build;
        GoBuild cross = (await workspace.BuildAsync("linux/arm64", BuildStrategy.Glibc)).Build;
        GoBuild musl = (await workspace.BuildAsync(strategy: BuildStrategy.Musl)).Build;

        Assert.True(native.Success, native.Error);
        Assert.Equal((include, "/p"), (native.Environment["CPATH"], native.Environment["PKG_CONFIG_PATH"]));
        foreach (GoBuild other in new[] { cross, musl })
        {
            Assert.Contains("x.h", other.Error, StringComparison.Ordinal);
            Assert.DoesNotContain("CPATH", other.Environment.Keys);
            Assert.DoesNotContain("PKG_CONFIG_PATH", other.Environment.Keys);
            Assert.Equal(("-Wl,--x", "on"), (other.Environment["CGO_LDFLAGS_ALLOW"], other.Environment["GO111MODULE"]));
        }
    }

    // Each tool is told apart by the arguments that go calls it with: a target's own, with its prefix, and else none of this machine's.
    [ToolFact("go", "gcc", "aarch64-linux-gnu-gcc", "musl-gcc", "chmod")]
    public async Task Tools_of_a_target_have_its_prefix_and_those_of_this_machine_are_not_taken_for_them()
    {
        using var workspace = new GoWorkspace(("go.mod", Module), ("main.go", "package main\n\nimport \"C\"\n\nfunc main() {}\n"));
        string bin = Path.Combine(workspace.Source, "bin");
        foreach (string tool in new[] { "aarch64-linux-gnu-pkg-config", "aarch64-linux-gnu-gfortran", "pkg-config", "gfortran" })
        {
            workspace.Write("bin/" + tool, "#!/bin/sh\n");
            Programs.Output("chmod", ["+x", Path.Combine(bin, tool)]);
        }

        Set("PATH", $"{bin}:{Environment.GetEnvironmentVariable("PATH")}");

        IReadOnlyDictionary<string, string> native = (await workspace.BuildAsync(strategy: BuildStrategy.Glibc)).Build.Environment;
        IReadOnlyDictionary<string, string> cross = (await workspace.BuildAsync("linux/arm64", BuildStrategy.Glibc)).Build.Environment;
        IReadOnlyDictionary<string, string> musl = (await workspace.BuildAsync(strategy: BuildStrategy.Musl)).Build.Environment;
        IReadOnlyDictionary<string, string> given = (await workspace.BuildAsync("linux/arm64", BuildStrategy.Glibc, new BuildOptions
        {
            Overwrite = true,
            Environment = new Dictionary<string, string> { ["PKG_CONFIG"] = "my-pkg-config", ["FC"] = "my-fortran" },
        })).Build.Environment;

        Assert.DoesNotContain("PKG_CONFIG", native.Keys);
        Assert.Equal((Path.Combine(bin, "aarch64-linux-gnu-pkg-config"), Path.Combine(bin, "aarch64-linux-gnu-gfortran")), (cross["PKG_CONFIG"], cross["FC"]));
        Assert.Equal(Tools.Require("aarch64-linux-gnu-ar"), cross["AR"]);
        Assert.Equal(("x86_64-linux-musl-pkg-config", "x86_64-linux-musl-gfortran"), (musl["PKG_CONFIG"], musl["FC"]));
        Assert.Equal(("my-pkg-config", "my-fortran"), (given["PKG_CONFIG"], given["FC"]));
    }

    // go's own cache does not know of pkg-config's answer: go build gives the first program again.
    [ToolFact("go", "gcc", "pkg-config")]
    public async Task Another_answer_of_pkg_config_is_another_program()
    {
        using var workspace = new GoWorkspace(
            ("go.mod", Module),
            ("main.go", $"package main\n\n// #cgo pkg-config: --static gauge\n// int f(void) {{ return GAUGE; }} // {Guid.NewGuid()}\nimport \"C\"\n\nfunc main() {{ println(C.f()) }}\n"));
        string[] all =
        [
            await BuildWith("one", "-DGAUGE=1"), await BuildWith("two", "-DGAUGE=2"), await BuildWith("two", "-DGAUGE=2"), await BuildWith("one", "-DGAUGE=1"),
        ];

        Assert.Equal(["1\n", "2\n", "2\n", "1\n"], all.Select(line => line.Split('|')[0]));
        string[] flags = [.. all.Select(line => line.Split('|')[1])];
        Assert.Equal((flags[0], flags[1]), (flags[3], flags[2]));
        Assert.NotEqual(flags[0], flags[1]);
        Assert.StartsWith("-DMINE -DGOCROSS_PKG_CONFIG=0x", flags[0], StringComparison.Ordinal);

        async Task<string> BuildWith(string folder, string answer)
        {
            workspace.Write($"{folder}/gauge.pc", $"Name: gauge\nDescription: gauge\nVersion: 1\nCflags: {answer}\nLibs:\n");
            Set("PKG_CONFIG_PATH", Path.Combine(workspace.Source, folder));
            Set("CGO_CPPFLAGS", "-DMINE");
            GoBuild build = (await workspace.BuildAsync(strategy: BuildStrategy.Glibc)).Build;
            Assert.True(build.Success, build.Error);
            return $"{Programs.Run(build.Path!, []).StandardError}|{build.Environment["CGO_CPPFLAGS"]}";
        }
    }

    [ToolFact("go")]
    public async Task A_missing_folder_for_temporary_files_is_not_taken_for_an_output_that_cannot_be_written()
    {
        using var workspace = new GoWorkspace(("go.mod", Module), ("main.go", Hello));
        (GoBuilder builder, IReadOnlyList<BuildRequest> plan) = await workspace.PlanAsync(".", ["linux/amd64"], [BuildStrategy.Static]);
        Set("TMPDIR", "/proc/nowhere");

        BuildOutcome outcome = await builder.BuildAsync(plan[0], null, CancellationToken.None);

        Assert.Equal((ErrorKind.Unavailable, "WorkFolderNotMade"), (outcome.Failure!.Kind, outcome.Failure.ErrorId));
        Assert.Contains("/proc/nowhere", outcome.Failure.Message, StringComparison.Ordinal);
        Assert.Contains("TMPDIR", outcome.Failure.Fix, StringComparison.Ordinal);
        Assert.False(Directory.Exists(workspace.Output));
    }

    [UnixFact]
    public void Debian_s_newest_Go_comes_first()
    {
        using var directory = new TemporaryDirectory();
        foreach (string name in new[] { "go-1.9", "go-1.23", "go-1.19", "go-doc" })
        {
            Directory.CreateDirectory(Path.Combine(directory.Path, name, "bin"));
        }

        Assert.Equal(
            ["go-1.23", "go-1.19", "go-1.9"],
            GoLocator.DebianFolders(directory.Path).Select(folder => Path.GetFileName(Path.GetDirectoryName(folder))));
    }

    private void Set(string name, string? value)
    {
        _before.TryAdd(name, Environment.GetEnvironmentVariable(name));
        Environment.SetEnvironmentVariable(name, value);
    }
}
