namespace GoCross.Tests.Builds;

/// <summary>The programs in examples/ pass tests of their own, with cgo and without, on this machine and under QEMU.</summary>
public sealed class ExamplesTests
{
    [Trait("Speed", "Slow")]
    [ToolTheory("go", "gcc")]
    [InlineData("hello-http", "0")]
    [InlineData("hello-http", "1")]
    [InlineData("hello-cgo", "0")]
    [InlineData("hello-cgo", "1")]
    public void An_example_passes_its_own_tests(string name, string cgo)
    {
        using GoWorkspace workspace = GoWorkspace.Example(name);
        var environment = new Dictionary<string, string?> { ["CGO_ENABLED"] = cgo };

        Assert.StartsWith("ok", Programs.Output("go", ["test", "./..."], workspace.Source, environment), StringComparison.Ordinal);
        Programs.Output("go", ["vet", "./..."], workspace.Source, environment);
        Assert.Empty(Programs.Output("gofmt", ["-l", "."], workspace.Source));
    }

    [Trait("Speed", "Slow")]
    [ToolTheory("go", "aarch64-linux-musl-gcc", "qemu-aarch64-static")]
    [InlineData("hello-http", "0")]
    [InlineData("hello-cgo", "1")]
    public void An_example_passes_its_own_tests_on_arm64(string name, string cgo)
    {
        using GoWorkspace workspace = GoWorkspace.Example(name);
        var environment = new Dictionary<string, string?>
        {
            ["CGO_ENABLED"] = cgo,
            ["GOARCH"] = "arm64",
            ["CC"] = "aarch64-linux-musl-gcc",
        };

        string output = Programs.Output(
            "go",
            ["test", "-exec", "qemu-aarch64-static", "-ldflags", cgo == "1" ? "-linkmode external -extldflags -static" : "", "./..."],
            workspace.Source,
            environment);
        Assert.StartsWith("ok", output, StringComparison.Ordinal);
    }
}
