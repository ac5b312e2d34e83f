using GoCross.Files;
using GoCross.Images;
using GoCross.Sboms;
using GoCross.Tests.Images;

namespace GoCross.Tests.Sboms;

/// <summary>Images: packages of two distributions, programs, the layer that brought each.</summary>
public sealed class SbomImageTests(ModulePrograms programs) : IClassFixture<ModulePrograms>, IDisposable
{
    private const string Release = "NAME=\"Debian GNU/Linux\"\nID=debian\nVERSION_ID=\"12\"\nPRETTY_NAME=\"Debian GNU/Linux 12 (bookworm)\"\n";

    // The second package is removed, the third's source is another, and its version another again.
    private const string FirstStatus =
        "Package: libc6\nStatus: install ok installed\nArchitecture: amd64\nMulti-Arch: same\nSource: glibc\nVersion: 2.36-9+deb12u4\nDescription: C\n more\n .\n text\n\n"
        + "Package: gone\nStatus: deinstall ok config-files\nVersion: 1\nArchitecture: all\n\n"
        + "Package: cpp\nStatus: install ok installed\nArchitecture: amd64\nSource: gcc-defaults (1.203)\nVersion: 4:12.2.0-3\n\n";

    private const string SecondStatus = FirstStatus
        + "Package: tool\nStatus: hold ok installed\nArchitecture: amd64\nVersion: 1.0-1\n";

    private readonly TemporaryDirectory _directory = new();

    public void Dispose() => _directory.Dispose();

    [ToolTheory("go")]
    [InlineData(false)]
    [InlineData(true)]
    public void Packages_and_programs_have_the_layer_that_brought_them_and_the_package_that_owns_them(bool compressed)
    {
        byte[] program = File.ReadAllBytes(programs.Build("stripped", ["-trimpath", "-ldflags=-s -w"]));
        byte[] first = new TarBytes()
            .File("etc/os-release", Release).File("var/lib/dpkg/status", FirstStatus).File("bin/first", program, mode: 0x1ED).End();
        byte[] second = new TarBytes()
            .File("var/lib/dpkg/status", SecondStatus).File("var/lib/dpkg/info/tool.list", "/.\n/usr\n/usr/bin/tool\n")
            .File("usr/bin/tool", program, mode: 0x1ED).File("usr/bin/not-executable", program).End();

        Sbom sbom = Read(compressed, first, second);

        Assert.Equal("Debian GNU/Linux 12 (bookworm)", sbom.OperatingSystem);
        Assert.Equal(
            [
                "cpp 4:12.2.0-3 0 pkg:deb/debian/cpp@4:12.2.0-3?arch=amd64&distro=debian-12&upstream=gcc-defaults%401.203",
                "libc6 2.36-9+deb12u4 0 pkg:deb/debian/libc6@2.36-9%2Bdeb12u4?arch=amd64&distro=debian-12&upstream=glibc",
                "tool 1.0-1 1 pkg:deb/debian/tool@1.0-1?arch=amd64&distro=debian-12",
            ],
            sbom.Components.Where(component => component.Kind == SbomComponentKind.DebianPackage)
                .Select(component => $"{component.Name} {component.Version} {component.Layers.Single()} {component.PackageUrl}"));
        Assert.Equal(
            [("/bin/first", 0, null), ("/usr/bin/tool", 1, "tool 1.0-1")],
            sbom.Programs.Select(found => (found.Place.Path, found.Place.Layer!.Value, found.Place.Owner)));
        Assert.Equal([0, 1], sbom.Components.Single(component => component.Name == "example.test/part1").Layers);
        Assert.Equal("linux/amd64", sbom.Platform);
    }

    // Names of files are bytes, and JSON can say no byte that is not UTF-8.
    [ToolFact("go")]
    public void Two_programs_whose_names_differ_in_a_byte_that_is_not_UTF_8_stay_two_in_the_documents()
    {
        byte[] program = File.ReadAllBytes(programs.Build("stripped", ["-trimpath", "-ldflags=-s -w"]));
        byte[] layer = new TarBytes()
            .File("a", program, mode: 0x1ED, pax: ("path", [.. "app"u8, 0xFE]))
            .File("b", program, mode: 0x1ED, pax: ("path", [.. "app"u8, 0xFF])).End();

        Sbom sbom = Read(compressed: false, layer);

        Assert.Equal(["/app\uDCFE", "/app\uDCFF"], sbom.Programs.Select(found => found.Place.Path));
        foreach (SbomFormat format in new[] { SbomFormat.CycloneDx, SbomFormat.Spdx })
        {
            string document = sbom.ToJson(format);
            Assert.Contains(@"/app\\xfe", document, StringComparison.Ordinal);
            Assert.Contains(@"/app\\xff", document, StringComparison.Ordinal);
            Assert.DoesNotContain("\uFFFD", document, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void Alpine_s_packages_come_from_its_database_with_their_origin()
    {
        const string Installed =
            "C:Q1abc=\nP:musl\nV:1.2.4_git20230717-r4\nA:x86_64\nS:1\no:musl\nF:lib\nR:ld-musl-x86_64.so.1\nZ:Q1x=\n\n"
            + "P:libcrypto3\nV:3.1.4-r5\nA:x86_64\no:openssl\n\n";
        byte[] layer = new TarBytes()
            .File("usr/lib/os-release", "ID=alpine\nVERSION_ID=3.19.1\nPRETTY_NAME='Alpine Linux v3.19'\n")
            .File("lib/apk/db/installed", Installed).End();

        Sbom sbom = Read(compressed: false, layer);

        Assert.Equal(
            [
                "pkg:apk/alpine/libcrypto3@3.1.4-r5?arch=x86_64&distro=alpine-3.19.1&upstream=openssl",
                "pkg:apk/alpine/musl@1.2.4_git20230717-r4?arch=x86_64&distro=alpine-3.19.1",
            ],
            sbom.Components.Where(component => component.Kind == SbomComponentKind.AlpinePackage).Select(component => component.PackageUrl!.ToString()));
    }

    [Fact]
    public void Distroless_packages_have_a_file_each()
    {
        byte[] layer = new TarBytes()
            .File("etc/os-release", Release)
            .File("var/lib/dpkg/status.d/tzdata", "Package: tzdata\nVersion: 2024a-0+deb12u1\nArchitecture: all\n")
            .File("var/lib/dpkg/status.d/tzdata.md5sums", "d41d8cd98f00b204e9800998ecf8427e  usr/share/zoneinfo/UTC\n").End();

        Sbom sbom = Read(compressed: false, layer);

        SbomComponent package = Assert.Single(sbom.Components, component => component.Kind == SbomComponentKind.DebianPackage);
        Assert.Equal(("tzdata", "2024a-0+deb12u1", "all"), (package.Name, package.Version, package.Architecture));
    }

    [ToolFact("dpkg-query")]
    public void This_machine_s_packages_are_those_of_dpkg_query()
    {
        byte[] layer = new TarBytes()
            .File("etc/os-release", Release).File("var/lib/dpkg/status", File.ReadAllBytes("/var/lib/dpkg/status")).End();

        Sbom sbom = Read(compressed: false, layer);

        string[] expected = Programs.Output(
            "dpkg-query", ["-W", "-f", "${db:Status-Status} ${Package} ${Version} ${Architecture} ${source:Package} ${source:Version}\n"])
            .Split('\n')
            .Where(line => line.StartsWith("installed ", StringComparison.Ordinal))
            .Select(line => line["installed ".Length..])
            .Order(StringComparer.Ordinal)
            .ToArray();
        Assert.NotEmpty(expected);
        Assert.Equal(
            expected,
            sbom.Components.Where(component => component.Kind == SbomComponentKind.DebianPackage)
                .Select(component => $"{component.Name} {component.Version} {component.Architecture} {component.SourceName} {component.SourceVersion}")
                .Order(StringComparer.Ordinal));
    }

    private Sbom Read(bool compressed, params byte[][] layers)
    {
        ImageLocation location = compressed
            ? TestImage.Save(_directory.Path, TestImage.Tar(TestImage.Layout(TestImage.Config(layers), [.. layers.Select(TestImage.Gzip)])))
            : TestImage.Save(_directory.Path, TestImage.DockerArchive(layers));
        using OpenImage image = new ImageReader().OpenAsync(location, CancellationToken.None, CancellationToken.None).GetAwaiter().GetResult();
        return new SbomReader().ReadImage(image);
    }
}
