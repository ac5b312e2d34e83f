using System.Text.Json;
using GoCross.Files;
using GoCross.Images;
using GoCross.Names;
using GoCross.Sboms;
using GoCross.Tests.Images;
using Json.Schema;

namespace GoCross.Tests.Sboms;

/// <summary>Documents against the official schemas, and against what schemas miss.</summary>
public sealed class SbomSchemaTests(ModulePrograms programs) : IClassFixture<ModulePrograms>, IDisposable
{
    private readonly TemporaryDirectory _directory = new();

    public void Dispose() => _directory.Dispose();

    [SchemaTheory("bom-1.7.schema.json")]
    [InlineData(SbomFormat.CycloneDx15, "bom-1.5.schema.json")]
    [InlineData(SbomFormat.CycloneDx, "bom-1.6.schema.json")]
    [InlineData(SbomFormat.CycloneDx17, "bom-1.7.schema.json")]
    public void CycloneDX_is_valid(SbomFormat format, string schema) => RequireValid(format, schema);

    [SchemaTheory("spdx-2.3.schema.json")]
    [InlineData(SbomFormat.Spdx, "spdx-2.3.schema.json")]
    public void SPDX_is_valid(SbomFormat format, string schema) => RequireValid(format, schema);

    private void RequireValid(SbomFormat format, string schema)
    {
        foreach (Sbom sbom in All())
        {
            EvaluationResults result = Schemas.Get(schema).Evaluate(
                JsonDocument.Parse(sbom.ToJson(format)).RootElement,
                new EvaluationOptions { OutputFormat = OutputFormat.List, RequireFormatValidation = true });
            Assert.True(result.IsValid, string.Join('\n', (result.Details ?? [])
                .Where(detail => detail.Errors is not null)
                .SelectMany(detail => detail.Errors!.Select(error => $"{detail.InstanceLocation}: {error.Value}"))
                .Take(20)));
        }
    }

    [ToolFact("go")]
    public void References_of_CycloneDX_are_unique_and_lead_somewhere_and_purls_are_valid()
    {
        foreach (Sbom sbom in All())
        {
            JsonElement bom = JsonDocument.Parse(sbom.ToJson()).RootElement;
            JsonElement[] components = [bom.GetProperty("metadata").GetProperty("component"), .. bom.GetProperty("components").EnumerateArray()];
            string[] references = [.. components.Select(component => component.GetProperty("bom-ref").GetString()!)];
            Assert.Equal(references.Length, references.Distinct().Count());
            Assert.All(bom.GetProperty("dependencies").EnumerateArray(), dependency =>
            {
                Assert.Contains(dependency.GetProperty("ref").GetString(), references);
                if (dependency.TryGetProperty("dependsOn", out JsonElement on))
                {
                    Assert.All(on.EnumerateArray(), reference => Assert.Contains(reference.GetString(), references));
                }
            });
            Assert.All(components.Where(component => component.TryGetProperty("purl", out _)), component =>
            {
                string purl = component.GetProperty("purl").GetString()!;
                Assert.True(PackageUrl.TryParse(purl, out PackageUrl? url), purl);
                Assert.Equal(purl, url.ToString());
                Assert.DoesNotContain('+', purl);
                Assert.DoesNotContain(' ', purl);
            });
        }
    }

    [ToolFact("go")]
    public void Elements_of_SPDX_are_unique_described_and_related_to_what_is_there()
    {
        foreach (Sbom sbom in All())
        {
            JsonElement file = JsonDocument.Parse(sbom.ToJson(SbomFormat.Spdx)).RootElement;
            string[] ids = ["SPDXRef-DOCUMENT", .. file.GetProperty("packages").EnumerateArray().Select(package => package.GetProperty("SPDXID").GetString()!)];
            Assert.Equal(ids.Length, ids.Distinct().Count());
            Assert.All(ids, id => Assert.Matches("^SPDXRef-[A-Za-z0-9.-]+$", id));
            JsonElement[] relationships = [.. file.GetProperty("relationships").EnumerateArray()];
            Assert.Contains(relationships, relationship => relationship.GetProperty("relationshipType").GetString() == "DESCRIBES");
            Assert.All(relationships, relationship =>
            {
                Assert.Contains(relationship.GetProperty("spdxElementId").GetString(), ids);
                Assert.Contains(relationship.GetProperty("relatedSpdxElement").GetString(), ids);
            });
            Assert.DoesNotContain('#', file.GetProperty("documentNamespace").GetString()!);
            Assert.All(file.GetProperty("packages").EnumerateArray(), package => Assert.False(package.GetProperty("filesAnalyzed").GetBoolean()));
        }
    }

    [ToolFact("go")]
    public void The_same_program_gives_the_same_bytes_wherever_it_lies()
    {
        string program = programs.Build("plain", []);
        string copy = Path.Combine(Directory.CreateDirectory(Path.Combine(_directory.Path, "elsewhere")).FullName, Path.GetFileName(program));
        File.Copy(program, copy);

        foreach (SbomFormat format in Enum.GetValues<SbomFormat>())
        {
            Assert.Equal(new SbomReader().ReadProgram(program).ToJson(format), new SbomReader().ReadProgram(copy).ToJson(format));
        }
    }

    private IEnumerable<Sbom> All()
    {
        string plain = programs.Build("plain", []);
        string stripped = programs.Build("stripped", ["-trimpath", "-ldflags=-s -w"]);
        yield return new SbomReader().ReadProgram(plain);
        yield return new SbomReader().ReadProgram(ModulePrograms.EraseBuildInfo(stripped, andText: true));
        byte[] layer = new TarBytes()
            .File("etc/os-release", "ID=debian\nVERSION_ID=12\n")
            .File("var/lib/dpkg/status", "Package: libstdc++6\nStatus: install ok installed\nArchitecture: amd64\nVersion: 1:12.2.0-14+b1\n")
            .File("bin/one", File.ReadAllBytes(plain), mode: 0x1ED).File("bin/two", File.ReadAllBytes(stripped), mode: 0x1ED).End();
        ImageLocation location = TestImage.Save(_directory.Path, TestImage.DockerArchive([layer]));
        using OpenImage image = new ImageReader().OpenAsync(location, CancellationToken.None, CancellationToken.None).GetAwaiter().GetResult();
        yield return new SbomReader().ReadImage(image);
    }
}
