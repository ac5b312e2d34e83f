using System.Collections;
using System.Management.Automation;
using GoCross.Cmdlets.Tests.Builds;
using GoCross.Cmdlets.Tests.Hosting;

namespace GoCross.Cmdlets.Tests.Toolchains;

public sealed class GetGoTargetTests : IDisposable
{
    private readonly ModuleHost _host = new();

    public void Dispose() => _host.Dispose();

    [ToolFact("go")]
    public void The_targets_are_those_of_the_toolchain()
    {
        string[] expected = GoFolder.Go(_host.Location, "tool", "dist", "list")
            .Split('\n', StringSplitOptions.RemoveEmptyEntries);

        HostedResult result = _host.Invoke("Get-GoTarget").AssertNoErrors();

        Assert.Equal(expected, result.Output.Select(target => (string)target.Properties["Target"].Value));
        Assert.All(
            result.Output.Where(target => target.Properties["Os"].Value is not ("android" or "ios")),
            target => Assert.Contains("Static", Strategies(target)));
        Assert.Equal(true, One("linux/amd64").Properties["FirstClass"].Value);
        Assert.Equal(false, One("plan9/386").Properties["CgoSupported"].Value);
    }

    [Trait("Speed", "Slow")]
    [ToolFact("go", "musl-gcc", "gcc", "aarch64-linux-gnu-gcc", "aarch64-linux-musl-gcc")]
    public void What_can_be_linked_is_what_builds()
    {
        GoFolder.Write(_host.Location, "warned", GoFolder.Warned);
        foreach (string target in new[] { "linux/amd64", "linux/arm64", "linux/arm/v7", "windows/amd64" })
        {
            // A strategy counts as one of the target's only where a program with C code comes of it.
            string[] told = [.. Strategies(One(target)).Where(strategy => strategy != "Static")];
            string[] built =
            [
                .. new[] { "Musl", "Glibc", "GlibcStatic" }.Where(strategy => _host.Invoke(
                    "Invoke-GoCrossBuild ./warned -Target $args[0] -Strategy $args[1] -Force", [target, strategy]).Errors.Count == 0),
            ];
            Assert.Equal(built, told);
        }
    }

    [ToolFact("go")]
    public void A_strategy_without_a_compiler_comes_with_what_to_install()
    {
        PSObject target = One("linux/s390x");
        object[] missing = [.. ((IEnumerable)target.Properties["MissingCompilers"].Value).Cast<object>()];

        Assert.Equal(Tools.Find("s390x-linux-gnu-gcc") is not null, Strategies(target).Contains("Glibc"));
        Assert.All(missing, item => Assert.NotEmpty((string)PSObject.AsPSObject(item).Properties["Fix"].Value));
    }

    [ToolFact("go", "qemu-aarch64-static", "qemu-riscv64-static")]
    public void What_runs_is_told_natively_and_under_QEMU()
    {
        string native = System.Runtime.InteropServices.RuntimeInformation.OSArchitecture.ToString() switch
        {
            "X64" => "amd64",
            "Arm64" => "arm64",
            var other => other.ToLowerInvariant(),
        };
        Assert.Equal("Native", Runs("linux/" + native));
        Assert.Equal("Qemu", Runs("linux/riscv64"));
        Assert.Equal(Tools.Find("qemu-riscv64-static"), One("linux/riscv64").Properties["Emulator"].Value);
        Assert.Equal("No", Runs("windows/amd64"));
        Assert.Contains("windows", (string)One("windows/amd64").Properties["RunsReason"].Value, StringComparison.Ordinal);
    }

    [ToolFact("go")]
    public void Variants_are_told_and_taken()
    {
        PSObject arm = One("linux/arm/v6");

        Assert.Equal("6", arm.Properties["Variant"].Value);
        Assert.Equal("GOARM", arm.Properties["VariantVariable"].Value);
        Assert.Equal(["v5", "v6", "v7"], ((IEnumerable)arm.Properties["Variants"].Value).Cast<string>());
    }

    [ToolFact("go")]
    public void A_wrong_target_is_an_error_that_names_near_ones_and_the_others_go_on()
    {
        HostedResult result = _host.Invoke("'linux/amd46', 'linux/amd64' | Get-GoTarget");

        ErrorRecord error = result.AssertError("TargetUnknown", ErrorCategory.InvalidArgument);
        Assert.Contains("linux/amd64", error.ErrorDetails.RecommendedAction, StringComparison.Ordinal);
        Assert.Single(result.Output);
    }

    [Fact]
    public void A_GoPath_without_go_ends_it() =>
        _host.Invoke("Get-GoTarget -GoPath ./nowhere").AssertError("GoPathInvalid", ErrorCategory.ObjectNotFound);

    private PSObject One(string target) => _host.Invoke("Get-GoTarget $args[0]", [target]).Single();

    private string Runs(string target) => One(target).Properties["Runs"].Value.ToString()!;

    private static string[] Strategies(PSObject target) =>
        [.. ((IEnumerable)target.Properties["Strategies"].Value).Cast<object>().Select(strategy => strategy.ToString()!)];
}
