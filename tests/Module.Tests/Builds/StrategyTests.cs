using GoCross.Builds;
using GoCross.Elf;
using GoCross.Errors;
using GoCross.Targets;

namespace GoCross.Tests.Builds;

/// <summary>What Auto becomes, what a static glibc is, and why a program that was to be static is not.</summary>
public sealed class StrategyTests
{
    private const string Module = "module example.com/x\n\ngo 1.21\n";

    [ToolFact("go", "gcc")]
    public async Task Auto_becomes_Glibc_for_a_sanitizer_in_GOFLAGS()
    {
        using var workspace = new GoWorkspace(("go.mod", Module), ("main.go", "package main\n\nfunc main() {}\n"));

        BuildOutcome outcome = await workspace.BuildAsync(
            strategy: BuildStrategy.Auto, options: new BuildOptions { Environment = new Dictionary<string, string> { ["GOFLAGS"] = "-asan" } });

        Assert.True(outcome.Build.Success, outcome.Failure?.Message);
        Assert.Equal(BuildStrategy.Glibc, outcome.Build.Strategy);
    }

    [ToolTheory("go")]
    [InlineData("hello-http", "linux/amd64", BuildStrategy.Static, "nothing that the program imports needs C code")]
    [InlineData("hello-cgo", "linux/arm64", BuildStrategy.Musl, "C code in")]
    [InlineData("hello-cgo", "windows/amd64", BuildStrategy.Static, "without the C code in")]
    [InlineData("hello-cgo", "linux/ppc64", BuildStrategy.Static, "without the C code in")]
    public async Task Auto_is_told_from_what_the_program_imports(string example, string target, BuildStrategy strategy, string reason)
    {
        using GoWorkspace workspace = GoWorkspace.Example(example);

        (_, IReadOnlyList<BuildRequest> plan) = await workspace.PlanAsync(".", [target], [BuildStrategy.Auto]);

        BuildRequest build = Assert.Single(plan);
        Assert.Equal(strategy, build.Strategy);
        Assert.Contains(reason, build.StrategyReason, StringComparison.Ordinal);
    }

    [ToolFact("go")]
    public async Task Auto_sees_C_code_that_a_program_imports_from_another_package_but_not_that_of_net_and_os_user()
    {
        using var workspace = new GoWorkspace(
            ("go.mod", Module),
            ("pure/main.go", "package main\n\nimport (\n\t\"net\"\n\t\"os/user\"\n)\n\nfunc main() { println(net.ParseIP(\"\"), user.Current) }\n"),
            ("mixed/main.go", "package main\n\nimport _ \"example.com/x/c\"\n\nfunc main() {}\n"),
            ("c/c.go", "package c\n\nimport \"C\"\n"));

        (_, IReadOnlyList<BuildRequest> plan) = await workspace.PlanAsync("./...", ["linux/amd64"], [BuildStrategy.Auto, BuildStrategy.Static]);

        // Where Auto becomes what was named, too, there is one build.
        Assert.Equal(
            ["mixed Musl", "mixed Static", "pure Static"],
            plan.Select(build => $"{build.Package.Name} {build.Strategy}").Order(StringComparer.Ordinal));
    }

    [ToolFact("go")]
    public async Task Auto_becomes_Glibc_for_the_race_detector()
    {
        using var workspace = new GoWorkspace(("go.mod", Module), ("main.go", "package main\n\nfunc main() {}\n"));

        (_, IReadOnlyList<BuildRequest> plan) = await workspace.PlanAsync(
            ".", ["linux/amd64"], [BuildStrategy.Auto], new BuildOptions { Race = true });

        Assert.Equal(BuildStrategy.Glibc, Assert.Single(plan).Strategy);
    }

    [ToolTheory("go")]
    [InlineData("import \"plugin\"\n\nfunc main() { _, err := plugin.Open(\"x.so\"); println(err != nil) }", "imports plugin")]
    [InlineData("// #cgo LDFLAGS: -ldl\n// #include <dlfcn.h>\nimport \"C\"\n\nfunc main() { println(C.dlopen(nil, C.RTLD_LAZY) != nil) }", "calls dlopen")]
    public async Task Auto_becomes_Glibc_for_what_loads_code_while_it_runs(string code, string reason)
    {
        using var workspace = new GoWorkspace(("go.mod", Module), ("main.go", $"package main\n\n{code}\n"));

        (_, IReadOnlyList<BuildRequest> plan) = await workspace.PlanAsync(".", ["linux/amd64"], [BuildStrategy.Auto]);

        BuildRequest build = Assert.Single(plan);
        Assert.Equal(BuildStrategy.Glibc, build.Strategy);
        Assert.Contains(reason, build.StrategyReason, StringComparison.Ordinal);
    }

    [ToolFact("go", "musl-gcc")]
    public async Task A_stub_of_dlopen_is_told_and_where_there_is_none_nothing_is()
    {
        using var workspace = new GoWorkspace(
            ("go.mod", Module),
            ("main.go", "package main\n\n// void *load(const char *name);\nimport \"C\"\n\nfunc main() { println(C.load(C.CString(\"libm.so.6\")) != nil) }\n"),
            ("load.c", "#include <dlfcn.h>\n\nvoid *load(const char *name) { return dlopen(name, RTLD_LAZY); }\n"));

        GoBuild stub = (await workspace.BuildAsync(strategy: BuildStrategy.Musl)).Build;
        Assert.Contains("dlopen", Assert.Single(stub.Warnings).Message, StringComparison.Ordinal);
        Assert.Equal("false\n", Programs.Run(stub.Path!, []).StandardError);

        workspace.Write("load.c", "void *load(const char *name) { return 0; }\n");
        Assert.Empty((await workspace.BuildAsync(strategy: BuildStrategy.Musl)).Build.Warnings);
    }

    [ToolTheory("go", "gcc", "musl-gcc")]
    [InlineData(BuildStrategy.Musl)]
    [InlineData(BuildStrategy.Glibc)]
    [InlineData(BuildStrategy.GlibcStatic)]
    public async Task The_race_detector_finds_a_race_with_every_C_library(BuildStrategy strategy)
    {
        using var workspace = new GoWorkspace(
            ("go.mod", Module),
            ("main.go", "package main\n\nfunc main() {\n\tx, done := 0, make(chan bool)\n\tgo func() { x++; close(done) }()\n\tx++\n\t<-done\n\tprintln(x)\n}\n"));

        BuildOutcome outcome = await workspace.BuildAsync(strategy: strategy, options: new BuildOptions { Race = true });

        Assert.Null(outcome.Failure?.Message);
        Assert.Contains("DATA RACE", Programs.Run(outcome.Build.Path!, []).StandardError, StringComparison.Ordinal);
    }

    [ToolTheory("go", "gcc", "aarch64-linux-gnu-gcc", "qemu-aarch64-static", "readelf")]
    [InlineData("linux/amd64")]
    [InlineData("linux/arm64")]
    public async Task A_static_glibc_has_no_loader_and_is_told_as_glibc(string target)
    {
        using GoWorkspace workspace = GoWorkspace.Example("hello-cgo");

        BuildOutcome outcome = await workspace.BuildAsync(target, BuildStrategy.GlibcStatic);

        Assert.Null(outcome.Failure?.Message);
        Assert.Equal((ElfLinkage.Static, Verdict.Yes), (outcome.Build.Linkage!.Value, outcome.Build.RunsInScratch));
        Assert.DoesNotContain("INTERP", Programs.Output("readelf", ["-lW", outcome.Build.Path!]), StringComparison.Ordinal);
        string said = outcome.Build.Architecture == "arm64"
            ? Programs.Output("qemu-aarch64-static", [outcome.Build.Path!])
            : Programs.Output(outcome.Build.Path!, []);
        Assert.Contains("Hello from C, with glibc", said, StringComparison.Ordinal);
    }

    [ToolFact("go")]
    public async Task The_cause_of_a_program_that_is_not_static_is_named()
    {
        using var workspace = new GoWorkspace(
            ("go.mod", Module),
            ("main.go", "package main\n\nimport _ \"example.com/x/ffi\"\n\nfunc main() { println(1) }\n"),
            ("ffi/ffi.go", "package ffi\n"),
            ("ffi/dl_linux.go", "package ffi\n\n//go:cgo_import_dynamic purego_dlopen dlopen \"libdl.so.2\"\n//go:cgo_import_dynamic _ _ \"libdl.so.2\"\n"),
            ("ffi/aaa_darwin.go", "package ffi\n\n//go:cgo_import_dynamic purego_dlopen dlopen \"/usr/lib/libSystem.B.dylib\"\n"));

        BuildOutcome dynamic = await workspace.BuildAsync();

        Assert.Equal("BuildNotStatic", dynamic.Failure!.ErrorId);
        Assert.Contains("example.com/x/ffi calls shared libraries without cgo (cgo_import_dynamic in dl_linux.go)", dynamic.Failure.Message, StringComparison.Ordinal);
    }

    [ToolTheory("go", "musl-gcc", "gcc")]
    [InlineData(BuildStrategy.Static)]
    [InlineData(BuildStrategy.Musl)]
    [InlineData(BuildStrategy.GlibcStatic)]
    public async Task A_program_that_opens_plug_ins_is_not_built_static(BuildStrategy strategy)
    {
        using var workspace = new GoWorkspace(
            ("go.mod", Module),
            ("main.go", "package main\n\nimport \"plugin\"\n\nfunc main() {\n\t_, err := plugin.Open(\"x.so\")\n\tprintln(err.Error())\n}\n"));

        BuildOutcome fixed_ = await workspace.BuildAsync(strategy: strategy);
        BuildOutcome open = await workspace.BuildAsync(strategy: BuildStrategy.Glibc);

        Assert.Equal("BuildPluginNotStatic", fixed_.Failure!.ErrorId);
        Assert.Contains("-Strategy Glibc", fixed_.Failure.Fix, StringComparison.Ordinal);
        Assert.Contains("realpath failed", Programs.Run(open.Build.Path!, []).StandardError, StringComparison.Ordinal);
    }

    // Go's own linker makes one that has a loader and no library; the C linker one that has a library, or is all of glibc's.
    [ToolTheory("go", "gcc", "readelf")]
    [InlineData(BuildStrategy.Glibc, null, ElfLinkage.DynamicNoNeeded)]
    [InlineData(BuildStrategy.Glibc, "-linkmode=external", ElfLinkage.Dynamic)]
    [InlineData(BuildStrategy.GlibcStatic, null, ElfLinkage.StaticPie)]
    public async Task A_position_independent_program_is_what_comes_out_where_it_was_asked_for(
        BuildStrategy strategy, string? linkerFlags, ElfLinkage linkage)
    {
        using var workspace = new GoWorkspace(("go.mod", Module), ("main.go", "package main\n\nfunc main() { println(1) }\n"));

        BuildOutcome outcome = await workspace.BuildAsync(
            strategy: strategy, options: new BuildOptions { BuildMode = "pie", LdFlags = linkerFlags });

        Assert.Null(outcome.Failure?.Message);
        Assert.Equal(linkage, outcome.Build.Linkage);
        Assert.Matches("Type: +DYN", Programs.Output("readelf", ["-hW", outcome.Build.Path!]));
        Assert.Equal("1\n", Programs.Run(outcome.Build.Path!, []).StandardError);
    }

    [ToolTheory("go")]
    [InlineData("CGO_ENABLED", "-Strategy")]
    [InlineData("GOARM", "-Target")]
    [InlineData("CC", "-Compiler")]
    public async Task Variables_that_have_a_parameter_are_refused(string name, string parameter)
    {
        using var workspace = new GoWorkspace(("go.mod", Module), ("main.go", "package main\n\nfunc main() {}\n"));
        var options = new BuildOptions { Environment = new Dictionary<string, string> { [name] = "1" } };

        GoCrossException e = await Assert.ThrowsAsync<GoCrossException>(() => workspace.BuildAsync(options: options));

        Assert.Equal("EnvironmentReserved", e.ErrorId);
        Assert.Contains(parameter, e.Fix, StringComparison.Ordinal);
    }
}
