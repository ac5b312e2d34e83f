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
        using var workspace = new GoWorkspace(
            ("go.mod", Module + "\nrequire example.com/missing v1.0.0\n"),
            ("main.go", "package main\n\nimport _ \"example.com/missing\"\n\nfunc main() {}\n"));
        var options = new BuildOptions
        {
            Mod = "mod",
            Environment = new Dictionary<string, string> { ["GOPROXY"] = proxy, ["GONOSUMDB"] = "*", ["GOFLAGS"] = "-mod=mod" },
        };

        BuildOutcome outcome = await workspace.BuildAsync(options: options);

        Assert.Equal("BuildModuleMissing", outcome.Failure?.ErrorId);
        Assert.Matches("example.com/missing|GOPROXY=off", outcome.Failure!.Message);
        Assert.Empty(Directory.GetFileSystemEntries(workspace.Output));
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
}
