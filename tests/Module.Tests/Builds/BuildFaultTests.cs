using System.Text;
using GoCross.Builds;
using GoCross.Errors;
using GoCross.Targets;

namespace GoCross.Tests.Builds;

/// <summary>What goes wrong around go, and not in the source.</summary>
public sealed class BuildFaultTests
{
    private const string Module = "module example.com/x\n\ngo 1.21\n";

    [ToolTheory("go")]
    [InlineData("off")]
    [InlineData("http://127.0.0.1:9")]
    public async Task A_module_that_cannot_be_had_is_told_as_such(string proxy)
    {
        using GoWorkspace workspace = Requiring("example.com/missing");
        BuildOptions options = From(proxy);

        BuildOutcome outcome = await workspace.BuildAsync(options: options);

        Assert.Equal("BuildModuleMissing", outcome.Failure?.ErrorId);
        Assert.Matches("example.com/missing|GOPROXY=off", outcome.Failure!.Message);
        Assert.False(Directory.Exists(workspace.Output));
    }

    [ToolTheory("go")]
    [InlineData("401 Unauthorized", "BuildModuleRefused", "-ModuleCredential")]
    [InlineData("403 Forbidden", "BuildModuleRefused", "GOPRIVATE")]
    [InlineData("404 Not Found", "BuildModuleMissing", "go mod download")]
    public async Task A_proxy_s_refusal_is_told_as_such(string status, string error, string remedy)
    {
        await using var proxy = new TestServer(
            call => call.Stream.WriteAsync(Encoding.ASCII.GetBytes($"HTTP/1.1 {status}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n")).AsTask());
        using GoWorkspace workspace = Requiring("example.com/private");
        BuildOptions options = From("http://" + proxy.Authority);

        GoCrossException failure = (await workspace.BuildAsync(options: options)).Failure!;

        Assert.Equal(error, failure.ErrorId);
        Assert.Contains(remedy, failure.Fix, StringComparison.Ordinal);
    }

    [ToolTheory("go")]
    [InlineData("GoSettingInvalid", "tags=x", "", "")]
    [InlineData("GoSettingInvalid", "-nosuch", "", "")]
    [InlineData("GoModuleFileInvalid", "", "foo bar", "")]
    [InlineData("ReplacementMissing", "-mod=mod", "require example.com/l v1.0.0\n\nreplace example.com/l => ../nowhere", "example.com/l")]
    [InlineData("VendorInconsistent", "-mod=vendor", "require example.com/l v1.0.0", "example.com/l")]
    [InlineData("BuildFailed", "", "", "cmd/internal/obj")]
    public async Task What_go_says_before_it_builds_has_a_remedy_of_its_own(string error, string flags, string module, string import)
    {
        using var workspace = new GoWorkspace(
            ("go.mod", $"{Module}\n{module}\n"),
            ("main.go", import.Length == 0 ? "package main\n\nfunc main() {}\n" : $"package main\n\nimport _ \"{import}\"\n\nfunc main() {{}}\n"));
        if (error == "VendorInconsistent")
        {
            workspace.Write("vendor/modules.txt", "# example.com/l v0.9.0\n## explicit\nexample.com/l\n");
            workspace.Write("vendor/example.com/l/l.go", "package l\n");
        }

        var options = new BuildOptions
        {
            Environment = new Dictionary<string, string> { ["GOFLAGS"] = flags.Length > 0 ? flags : "-mod=mod", ["GOPROXY"] = "off" },
        };

        GoCrossException? failure = null;
        try
        {
            failure = (await workspace.BuildAsync(options: options)).Failure;
        }
        catch (GoCrossException e)
        {
            failure = e;
        }

        Assert.Equal(error, failure?.ErrorId);
        if (error == "BuildFailed")
        {
            Assert.Contains("use of internal package cmd/internal/obj not allowed", failure!.Message, StringComparison.Ordinal);
        }
    }

    [ToolFact("go")]
    public async Task A_cache_that_cannot_be_written_is_told_as_such()
    {
        // sysfs lets nobody make a folder.
        using var workspace = new GoWorkspace(("go.mod", Module), ("main.go", "package main\n\nfunc main() {}\n"));
        var options = new BuildOptions { Environment = new Dictionary<string, string> { ["GOCACHE"] = "/sys/gocross" } };

        GoCrossException? failure = null;
        try
        {
            failure = (await workspace.BuildAsync(options: options)).Failure;
        }
        catch (GoCrossException e)
        {
            failure = e;
        }

        Assert.Equal("GoCacheUnusable", failure?.ErrorId);
        Assert.Contains("/sys/gocross", failure!.Message, StringComparison.Ordinal);
        Assert.Contains("GOCACHE", failure.Fix, StringComparison.Ordinal);
    }

    [ToolFact("go", "gcc", "sh", "chmod")]
    public async Task A_compiler_that_is_killed_is_told_as_such_and_leaves_nothing()
    {
        using GoWorkspace workspace = GoWorkspace.Example("hello-cgo");
        Directory.CreateDirectory(workspace.Output);
        string compiler = Path.Combine(workspace.Output, "cc");
        File.WriteAllText(compiler, "#!/bin/sh\ncase \"$*\" in *hello.c*) kill -9 $$ ;; esac\nexec gcc \"$@\"\n");
        Programs.Output("chmod", ["+x", compiler]);

        BuildOutcome outcome = await workspace.BuildAsync(
            strategy: BuildStrategy.Glibc, options: new BuildOptions { Compiler = compiler });

        Assert.Equal("BuildKilled", outcome.Failure?.ErrorId);
        Assert.Equal([compiler], Directory.GetFileSystemEntries(workspace.Output));
    }

    // The words are go's, the compilers', ld's and pkg-config's own; what each remedy says is tried in the tests beside.
    [ToolTheory("go", "gcc", "musl-gcc", "pkg-config")]
    [InlineData("// #include <linux/limits.h>", BuildStrategy.Musl, "KernelHeaderMissing", "-idirafter /usr/include ")]
    [InlineData("// #include <nowhere.h>", BuildStrategy.Glibc, "CHeaderMissing", "CGO_CFLAGS")]
    [InlineData("// #cgo LDFLAGS: -lnowhere", BuildStrategy.Glibc, "CLibraryMissing", "CGO_LDFLAGS")]
    [InlineData("// void nowhere(void); static void f(void) { nowhere(); }", BuildStrategy.Glibc, "CSymbolMissing", "#cgo LDFLAGS")]
    [InlineData("// #cgo pkg-config: nowhere", BuildStrategy.Glibc, "CLibraryMissing", "PKG_CONFIG_LIBDIR")]
    [InlineData("// #cgo pkg-config: nowhere", BuildStrategy.Musl, "PkgConfigMissing", "PKG_CONFIG_LIBDIR")]
    public async Task What_C_code_lacks_is_named_with_a_remedy_for_it(string preamble, BuildStrategy strategy, string errorId, string remedy)
    {
        string use = preamble.Contains("f(void)", StringComparison.Ordinal) ? "C.f()" : "println(C.int(1))";
        using var workspace = new GoWorkspace(
            ("go.mod", Module), ("main.go", $"package main\n\n{preamble}\nimport \"C\"\n\nfunc main() {{ {use} }}\n"));

        GoCrossException failure = (await workspace.BuildAsync(strategy: strategy)).Failure!;

        Assert.Equal(errorId, failure.ErrorId);
        Assert.Contains(remedy, failure.Fix, StringComparison.Ordinal);
    }

    [ToolFact("go", "musl-gcc")]
    public async Task The_remedy_for_the_kernel_s_headers_works()
    {
        using var workspace = new GoWorkspace(
            ("go.mod", Module), ("main.go", "package main\n\n// #include <linux/limits.h>\nimport \"C\"\n\nfunc main() { println(C.PATH_MAX) }\n"));
        string fix = (await workspace.BuildAsync(strategy: BuildStrategy.Musl)).Failure!.Fix;
        string flags = System.Text.RegularExpressions.Regex.Match(fix, "CGO_CFLAGS = '([^']+)'").Groups[1].Value;

        BuildOutcome outcome = await workspace.BuildAsync(
            strategy: BuildStrategy.Musl,
            options: new BuildOptions { Environment = new Dictionary<string, string> { ["CGO_CFLAGS"] = flags } });

        Assert.Null(outcome.Failure?.Message);
        Assert.Equal("4096\n", Programs.Run(outcome.Build.Path!, []).StandardError);
    }

    [ToolFact("go", "gcc", "aarch64-linux-gnu-gcc", "ar")]
    public async Task A_library_of_another_machine_is_not_the_headline()
    {
        using var workspace = new GoWorkspace(
            ("go.mod", Module),
            ("main.go", "package main\n\n// #cgo LDFLAGS: -L${SRCDIR} -lgauge\n// int gauge(void);\nimport \"C\"\n\nfunc main() { println(C.gauge()) }\n"),
            ("gauge.txt", "int gauge(void) { return 42; }\n"));
        Programs.Output("aarch64-linux-gnu-gcc", ["-x", "c", "-c", "gauge.txt", "-o", "gauge.o.txt"], workspace.Source);
        Programs.Output("ar", ["rcs", "libgauge.a", "gauge.o.txt"], workspace.Source);

        BuildOutcome outcome = await workspace.BuildAsync(strategy: BuildStrategy.Glibc);

        Assert.Equal("CLibraryMissing", outcome.Failure!.ErrorId);
        Assert.Contains("cannot find -lgauge", outcome.Failure.Message, StringComparison.Ordinal);
    }

    [ToolFact("go", "musl-gcc")]
    public async Task A_compiler_for_Cxx_that_is_not_there_is_named_with_what_has_one()
    {
        using var workspace = new GoWorkspace(
            ("go.mod", Module),
            ("main.go", "package main\n\n// int tally(void);\nimport \"C\"\n\nfunc main() { println(C.tally()) }\n"),
            ("tally.cpp", "extern \"C\" int tally(void) { return 1; }\n"));

        GoCrossException failure = (await workspace.BuildAsync(
            strategy: BuildStrategy.Musl, options: new BuildOptions { Compiler = "gcc" })).Failure!;

        Assert.Equal(("CxxCompilerMissing", ErrorKind.ToolMissing), (failure.ErrorId, failure.Kind));
        Assert.Contains("-Compiler zig", failure.Fix, StringComparison.Ordinal);
        Assert.Contains("GlibcStatic", failure.Fix, StringComparison.Ordinal);
    }

    [ToolFact("go", "git")]
    public async Task Why_git_refuses_a_checkout_is_told_and_both_remedies_work()
    {
        using var workspace = new GoWorkspace(("go.mod", Module), ("main.go", "package main\n\nfunc main() {}\n"));
        Programs.Output("git", ["init", "-q", "."], workspace.Source);
        Dictionary<string, string> somebodyElse = new() { ["GIT_TEST_ASSUME_DIFFERENT_OWNER"] = "1" };

        GoCrossException failure = (await workspace.BuildAsync(options: new BuildOptions { Environment = somebodyElse })).Failure!;

        Assert.Equal("BuildVcsFailed", failure.ErrorId);
        Assert.Contains("dubious ownership", failure.Message, StringComparison.Ordinal);
        Assert.Contains("-BuildVcs false", failure.Fix, StringComparison.Ordinal);
        Assert.Contains("safe.directory", failure.Fix, StringComparison.Ordinal);
        Assert.True((await workspace.BuildAsync(options: new BuildOptions { Environment = somebodyElse, BuildVcs = "false" })).Build.Success);
    }

    [ToolTheory("go", "hg", "fossil")]
    [InlineData("hg", "config error at ")]
    [InlineData("fossil", "repository does not exist")]
    public async Task Why_another_version_control_refuses_a_checkout_is_told(string system, string reason)
    {
        using var workspace = new GoWorkspace(("go.mod", Module), ("main.go", "package main\n\nfunc main() {}\n"));
        string repository = Path.Combine(workspace.Source, "of.fossil");
        Dictionary<string, string?> user = new() { ["USER"] = "tester", ["HOME"] = workspace.Source };
        Programs.Output(system, system == "hg" ? ["init"] : ["init", repository], workspace.Source, user);
        if (system == "hg")
        {
            File.WriteAllText(Path.Combine(workspace.Source, ".hg", "hgrc"), "[broken\n");
        }
        else
        {
            Programs.Output(system, ["open", "--force", repository], workspace.Source, user);
            File.Delete(repository);
        }

        GoCrossException failure = (await workspace.BuildAsync()).Failure!;

        Assert.Equal("BuildVcsFailed", failure.ErrorId);
        Assert.Contains(reason, failure.Message, StringComparison.Ordinal);
        Assert.True((await workspace.BuildAsync(options: new BuildOptions { BuildVcs = "false" })).Build.Success);
    }

    [ToolTheory("go")]
    [InlineData("HOME", "")]
    [InlineData("GOCACHE", "off")]
    public async Task No_place_for_a_cache_is_told_with_the_variables_to_set(string name, string value)
    {
        using var workspace = new GoWorkspace(("go.mod", Module), ("main.go", "package main\n\nfunc main() {}\n"));
        Dictionary<string, string> environment = new() { [name] = value };
        if (name == "HOME")
        {
            (environment["XDG_CACHE_HOME"], environment["GOCACHE"]) = (string.Empty, string.Empty);
        }

        GoCrossException? failure;
        try
        {
            failure = (await workspace.BuildAsync(options: new BuildOptions { Environment = environment })).Failure;
        }
        catch (GoCrossException e)
        {
            failure = e;
        }

        Assert.Equal("GoCacheUnusable", failure?.ErrorId);
        Assert.Contains("GOCACHE", failure!.Fix, StringComparison.Ordinal);
        Assert.Contains("HOME", failure.Fix, StringComparison.Ordinal);
    }

    [ToolFact("go")]
    public async Task A_go_that_is_older_than_go_mod_wants_is_told_with_both_versions()
    {
        using var workspace = new GoWorkspace(("go.mod", "module example.com/x\n\ngo 1.99.1\n"), ("main.go", "package main\n\nfunc main() {}\n"));
        BuildOptions options = new() { Environment = new Dictionary<string, string> { ["GOTOOLCHAIN"] = "local" } };

        GoCrossException failure = await Assert.ThrowsAsync<GoCrossException>(() => workspace.BuildAsync(options: options));

        Assert.Equal("GoTooOld", failure.ErrorId);
        Assert.Contains("wants Go 1.99.1", failure.Message, StringComparison.Ordinal);
        Assert.Contains(Programs.Output("go", ["env", "GOVERSION"]).Trim().TrimStart('g', 'o'), failure.Message, StringComparison.Ordinal);
        Assert.Contains("GOTOOLCHAIN=local", failure.Message, StringComparison.Ordinal);
    }

    [ToolTheory("go")]
    [InlineData(".")]
    [InlineData("./...")]
    public async Task The_root_of_a_workspace_is_told_with_its_modules_and_the_remedy_works(string package)
    {
        using var workspace = new GoWorkspace(
            ("go.work", "go 1.21\n\nuse ./svc\n"), ("svc/go.mod", Module), ("svc/main.go", "package main\n\nfunc main() {}\n"));

        GoCrossException failure = await Assert.ThrowsAsync<GoCrossException>(() => workspace.BuildAsync(package: package));

        Assert.Equal("PackageOutsideWorkspace", failure.ErrorId);
        Assert.Contains("./svc/...", failure.Fix, StringComparison.Ordinal);
        Assert.True((await workspace.BuildAsync(package: "./svc/...")).Build.Success);
    }

    // The words that go prints are those of a program that is not a compiler: nothing in the source is wrong.
    [ToolFact("go", "sh", "chmod")]
    public async Task A_failure_outside_the_source_does_not_send_the_reader_there()
    {
        using GoWorkspace workspace = GoWorkspace.Example("hello-cgo");
        Directory.CreateDirectory(workspace.Output);
        string compiler = Path.Combine(workspace.Output, "cc");
        File.WriteAllText(compiler, "#!/bin/sh\necho out of order >&2\nexit 3\n");
        Programs.Output("chmod", ["+x", compiler]);

        GoCrossException failure = (await workspace.BuildAsync(
            strategy: BuildStrategy.Glibc, options: new BuildOptions { Compiler = compiler })).Failure!;

        Assert.Equal("GoBuildFailed", failure.ErrorId);
        Assert.Contains("not in the source", failure.Fix, StringComparison.Ordinal);
    }

    private static GoWorkspace Requiring(string module) => new(
        ("go.mod", $"{Module}\nrequire {module} v1.0.0\n"),
        ("main.go", $"package main\n\nimport _ \"{module}\"\n\nfunc main() {{}}\n"));

    private static BuildOptions From(string proxy) => new()
    {
        Mod = "mod",
        Environment = new Dictionary<string, string> { ["GOPROXY"] = proxy, ["GONOSUMDB"] = "*", ["GOFLAGS"] = "-mod=mod" },
    };
}
