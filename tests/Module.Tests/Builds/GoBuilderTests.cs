using System.Text.RegularExpressions;
using GoCross.Builds;
using GoCross.Elf;
using GoCross.Errors;
using GoCross.Targets;

namespace GoCross.Tests.Builds;

/// <summary>Real builds, held against what readelf, sha256sum, go version -m and the programs themselves say.</summary>
public sealed class GoBuilderTests
{
    private const string Hello = "package main\n\nfunc main() { println(\"hello\") }\n";
    private const string Module = "module example.com/x\n\ngo 1.21\n";

    [ToolTheory("go", "musl-gcc", "gcc", "aarch64-linux-musl-gcc", "aarch64-linux-gnu-gcc", "qemu-aarch64-static", "readelf", "sha256sum")]
    [InlineData("linux/amd64", BuildStrategy.Static, null, "Hello from Go, without cgo")]
    [InlineData("linux/amd64", BuildStrategy.Musl, null, "Hello from C, with a C library that is not glibc")]
    [InlineData("linux/amd64", BuildStrategy.Glibc, "/lib64/ld-linux-x86-64.so.2", "Hello from C, with glibc")]
    [InlineData("linux/arm64", BuildStrategy.Static, null, "Hello from Go, without cgo")]
    [InlineData("linux/arm64", BuildStrategy.Musl, null, "Hello from C, with a C library that is not glibc")]
    [InlineData("linux/arm64", BuildStrategy.Glibc, "/lib/ld-linux-aarch64.so.1", "Hello from C, with glibc")]
    public async Task The_cgo_example_is_what_each_strategy_promises_and_runs(
        string target, BuildStrategy strategy, string? interpreter, string greeting)
    {
        using GoWorkspace workspace = GoWorkspace.Example("hello-cgo");

        GoBuild build = Succeeded(await workspace.BuildAsync(target, strategy));

        Assert.Equal($"hello-cgo {target}: {greeting}\n", Regex.Replace(Run(build), "localhost .*\n", ""));
        AssertAgreesWithTools(build, interpreter);
        Assert.Equal((target, strategy, "hello-cgo"), (build.Target, build.Strategy, build.Name));
        Assert.Equal(strategy == BuildStrategy.Static, build.Compiler is null);
    }

    [Trait("Speed", "Slow")]
    [ToolTheory("go", "musl-gcc", "gcc", "aarch64-linux-musl-gcc", "aarch64-linux-gnu-gcc", "qemu-aarch64-static", "readelf", "sha256sum")]
    [InlineData("linux/amd64", BuildStrategy.Static, null)]
    [InlineData("linux/amd64", BuildStrategy.Musl, null)]
    [InlineData("linux/amd64", BuildStrategy.Glibc, "/lib64/ld-linux-x86-64.so.2")]
    [InlineData("linux/arm64", BuildStrategy.Static, null)]
    [InlineData("linux/arm64", BuildStrategy.Musl, null)]
    [InlineData("linux/arm64", BuildStrategy.Glibc, "/lib/ld-linux-aarch64.so.1")]
    public async Task The_web_example_is_what_each_strategy_promises_and_runs(
        string target, BuildStrategy strategy, string? interpreter)
    {
        using GoWorkspace workspace = GoWorkspace.Example("hello-http");

        GoBuild build = Succeeded(await workspace.BuildAsync(target, strategy));

        Assert.StartsWith($"hello-http {target}\nuser ", Run(build, "-check"), StringComparison.Ordinal);
        AssertAgreesWithTools(build, interpreter);
    }

    [Trait("Speed", "Slow")]
    [ToolTheory("go", "musl-gcc")]
    [InlineData(BuildStrategy.Static, "0", "")]
    [InlineData(BuildStrategy.Musl, "1", "netgo,osusergo,sqlite_omit_load_extension,extra")]
    public async Task Go_says_that_the_program_has_the_settings_that_were_asked_for(
        BuildStrategy strategy, string cgo, string tags)
    {
        using var workspace = new GoWorkspace(("go.mod", Module), ("main.go", Hello));
        var options = new BuildOptions { Tags = strategy == BuildStrategy.Musl ? ["extra"] : [] };

        GoBuild build = Succeeded(await workspace.BuildAsync("linux/amd64/v2", strategy, options));

        Dictionary<string, string> settings = Regex
            .Matches(Programs.Output("go", ["version", "-m", build.Path!]), @"^\tbuild\t([^=]+)=(.*)$", RegexOptions.Multiline)
            .ToDictionary(match => match.Groups[1].Value, match => match.Groups[2].Value);
        Assert.Equal(cgo, settings["CGO_ENABLED"]);
        Assert.Equal("linux", settings["GOOS"]);
        Assert.Equal("amd64", settings["GOARCH"]);
        Assert.Equal("v2", settings["GOAMD64"]);
        Assert.Equal("true", settings["-trimpath"]);
        Assert.Equal(tags, settings.GetValueOrDefault("-tags", ""));
        Assert.Equal("v2", build.Variant);
        Assert.Equal(cgo, build.Environment["CGO_ENABLED"]);
        Assert.Equal("v2", build.Environment["GOAMD64"]);
    }

    [ToolFact("go", "readelf")]
    public async Task The_told_command_line_makes_the_same_program()
    {
        using var workspace = new GoWorkspace(("go.mod", Module), ("main.go", Hello));
        GoBuild build = Succeeded(await workspace.BuildAsync(options: new BuildOptions { LdFlags = "-X 'main.a=b c'" }));
        File.Delete(build.Path!);

        Programs.Output("sh", ["-c", build.Command], workspace.Source);

        Assert.Equal(build.Sha256, Programs.Output("sha256sum", [build.Path!])[..64]);
    }

    [ToolFact("go")]
    public async Task Symbols_are_left_out_unless_they_are_wanted_and_variables_are_defined()
    {
        using var workspace = new GoWorkspace(
            ("go.mod", Module), ("main.go", "package main\n\nvar version = \"none\"\n\nfunc main() { println(version) }\n"));
        GoBuild stripped = Succeeded(await workspace.BuildAsync(options: new BuildOptions { Defines = [new("main.version", "1.2 beta")] }));
        Assert.DoesNotContain(".symtab", Programs.Output("readelf", ["-SW", stripped.Path!]), StringComparison.Ordinal);
        Assert.Equal("1.2 beta\n", Programs.Run(stripped.Path!, []).StandardError);

        GoBuild whole = Succeeded(await workspace.BuildAsync(options: new BuildOptions { Strip = false, Overwrite = true }));
        Assert.Contains(".symtab", Programs.Output("readelf", ["-SW", whole.Path!]), StringComparison.Ordinal);
    }

    [Trait("Speed", "Slow")]
    [ToolTheory("go")]
    [InlineData("windows/amd64", "MZ", "Made for windows")]
    [InlineData("darwin/arm64", "\u00cf\u00fa\u00ed\u00fe", "Made for darwin")]
    [InlineData("js/wasm", "\0asm", "Made for js")]
    [InlineData("freebsd/amd64", "\u007fELF", "Made for freebsd")]
    [InlineData("linux/arm/v6", "\u007fELF", "Statically linked")]
    [InlineData("linux/s390x", "\u007fELF", "Statically linked")]
    [InlineData("plan9/386", "\0\0\u0001\u00eb", "Made for plan9")]
    public async Task Other_systems_come_out_in_their_own_formats(string target, string magic, string reason)
    {
        using var workspace = new GoWorkspace(("go.mod", Module), ("main.go", Hello));

        GoBuild build = Succeeded(await workspace.BuildAsync(target));

        byte[] head = new byte[4];
        using (FileStream file = File.OpenRead(build.Path!))
        {
            file.ReadExactly(head);
        }

        Assert.StartsWith(magic, string.Concat(head.Select(b => (char)b)), StringComparison.Ordinal);
        Assert.StartsWith(reason, build.Reason, StringComparison.Ordinal);
        Assert.Equal(target.StartsWith("linux", StringComparison.Ordinal) ? Verdict.Yes : Verdict.No, build.RunsInScratch);
    }

    [ToolFact("go")]
    public async Task A_package_that_does_not_compile_gives_its_errors_with_their_places()
    {
        using var workspace = new GoWorkspace(
            ("go.mod", Module),
            ("main.go", "package main\n\nimport \"example.com/x/lib\"\n\nfunc main() { lib.F() }\n"),
            ("lib/lib.go", "package lib\n\nfunc F() int { return \"x\" }\n\nvar Z undefinedT\n"));

        BuildOutcome outcome = await workspace.BuildAsync();

        Assert.False(outcome.Build.Success);
        Assert.Equal("BuildFailed", outcome.Failure!.ErrorId);
        string lib = Path.Combine(workspace.Source, "lib", "lib.go");
        Assert.Contains($"{lib}:3:23: cannot use \"x\"", outcome.Failure.Message, StringComparison.Ordinal);
        Assert.Equal(
            [(lib, 3, 23, "example.com/x/lib"), (lib, 5, 7, "example.com/x/lib")],
            outcome.Build.Diagnostics.Select(d => (d.File, d.Line ?? 0, d.Column ?? 0, d.Package)));
        Assert.Equal("undefined: undefinedT", outcome.Build.Diagnostics[1].Message);
        Assert.Null(outcome.Build.Path);
        Assert.False(Directory.Exists(workspace.Output));
    }

    [ToolFact("go", "gcc")]
    public async Task Errors_of_the_C_compiler_and_of_the_linker_have_their_places()
    {
        using var workspace = new GoWorkspace(
            ("go.mod", Module),
            ("main.go", "package main\n\n// static int f(void) { return nope; }\nimport \"C\"\n\nfunc main() { C.f() }\n"),
            ("link/main.go", "package main\n\n// int nofun(void);\nimport \"C\"\n\nfunc main() { C.nofun() }\n"));

        BuildDiagnostic compile = (await workspace.BuildAsync(strategy: BuildStrategy.Glibc)).Build.Diagnostics[0];
        Assert.Equal((Path.Combine(workspace.Source, "main.go"), 3), (compile.File, compile.Line));
        Assert.Contains("'nope' undeclared", compile.Message, StringComparison.Ordinal);

        BuildDiagnostic link = (await workspace.BuildAsync(strategy: BuildStrategy.Glibc, package: "./link")).Build.Diagnostics[0];
        Assert.Contains("undefined reference to `nofun'", link.Message, StringComparison.Ordinal);
        Assert.Equal("example.com/x/link", link.Package);
    }

    [ToolFact("go", "gcc")]
    public async Task A_package_of_C_code_only_is_told_to_need_a_strategy_with_C()
    {
        using var workspace = new GoWorkspace(("go.mod", Module), ("main.go", "package main\n\nimport \"C\"\n\nfunc main() {}\n"));

        BuildOutcome outcome = await workspace.BuildAsync();

        Assert.Equal("BuildExcluded", outcome.Failure!.ErrorId);
        Assert.Contains("-Strategy Musl", outcome.Failure.Fix, StringComparison.Ordinal);
        Succeeded(await workspace.BuildAsync(strategy: BuildStrategy.Glibc));
    }

    [ToolFact("go", "gcc")]
    public async Task A_program_without_C_stays_static_with_the_strategy_glibc()
    {
        using var workspace = new GoWorkspace(("go.mod", Module), ("main.go", Hello));

        GoBuild build = Succeeded(await workspace.BuildAsync(strategy: BuildStrategy.Glibc));

        Assert.Equal(ElfLinkage.Static, build.Linkage);
    }

    [ToolFact("go")]
    public async Task A_program_that_calls_a_shared_library_without_cgo_is_not_taken_for_static()
    {
        // What purego does: with CGO_ENABLED=0 the linker is told of a symbol of a library.
        using var workspace = new GoWorkspace(
            ("go.mod", Module),
            ("main.go", """
                package main

                //go:cgo_import_dynamic purego_dlopen dlopen "libdl.so.2"
                //go:cgo_import_dynamic _ _ "libdl.so.2"

                func main() { println(1) }
                """));

        BuildOutcome outcome = await workspace.BuildAsync();

        Assert.Equal((ErrorKind.VerificationFailed, "BuildNotStatic"), (outcome.Failure!.Kind, outcome.Failure.ErrorId));
        Assert.Contains("/lib64/ld-linux-x86-64.so.2", outcome.Failure.Message, StringComparison.Ordinal);
        Assert.Contains("cgo_import_dynamic", outcome.Failure.Fix, StringComparison.Ordinal);
        Assert.False(Directory.Exists(workspace.Output));
    }

    [ToolFact("go", "gcc")]
    public async Task A_static_glibc_is_not_taken_for_a_dynamic_one_and_its_warnings_are_told()
    {
        using GoWorkspace workspace = GoWorkspace.Example("hello-cgo");
        var options = new BuildOptions { LdFlags = "-linkmode external -extldflags -static" };

        BuildOutcome outcome = await workspace.BuildAsync(strategy: BuildStrategy.Glibc, options: options);

        Assert.Equal((ErrorKind.VerificationFailed, "BuildNotGlibc"), (outcome.Failure!.Kind, outcome.Failure.ErrorId));
        BuildDiagnostic warning = Assert.Single(outcome.Build.Warnings);
        Assert.StartsWith("Using 'getaddrinfo' in statically linked applications", warning.Message, StringComparison.Ordinal);
        Assert.Equal(Path.Combine(workspace.Source, "hello.c"), warning.File);
        Assert.False(Directory.Exists(workspace.Output));
    }

    [ToolFact("go")]
    public async Task A_file_of_the_output_s_name_stays_unless_it_may_be_replaced()
    {
        using var workspace = new GoWorkspace(("go.mod", Module), ("main.go", Hello));
        Directory.CreateDirectory(workspace.Output);
        string path = Path.Combine(workspace.Output, "x_linux_amd64_static");
        File.WriteAllText(path, "mine");

        Assert.Equal("FileExists", (await workspace.BuildAsync()).Failure!.ErrorId);
        Assert.Equal("mine", File.ReadAllText(path));

        // Not replaced by a build that fails, either.
        workspace.Write("main.go", "package main\n");
        Assert.False((await workspace.BuildAsync(options: new BuildOptions { Overwrite = true })).Build.Success);
        Assert.Equal("mine", File.ReadAllText(path));

        workspace.Write("main.go", Hello);
        Assert.Equal(path, Succeeded(await workspace.BuildAsync(options: new BuildOptions { Overwrite = true })).Path);
        Assert.Equal("hello\n", Programs.Run(path, []).StandardError);
        Assert.Single(Directory.GetFileSystemEntries(workspace.Output));
    }

    [ToolFact("go")]
    public async Task A_folder_that_cannot_be_written_is_told_before_anything_is_compiled()
    {
        using var workspace = new GoWorkspace(("go.mod", Module), ("main.go", "package main\n\nthis does not compile\n"));
        (GoBuilder builder, IReadOnlyList<BuildRequest> plan) = await workspace.PlanAsync(".", ["linux/amd64"], [BuildStrategy.Static]);

        // Not even root writes to the kernel's own file systems.
        BuildRequest unwritable = plan[0] with { OutputPath = "/sys/kernel/x" };
        BuildOutcome outcome = await builder.BuildAsync(unwritable, null, CancellationToken.None);

        Assert.Equal("OutputNotWritable", outcome.Failure!.ErrorId);
        Assert.Contains("/sys/kernel/x", outcome.Failure.Message, StringComparison.Ordinal);
    }

    [Trait("Speed", "Slow")]
    [ToolFact("go", "gcc")]
    public async Task A_build_that_is_cancelled_leaves_no_process_and_no_file()
    {
        const int Repetitions = 20;
        using var workspace = new GoWorkspace(
            ("go.mod", Module), ("main.go", "package main\n\n// int f(void);\nimport \"C\"\n\nfunc main() { println(C.f()) }\n"));

        for (int i = 0; i < Repetitions; i++)
        {
            // New source each time, so that go, cgo, the C compiler and the linker have something to do.
            workspace.Write("f.c", $"int f(void) {{ return {Random.Shared.Next()}; }}\n");
            (GoBuilder builder, IReadOnlyList<BuildRequest> plan) = await workspace.PlanAsync(".", ["linux/amd64"], [BuildStrategy.Glibc]);
            using var cancel = new CancellationTokenSource();
            Task<BuildOutcome> running = builder.BuildAsync(plan[0], null, cancel.Token);
            await Task.Delay(10 + (i * 15));
            cancel.Cancel();

            try
            {
                await running;
                File.Delete(plan[0].OutputPath);
            }
            catch (OperationCanceledException)
            {
                Assert.False(File.Exists(plan[0].OutputPath));
            }

            Assert.Empty(Directory.Exists(workspace.Output) ? Directory.GetFileSystemEntries(workspace.Output) : []);
            Assert.Empty(ProcessesThatMention(plan[0].OutputPath, workspace.Source));
        }
    }

    private static GoBuild Succeeded(BuildOutcome outcome)
    {
        Assert.True(outcome.Failure is null, $"{outcome.Failure?.Message}\n{string.Join('\n', outcome.Build.Diagnostics)}");
        Assert.True(outcome.Build.Success);
        return outcome.Build;
    }

    private static string Run(GoBuild build, params string[] arguments) => build.Architecture == "arm64"
        ? Programs.Output("qemu-aarch64-static", ["-L", "/usr/aarch64-linux-gnu", build.Path!, .. arguments])
        : Programs.Output(build.Path!, arguments);

    private static void AssertAgreesWithTools(GoBuild build, string? interpreter)
    {
        string headers = Programs.Output("readelf", ["-lhW", build.Path!]);
        string machine = build.Architecture == "arm64" ? "AArch64" : "Advanced Micro Devices X86-64";
        Assert.Matches($@"Machine: +{machine}\n", headers);
        string? requested = Regex.Match(headers, @"Requesting program interpreter: ([^\]]+)\]") is { Success: true } match
            ? match.Groups[1].Value
            : null;
        Assert.Equal(interpreter, requested);
        Assert.Equal(interpreter, build.Interpreter);
        Assert.Equal(interpreter is null ? (Verdict.Yes, ElfLinkage.Static) : (Verdict.No, ElfLinkage.Dynamic), (build.RunsInScratch, build.Linkage!.Value));
        Assert.Equal(Programs.Output("sha256sum", [build.Path!])[..64], build.Sha256);
        Assert.Equal(new FileInfo(build.Path!).Length, build.Length);
    }

    private static IEnumerable<string> ProcessesThatMention(params string[] texts) =>
        from folder in Directory.EnumerateDirectories("/proc")
        where int.TryParse(Path.GetFileName(folder), out _)
        let told = ReadOrEmpty(Path.Combine(folder, "cmdline"))
        where texts.Any(text => told.Contains(text, StringComparison.Ordinal))
        select told.Replace('\0', ' ');

    private static string ReadOrEmpty(string path)
    {
        try
        {
            return File.ReadAllText(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return string.Empty;
        }
    }
}
