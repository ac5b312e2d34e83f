using System.Management.Automation;
using GoCross.Cmdlets.Tests.Views;

namespace GoCross.Cmdlets.Tests.Toolchains;

/// <summary>All tools: some are there and some are not on every machine.</summary>
public sealed class ToolchainSamples : IViewSample
{
    public string OutputType => "GoCross.Toolchains.Toolchain";

    public IReadOnlyList<PSObject> Create(SampleHost host) => host.Run("Get-GoCrossToolchain");
}

/// <summary>Targets that run here and that do not, with variants and without.</summary>
public sealed class TargetSupportSamples : IViewSample
{
    public string OutputType => "GoCross.Builds.TargetSupport";

    public IReadOnlyList<string> Tools => ["go"];

    public IReadOnlyList<PSObject> Create(SampleHost host) => host.Run("Get-GoTarget");
}
