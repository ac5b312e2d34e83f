using System.Management.Automation;
using GoCross.Cmdlets.Tests.Views;

namespace GoCross.Cmdlets.Tests.Builds;

/// <summary>A build that succeeds, one for another system, one with warnings, and two that fail.</summary>
public sealed class GoBuildSamples : IViewSample
{
    public string OutputType => "GoCross.Builds.GoBuild";

    public IReadOnlyList<string> Tools => ["go", "gcc"];

    public IReadOnlyList<PSObject> Create(SampleHost host)
    {
        GoFolder.Write(host.Location, "good", GoFolder.Hello);
        GoFolder.Write(host.Location, "warned", GoFolder.Warned);
        GoFolder.Write(host.Location, "bad", GoFolder.Bad);
        return host.Run(
            """
            Invoke-GoCrossBuild ./good -Target linux/amd64/v3, windows/amd64
            Invoke-GoCrossBuild ./good -Target linux/amd64/v3 -ErrorAction SilentlyContinue
            Invoke-GoCrossBuild ./bad -ErrorAction SilentlyContinue
            Invoke-GoCrossBuild ./warned -Strategy Glibc -Target linux/amd64 -WarningAction SilentlyContinue
            $env:DOCKER_HOST = 'unix:///no/such/engine'
            Invoke-GoCrossBuild ./good -Strategy Musl -Compiler gcc -Target linux/mips -FallbackContainer none:1 -ErrorAction SilentlyContinue -WarningAction SilentlyContinue
            $env:DOCKER_HOST = $null
            """);
    }
}

/// <summary>The errors and warnings of builds.</summary>
public sealed class BuildDiagnosticSamples : IViewSample
{
    public string OutputType => "GoCross.Builds.BuildDiagnostic";

    public IReadOnlyList<string> Tools => ["go", "gcc"];

    public IReadOnlyList<PSObject> Create(SampleHost host)
    {
        GoFolder.Write(host.Location, "warned", GoFolder.Warned);
        GoFolder.Write(host.Location, "bad", GoFolder.Bad);
        return host.Run(
            """
            (Invoke-GoCrossBuild ./bad -ErrorAction SilentlyContinue).Diagnostics
            (Invoke-GoCrossBuild ./warned -Strategy Glibc -Target linux/amd64 -WarningAction SilentlyContinue).Warnings
            """);
    }
}
