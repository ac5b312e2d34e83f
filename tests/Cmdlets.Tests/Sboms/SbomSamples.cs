using System.Management.Automation;
using GoCross.Cmdlets.Tests.Elf;
using GoCross.Cmdlets.Tests.Views;

namespace GoCross.Cmdlets.Tests.Sboms;

/// <summary>Bills of materials: of a program, of one that is packed, of a folder.</summary>
public sealed class SbomSamples : IViewSample
{
    public string OutputType => "GoCross.Sboms.Sbom";

    public IReadOnlyList<string> Tools => ["go", "upx"];

    public IReadOnlyList<PSObject> Create(SampleHost host)
    {
        string program = ElfPrograms.BuildGo(host.Location);
        ElfPrograms.Run("upx", ["-q", "-1", "-o", program + ".packed", program], host.Location);
        return host.Run("Get-GoSbom $args[0], $args[1], $args[2] -WarningAction Ignore", program, program + ".packed", host.Location);
    }
}

/// <summary>Findings of every reach, in a bill of materials that has a fix for some and none for others.</summary>
public sealed class VulnerabilitySamples : IViewSample
{
    internal const string Document = """
        {"bomFormat":"CycloneDX","specVersion":"1.6","components":[
         {"type":"library","name":"example.test/fixed","version":"v1.0.0","purl":"pkg:golang/example.test/fixed@v1.0.0"},
         {"type":"library","name":"example.test/open","version":"v1.0.0","purl":"pkg:golang/example.test/open@v1.0.0"},
         {"type":"library","name":"example.test/unknown","purl":"pkg:golang/example.test/unknown"}]}
        """;

    public string OutputType => "GoCross.Vulnerabilities.Vulnerability";

    public IReadOnlyList<PSObject> Create(SampleHost host)
    {
        WriteDatabase(Path.Combine(host.Location, "source"));
        File.WriteAllText(Path.Combine(host.Location, "app.cdx.json"), Document);
        return host.Run(
            """
            $null = Update-GoVulnerabilityDatabase -ImportPath ./source -DatabasePath ./database
            Find-GoVulnerability ./app.cdx.json -DatabasePath ./database
            """);
    }

    /// <summary>A database in the layout of its server, with a report each on three modules.</summary>
    internal static void WriteDatabase(string folder)
    {
        Directory.CreateDirectory(Path.Combine(folder, "index"));
        Directory.CreateDirectory(Path.Combine(folder, "ID"));
        File.WriteAllText(Path.Combine(folder, "index", "db.json"), "{\"modified\":\"2026-01-02T03:04:05Z\"}");
        foreach ((string id, string module, string events) in new[]
        {
            ("GO-2099-0001", "example.test/fixed", "{\"introduced\":\"0\"},{\"fixed\":\"1.2.0\"}"),
            ("GO-2099-0002", "example.test/open", "{\"introduced\":\"0\"}"),
            ("GO-2099-0003", "example.test/unknown", "{\"introduced\":\"0\"}"),
        })
        {
            File.WriteAllText(
                Path.Combine(folder, "ID", id + ".json"),
                $$"""
                {"id":"{{id}}","modified":"2026-01-02T03:04:05Z","aliases":["CVE-{{id}}"],"summary":"about {{module}}",
                 "affected":[{"package":{"ecosystem":"Go","name":"{{module}}"},"ranges":[{"type":"SEMVER","events":[{{events}}]}]}]}
                """);
        }
    }
}

/// <summary>A database that was imported.</summary>
public sealed class VulnerabilityDatabaseSamples : IViewSample
{
    public string OutputType => "GoCross.Vulnerabilities.VulnerabilityDatabase";

    public IReadOnlyList<PSObject> Create(SampleHost host)
    {
        VulnerabilitySamples.WriteDatabase(Path.Combine(host.Location, "source"));
        return host.Run("Update-GoVulnerabilityDatabase -ImportPath ./source -DatabasePath ./database");
    }
}
