using System.Management.Automation;
using GoCross.Cmdlets.Tests.Support;
using GoCross.Cmdlets.Tests.Views;

namespace GoCross.Cmdlets.Tests.Scratch;

/// <summary>A Dockerfile for two platforms, with all that can be in one.</summary>
public sealed class ScratchDockerfileSample : IViewSample
{
    public string OutputType => "GoCross.Scratch.ScratchDockerfile";

    public IReadOnlyList<string> Tools => ["go"];

    public IReadOnlyList<PSObject> Create(SampleHost host)
    {
        string[] binaries = 
        [
            GoProgram.Build(GoProgram.Needy, Path.Combine(host.Location, "linux-amd64", "api")),
            GoProgram.Build(GoProgram.Needy, Path.Combine(host.Location, "linux-arm64", "api"), "arm64"),
        ];
        return host.Run(
            "New-ScratchDockerfile $args -User 0 -Port 80 -Environment @{ A = 'b' } -Label @{ c = 'd' } -WarningAction Ignore",
            binaries);
    }
}

/// <summary>An image for two platforms, with all that can be in one, loaded and pushed.</summary>
public sealed class ScratchImageSample : IViewSample
{
    public string OutputType => "GoCross.Scratch.ScratchImage";

    public IReadOnlyList<string> Tools => ["go"];

    public IReadOnlyList<PSObject> Create(SampleHost host)
    {
        string sbom = Path.Combine(host.Location, "sbom.json");
        File.WriteAllText(sbom, """{"bomFormat":"CycloneDX","specVersion":"1.5"}""");
        using var servers = new SendingServers(host.Location);
        return host.Run(
            "New-ScratchImage $args[0] -AttachmentPath $args[1] -User 0 -Port 80 -Environment @{ A = 'b' } -Label @{ c = 'd' } "
                + "-Annotation @{ e = 'f' } -WarningAction Ignore -OutputPath . -Load -Push -Tag $args[2]",
            new[]
            {
                GoProgram.Build(GoProgram.Needy, Path.Combine(host.Location, "linux-amd64", "api")),
                GoProgram.Build(GoProgram.Needy, Path.Combine(host.Location, "linux-arm64", "api"), "arm64"),
            },
            sbom,
            servers.Authority + "/team/api:1");
    }
}
