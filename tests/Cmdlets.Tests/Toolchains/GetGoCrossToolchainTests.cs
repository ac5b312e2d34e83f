using System.Management.Automation;
using GoCross.Cmdlets.Tests.Hosting;

namespace GoCross.Cmdlets.Tests.Toolchains;

public sealed class GetGoCrossToolchainTests : IDisposable
{
    private readonly ModuleHost _host = new();

    public void Dispose() => _host.Dispose();

    [ToolFact("go", "git")]
    public void Tools_that_are_there_come_with_version_and_path_in_the_order_of_the_catalogue()
    {
        HostedResult result = _host.Invoke("Get-GoCrossToolchain git, go").AssertNoErrors();

        Assert.Equal(["git", "go"], result.Output.Select(tool => (string)tool.Properties["Name"].Value));
        Assert.All(result.Output, tool =>
        {
            Assert.Equal(true, tool.Properties["Found"].Value);
            Assert.Matches("^[0-9]+[.][0-9]+", (string)tool.Properties["Version"].Value);
            Assert.True(File.Exists((string)tool.Properties["FullName"].Value));
        });
    }

    [Fact]
    public void Missing_leaves_out_what_is_there_and_wildcards_choose()
    {
        string[] all = Names("Get-GoCrossToolchain '*-musl*-gcc'");
        string[] missing = Names("Get-GoCrossToolchain '*-musl*-gcc' -Missing");

        Assert.Contains("aarch64-linux-musl-gcc", all);
        Assert.Contains("arm-linux-musleabihf-gcc", all);
        Assert.DoesNotContain("go", all);
        Assert.Equal(all.Where(name => Tools.Find(name) is null), missing);
        Assert.Equal(["upx"], Names("'UPX' | Get-GoCrossToolchain"));
    }

    [Fact]
    public void A_name_that_is_none_is_an_error_and_the_others_go_on()
    {
        HostedResult result = _host.Invoke("Get-GoCrossToolchain emacs, git");

        result.AssertError("ToolUnknown", ErrorCategory.ObjectNotFound);
        Assert.Single(result.Output);
    }

    [Fact]
    public void A_GoPath_without_go_ends_it() =>
        _host.Invoke("Get-GoCrossToolchain go -GoPath ./nowhere").AssertError("GoPathInvalid", ErrorCategory.ObjectNotFound);

    [Fact]
    public void Downstream_can_have_enough() =>
        Assert.Single(_host.Invoke("Get-GoCrossToolchain | Select-Object -First 1").AssertNoErrors().Output);

    [Fact]
    public void Names_complete() => Assert.Contains(
        _host.Complete("Get-GoCrossToolchain qemu-aar"), completion => completion.CompletionText == "qemu-aarch64-static");

    private string[] Names(string script) =>
        [.. _host.Invoke(script).AssertNoErrors().Output.Select(tool => (string)tool.Properties["Name"].Value)];
}
