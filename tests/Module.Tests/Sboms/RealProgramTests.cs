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
        foreach ((string name, (string, byte[])[][] layers) in Images())
        {
            RequireSame(["image", "--input", Save(name, layers)], Read(name));
        }
    }

    [RealProgramFact(RealPrograms.NewerTrivy)]
    public void Of_three_images_a_newer_trivy_says_the_same()
    {
        foreach ((string name, (string, byte[])[][] layers) in Images())
        {
            Save(name, layers);
            string root = Path.Combine(_directory.Path, name);
            foreach ((string path, byte[] content) in layers.SelectMany(layer => layer))
            {
                string file = Path.Combine(root, path);
                Directory.CreateDirectory(Path.GetDirectoryName(file)!);
                File.WriteAllBytes(file, content);
            }

            Programs.Output("chmod", ["-R", "755", root]);
            string output = Path.Combine(_directory.Path, name + ".cdx.json");
            Programs.Output(
                "env", [Tools.Require(RealPrograms.NewerTrivy), "rootfs", "--cache-dir", Path.Combine(_directory.Path, "cache"), "-o", output, root]);

            // The one difference: it writes a v before the version of the standard library, which Go does not.
            Assert.Equal(
                Packages(output).Select(text => text.Replace("golang stdlib v", "golang stdlib ", StringComparison.Ordinal)).Order(StringComparer.Ordinal),
                Packages(Read(name)).Order(StringComparer.Ordinal));
        }
    }

    private IEnumerable<(string Name, (string Path, byte[] Content)[][] Layers)> Images()
    {
        byte[] lefthook = File.ReadAllBytes(programs.PathOf("lefthook"));
        byte[] lint = File.ReadAllBytes(programs.PathOf("protoc-gen-buf-lint"));
        yield return ("scratch", [[("app", lefthook)]]);
        yield return ("debian",
        [
            [
                ("etc/os-release", "NAME=\"Debian GNU/Linux\"\nID=debian\nVERSION_ID=\"12\"\n"u8.ToArray()),
                ("etc/debian_version", "12.11\n"u8.ToArray()),
                ("var/lib/dpkg/status", File.Exists("/var/lib/dpkg/status") ? File.ReadAllBytes("/var/lib/dpkg/status") : "Package: libc6\nStatus: install ok installed\nArchitecture: amd64\nVersion: 2.36-9\n"u8.ToArray()),
            ],
            [("usr/local/bin/lefthook", lefthook)],
        ]);
        yield return ("alpine",
        [
            [
                ("etc/os-release", "NAME=\"Alpine Linux\"\nID=alpine\nVERSION_ID=3.19.1\n"u8.ToArray()),
                ("etc/alpine-release", "3.19.1\n"u8.ToArray()),
                ("lib/apk/db/installed", "C:Q1abc=\nP:musl\nV:1.2.4_git20230717-r4\nA:x86_64\nS:1\nI:2\nT:c\nL:MIT\no:musl\nF:lib\nR:ld-musl-x86_64.so.1\nZ:Q1x=\n\n"u8.ToArray()),
            ],
            [("usr/bin/protoc-gen-buf-lint", lint)],
        ]);
    }

    private string Save(string name, (string Path, byte[] Content)[][] layers)
    {
        string path = Path.Combine(_directory.Path, name + ".tar");
        File.WriteAllBytes(path, TestImage.DockerArchive([.. layers.Select(layer =>
            layer.Aggregate(new TarBytes(), (tar, file) => tar.File(file.Path, file.Content, mode: 0x1ED)).End())]));
        return path;
    }

    private Sbom Read(string name)
    {
        ImageLocation location = ImageLocation.Parse(Path.Combine(_directory.Path, name + ".tar"), given => given);
        using OpenImage image = new ImageReader().OpenAsync(location, CancellationToken.None, CancellationToken.None).GetAwaiter().GetResult();
        return new SbomReader().ReadImage(image);
    }

    // All that this trivy (0.44.1, of 2023) has, we have; and beyond it the main module, and the standard library, which it
    // does not list yet.
    private void RequireSame(string[] arguments, Sbom sbom)
    {
        string output = Path.Combine(_directory.Path, "trivy.cdx.json");
        Programs.Output("env", [programs.Trivy, .. arguments, "--format", "cyclonedx", "--skip-db-update", "-o", output, "--cache-dir", Path.Combine(_directory.Path, "cache")]);
        HashSet<string?> beyond = [SbomBuilder.StandardLibrary, .. sbom.Programs.Select(program => program.Main?.Path.ToLowerInvariant())];
        SortedSet<string> theirs = Packages(output);
        Assert.True(theirs.Count > 20, $"{theirs.Count} components");
        Assert.Equal(
            theirs.Where(text => !beyond.Contains(text.Split(' ')[1])),
            Packages(sbom).Where(text => !text.StartsWith("golang ", StringComparison.Ordinal) || !beyond.Contains(text.Split(' ')[1])));
    }

    // Trivy puts a Debian version's epoch into a qualifier; purl's specification has it in the version.
    private static SortedSet<string> Packages(string document)
    {
        using var json = JsonDocument.Parse(File.ReadAllBytes(document));
        var packages = new SortedSet<string>(StringComparer.Ordinal);
        foreach (JsonElement component in json.RootElement.GetProperty("components").EnumerateArray())
        {
            if (component.TryGetProperty("purl", out JsonElement text))
            {
                Assert.True(PackageUrl.TryParse(text.GetString()!, out PackageUrl? url), text.GetString());
                string epoch = url!.Qualifier("epoch") is { } number ? number + ":" : string.Empty;
                packages.Add($"{url.Type} {url.FullName} {epoch}{url.Version}");
            }
        }

        return packages;
    }

    private static SortedSet<string> Packages(Sbom sbom) => new(
        sbom.Components.Select(component => component.PackageUrl).OfType<PackageUrl>().Select(url => $"{url.Type} {url.FullName} {url.Version}"),
        StringComparer.Ordinal);

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
