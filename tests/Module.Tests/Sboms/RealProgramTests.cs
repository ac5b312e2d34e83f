using System.Text.Json;
using GoCross.Files;
using GoCross.GoBinaries;
using GoCross.Images;
using GoCross.Names;
using GoCross.Sboms;
using GoCross.Tests.Images;

namespace GoCross.Tests.Sboms;

/// <summary>
/// Ten programs that others built: what they are made of as go version says it, as their files still say it when the build
/// information was overwritten, and as trivy says it of five of them and of three images.
/// </summary>
public sealed class RealProgramTests(RealPrograms programs) : IClassFixture<RealPrograms>, IDisposable
{
    private static readonly string[] OfTrivy = ["lefthook", "buf", "protoc-gen-buf-breaking", "protoc-gen-buf-lint", "trivy"];

    private readonly TemporaryDirectory _directory = new();

    public static TheoryData<string> Names => [.. RealPrograms.Files.Keys];

    public void Dispose() => _directory.Dispose();

    [RealProgramTheory("go", "upx")]
    [MemberData(nameof(Names))]
    public void The_components_are_those_of_go_version(string name)
    {
        Sbom sbom = new SbomReader().ReadProgram(programs.PathOf(name));

        Assert.Equal(SbomReaderTests.GoVersionModules(programs.PathOf(name)), SbomReaderTests.Modules(sbom));
        Assert.True(sbom.Programs[0].Modules.Count >= 20, $"{sbom.Programs[0].Modules.Count} dependencies");
    }

    [RealProgramTheory("upx")]
    [MemberData(nameof(Names))]
    public void With_the_build_information_overwritten_nine_of_ten_modules_are_named_and_none_is_wrong(string name)
    {
        string program = Path.Combine(_directory.Path, name);
        File.Copy(programs.PathOf(name), program);
        SbomProgram whole = new SbomReader().ReadProgram(program).Programs[0];
        SbomProgram erased = new SbomReader().ReadProgram(ModulePrograms.EraseBuildInfo(program, andText: true)).Programs[0];

        // Where code of a module is linked, functions of its packages are in the table.
        HashSet<string> modules = LinkedModules(program, whole.Modules);
        GoModule[] linked = [.. whole.Modules.Where(module => modules.Contains(module.Path))];
        HashSet<string> named = [.. erased.Modules.Select(module => $"{module.Path}@{module.Version}")];
        HashSet<string> right = [.. whole.Modules.SelectMany(module => new[] { module, module.Replace }).OfType<GoModule>().Select(module => $"{module.Path}@{module.Version}")];
        int found = linked.Count(module => named.Contains($"{module.Path}@{module.Version}") || named.Contains($"{module.Replace?.Path}@{module.Replace?.Version}"));

        Assert.Equal(SbomEvidence.FileTable, erased.Evidence);
        Assert.Empty(named.Except(right));
        Assert.True(linked.Length >= 15 && found * 10 >= linked.Length * 9, $"{found} of {linked.Length}");
    }

    [RealProgramFact("upx")]
    public void Of_five_programs_trivy_says_the_same()
    {
        string folder = Directory.CreateDirectory(Path.Combine(_directory.Path, "programs")).FullName;
        foreach (string name in OfTrivy)
        {
            Programs.Output("cp", ["-p", programs.PathOf(name), Path.Combine(folder, name)]);
        }

        Sbom sbom = new SbomReader().ReadFolder(folder);

        Assert.Equal(OfTrivy.Order(StringComparer.Ordinal), sbom.Programs.Select(program => program.Place.Path[1..]));
        RequireSame(["rootfs", "--offline-scan", folder], sbom);
    }

    [RealProgramFact("upx")]
    public void Of_three_images_trivy_says_the_same()
    {
        byte[] lefthook = File.ReadAllBytes(programs.PathOf("lefthook"));
        byte[] lint = File.ReadAllBytes(programs.PathOf("protoc-gen-buf-lint"));
        (string Name, byte[][] Layers)[] images =
        [
            ("scratch", [new TarBytes().File("app", lefthook, mode: 0x1ED).End()]),
            ("debian",
            [
                new TarBytes()
                    .File("etc/os-release", "NAME=\"Debian GNU/Linux\"\nID=debian\nVERSION_ID=\"12\"\n").File("etc/debian_version", "12.11\n")
                    .File("var/lib/dpkg/status", File.Exists("/var/lib/dpkg/status") ? File.ReadAllBytes("/var/lib/dpkg/status") : "Package: libc6\nStatus: install ok installed\nArchitecture: amd64\nVersion: 2.36-9\n"u8.ToArray()).End(),
                new TarBytes().File("usr/local/bin/lefthook", lefthook, mode: 0x1ED).End(),
            ]),
            ("alpine",
            [
                new TarBytes()
                    .File("etc/os-release", "NAME=\"Alpine Linux\"\nID=alpine\nVERSION_ID=3.19.1\n").File("etc/alpine-release", "3.19.1\n")
                    .File("lib/apk/db/installed", "C:Q1abc=\nP:musl\nV:1.2.4_git20230717-r4\nA:x86_64\nS:1\nI:2\nT:c\nL:MIT\no:musl\nF:lib\nR:ld-musl-x86_64.so.1\nZ:Q1x=\n\n").End(),
                new TarBytes().File("usr/bin/protoc-gen-buf-lint", lint, mode: 0x1ED).End(),
            ]),
        ];
        foreach ((string name, byte[][] layers) in images)
        {
            string path = Path.Combine(_directory.Path, name + ".tar");
            File.WriteAllBytes(path, TestImage.DockerArchive(layers));
            ImageLocation location = ImageLocation.Parse(path, given => given);
            using OpenImage image = new ImageReader().OpenAsync(location, CancellationToken.None, CancellationToken.None).GetAwaiter().GetResult();

            RequireSame(["image", "--input", path], new SbomReader().ReadImage(image));
        }
    }

    // All that this trivy (0.44.1, of 2023) has, we have; and beyond it the main module, and the standard library, which it
    // does not list yet. It puts a Debian version's epoch into a qualifier; purl's specification has it in the version.
    private void RequireSame(string[] arguments, Sbom sbom)
    {
        string output = Path.Combine(_directory.Path, "trivy.cdx.json");
        Programs.Output("env", [programs.Trivy, .. arguments, "--format", "cyclonedx", "--skip-db-update", "-o", output, "--cache-dir", Path.Combine(_directory.Path, "cache")]);
        using var document = JsonDocument.Parse(File.ReadAllBytes(output));
        var theirs = new SortedSet<string>(StringComparer.Ordinal);
        foreach (JsonElement component in document.RootElement.GetProperty("components").EnumerateArray())
        {
            if (component.TryGetProperty("purl", out JsonElement text))
            {
                Assert.True(PackageUrl.TryParse(text.GetString()!, out PackageUrl? url), text.GetString());
                string epoch = url!.Qualifier("epoch") is { } number ? number + ":" : string.Empty;
                theirs.Add($"{url.Type} {url.FullName} {epoch}{url.Version}");
            }
        }

        HashSet<string?> beyond = [SbomBuilder.StandardLibrary, .. sbom.Programs.Select(program => program.Main?.Path.ToLowerInvariant())];
        SortedSet<string> ours = [.. sbom.Components
            .Select(component => component.PackageUrl).OfType<PackageUrl>()
            .Where(url => url.Type != "golang" || !beyond.Contains(url.FullName))
            .Select(url => $"{url.Type} {url.FullName} {url.Version}")];
        Assert.True(theirs.Count > 20, $"{theirs.Count} components");
        Assert.Equal(theirs.Where(text => !beyond.Contains(text.Split(' ')[1])), ours);
    }

    private static HashSet<string> LinkedModules(string program, IReadOnlyList<GoModule> modules)
    {
        using var source = RandomAccessFile.Open(program);
        HashSet<string> packages = [.. GoFunctionTable.TryOpen(source)!.EnumerateNames().Select(GoFunction.PackageOf)];
        string[] paths = [.. modules.Select(module => module.Path).OrderByDescending(path => path.Length)];
        HashSet<string> linked = [];
        foreach (string package in packages)
        {
            if (Array.Find(paths, path => package == path || package.StartsWith(path + "/", StringComparison.Ordinal)) is { } module)
            {
                linked.Add(module);
            }
        }

        return linked;
    }
}
