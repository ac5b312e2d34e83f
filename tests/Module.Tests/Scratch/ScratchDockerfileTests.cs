using GoCross.Errors;
using GoCross.Files;
using GoCross.Oci;
using GoCross.Scratch;

namespace GoCross.Tests.Scratch;

public sealed class ScratchDockerfileTests : IDisposable
{
    private readonly TemporaryDirectory _directory = new();

    public void Dispose() => _directory.Dispose();

    [ToolFact("go")]
    public void A_program_that_needs_nothing_gets_the_shortest_Dockerfile()
    {
        ScratchDockerfile dockerfile = Create([Program(GoSources.Plain, "plain")]);

        Assert.Equal(
            [
                "FROM scratch",
                "COPY plain /plain",
                "LABEL org.opencontainers.image.title=plain",
                "USER 65532:65532",
                "ENTRYPOINT [\"/plain\"]",
            ],
            dockerfile.Instructions.Select(instruction => instruction.Instruction));
        Assert.Equal([In(".dockerignore"), In("Dockerfile")], dockerfile.Files);
        Assert.Equal($"docker build --platform linux/amd64 --tag plain:latest {_directory.Path}", dockerfile.BuildCommand);
        Assert.Empty(dockerfile.Warnings);
    }

    [ToolFact("go")]
    public void The_command_for_several_platforms_names_them_all_and_the_folder()
    {
        ScratchDockerfile dockerfile = Create([Program(GoSources.Plain, "plain"), Program(GoSources.Plain, "arm/plain", "linux/arm64")]);

        Assert.Equal(
            $"docker buildx build --platform linux/amd64,linux/arm64 --tag plain:latest {_directory.Path}", dockerfile.BuildCommand);
        Assert.Contains(
            "\n#   docker buildx build --platform linux/amd64,linux/arm64 --tag plain:latest .\n", dockerfile.Content, StringComparison.Ordinal);
    }

    [ToolFact("go")]
    public void Each_instruction_has_its_reason_as_a_comment_above_it()
    {
        ScratchDockerfile dockerfile = Create(
            [Program(GoSources.Probe, "probe"), Program(GoSources.Probe, "arm/probe", "linux/arm64")],
            new ScratchOptions { Ports = [80], Environment = new Dictionary<string, string> { ["A"] = "b" } });

        // Every line is blank, a comment, an instruction or the rest of one; a comment stands above each instruction.
        string[] lines = dockerfile.Content.Split('\n');
        int seen = 0;
        for (int i = 0; i < lines.Length; i++)
        {
            bool begins = lines[i].Length > 0 && char.IsAsciiLetterUpper(lines[i][0]);
            if (begins)
            {
                Assert.StartsWith("# ", lines[i - 1], StringComparison.Ordinal);
                Assert.StartsWith(lines[i], dockerfile.Instructions[seen].Instruction, StringComparison.Ordinal);
                seen++;
            }
            else
            {
                Assert.True(lines[i].Length == 0 || lines[i][0] is '#' or ' ', lines[i]);
            }

            // The last line has a hash, which cannot be broken.
            Assert.True(lines[i].Length <= 80 || !lines[i].StartsWith("# ", StringComparison.Ordinal) || i == lines.Length - 2, lines[i]);
        }

        Assert.Equal(dockerfile.Instructions.Count, seen);
        Assert.All(dockerfile.Instructions, instruction => Assert.NotEmpty(instruction.Reason));
    }

    [ToolFact("go")]
    public void The_same_input_gives_the_same_text_and_files_in_any_order_of_platforms()
    {
        ScratchProgram amd64 = Program(GoSources.Probe, "amd64/probe");
        ScratchProgram arm64 = Program(GoSources.Probe, "arm64/probe", "linux/arm64");

        ScratchDockerfile first = Create([amd64, arm64]);
        ScratchDockerfile second = Create([arm64, amd64]);

        Assert.Equal(first.Content, second.Content);
        Assert.Equal(first.Files, second.Files);
        Assert.Equal(
            first.Contents.Select(file => Convert.ToHexString(file.Content.Span)),
            second.Contents.Select(file => Convert.ToHexString(file.Content.Span)));
    }

    [ToolFact("go")]
    public void A_variant_is_in_the_name_of_a_folder_only_where_it_tells_two_binaries_apart()
    {
        ScratchProgram v6 = Program(GoSources.Plain, "v6/plain", "linux/arm/v6");
        ScratchProgram v7 = Program(GoSources.Plain, "v7/plain", "linux/arm/v7");
        ScratchProgram amd64 = Program(GoSources.Plain, "amd64/plain");

        Assert.Equal(
            [
                "FROM scratch AS programs", "COPY amd64/plain /amd64/plain", "COPY v7/plain /arm/plain", "FROM scratch", "ARG TARGETARCH",
                "COPY --from=programs /${TARGETARCH:-needs-buildkit}/plain /plain",
            ],
            First(Create([v7, amd64]), 6));
        Assert.Equal(
            [
                "FROM scratch AS programs", "COPY amd64/plain /amd64/plain", "COPY v6/plain /armv6/plain", "COPY v7/plain /armv7/plain",
                "FROM scratch", "ARG TARGETARCH\nARG TARGETVARIANT",
                "COPY --from=programs /${TARGETARCH:-needs-buildkit}${TARGETVARIANT}/plain /plain",
            ],
            First(Create([v7, amd64, v6]), 7));

        static IEnumerable<string> First(ScratchDockerfile dockerfile, int count) =>
            dockerfile.Instructions.Select(instruction => instruction.Instruction).Take(count);
    }

    // Buildah 1.28 knows TARGETARCH only where it is declared; BuildKit is asked in the tests with Docker.
    [RootToolFact("go", "buildah")]
    [Trait("Speed", "Slow")]
    public void Buildah_picks_the_binary_of_the_platform_that_is_built()
    {
        ScratchDockerfileWriter.Write(
            Create([Program(GoSources.Plain, "amd64/plain"), Program(GoSources.Plain, "arm64/plain", "linux/arm64")]), overwrite: false);
        string[] global = ["--root", In("store"), "--runroot", In("run"), "--storage-driver", "vfs"];
        foreach (string architecture in (string[])["amd64", "arm64"])
        {
            Programs.Output(
                "buildah", [.. global, "bud", "--isolation", "chroot", "--platform", $"linux/{architecture}", "--tag", architecture, "."], _directory.Path);
            string container = Programs.Output("buildah", [.. global, "from", "--pull-never", $"localhost/{architecture}"]).Trim();
            string root = Programs.Output("buildah", [.. global, "mount", container]).Trim();
            byte[] program = File.ReadAllBytes(Path.Combine(root, "plain"));
            Programs.Output("buildah", [.. global, "rm", container]);
            Assert.Equal(File.ReadAllBytes(In($"{architecture}/plain")), program);
        }
    }

    [ToolFact("go")]
    public void The_project_s_own_dockerignore_stays_as_it_is()
    {
        File.WriteAllText(In(".dockerignore"), "dist/\n");

        ScratchDockerfile dockerfile = Create([Program(GoSources.Plain, "dist/plain")]);
        ScratchDockerfileWriter.Write(dockerfile, overwrite: false);

        Assert.Equal("dist/\n", File.ReadAllText(In(".dockerignore")));
        Assert.Contains("!dist/plain", File.ReadAllLines(In("Dockerfile.dockerignore")));
        File.Delete(In(".dockerignore"));
        ScratchDockerfileWriter.Write(Create([Program(GoSources.Plain, "dist/plain")]), overwrite: false);
        Assert.Contains(In(".dockerignore"), Create([Program(GoSources.Plain, "dist/plain")]).Files);
    }

    [ToolFact("go")]
    public void Certificates_come_from_a_stage_where_an_image_is_named()
    {
        ScratchProgram program = Program(GoSources.Probe, "probe");
        var more = new DockerfileOptions { CertificateImage = ImageReference.Parse("alpine:3.20") };

        ScratchDockerfile dockerfile = ScratchDockerfileWriter.Create([program], In("Dockerfile"), new ScratchOptions(), more);

        string[] instructions = [.. dockerfile.Instructions.Select(instruction => instruction.Instruction)];
        Assert.Contains("FROM alpine:3.20 AS certificates", instructions);
        Assert.Contains("COPY --from=certificates /etc/ssl/certs/ca-certificates.crt /etc/ssl/certs/ca-certificates.crt", instructions);
        Assert.DoesNotContain(dockerfile.Files, file => file.EndsWith("certificates.tar", StringComparison.Ordinal));
        Assert.All(dockerfile.NeedsMet, need => Assert.Contains(need.MetBy, instructions));
        Assert.DoesNotContain(
            ScratchDockerfileWriter.Create([Program(GoSources.Plain, "plain")], In("Dockerfile"), new ScratchOptions(), more).Instructions,
            instruction => instruction.Instruction.Contains("certificates", StringComparison.Ordinal));
        Assert.Equal(
            "CertificateImageTwice",
            Assert.Throws<GoCrossException>(() => ScratchDockerfileWriter.Create(
                [program], In("Dockerfile"), new ScratchOptions { CaBundlePath = In("roots.pem") }, more)).ErrorId);
    }

    [ToolFact("go")]
    public void Libraries_stay_where_certificates_come_from_a_stage()
    {
        ScratchProgram Dynamic(string platform) => ScratchProgram.Inspect(
            GoSources.Build(GoSources.Probe, In(platform + "/probe"), platform, "-buildmode=pie"), CancellationToken.None);
        var more = new DockerfileOptions { CertificateImage = ImageReference.Parse("alpine:3.20") };

        string[] one = Instructions(ScratchDockerfileWriter.Create([Dynamic("linux/amd64")], In("Dockerfile"), new ScratchOptions(), more));
        Assert.Contains("FROM alpine:3.20 AS certificates", one);
        Assert.Contains("ADD rootfs/libraries-amd64.tar /", one);

        string[] Instructions(ScratchDockerfile dockerfile) => [.. dockerfile.Instructions.Select(instruction => instruction.Instruction)];
    }

    [ToolFact("go")]
    public void A_second_Dockerfile_of_a_context_has_files_of_its_own()
    {
        ScratchProgram first = Program(GoSources.Probe, "dist/probe");
        ScratchProgram second = Program(GoSources.Probe, "dist/other");
        var root = new ScratchOptions { User = ContainerUser.Parse("1000:1000") };
        ScratchDockerfileWriter.Write(Create([first]), overwrite: false);
        Dictionary<string, byte[]> before = Files();

        ScratchDockerfile dockerfile = ScratchDockerfileWriter.Create([second], In("Dockerfile.other"), root);
        ScratchDockerfileWriter.Write(dockerfile, overwrite: false);

        Assert.All(before, file => Assert.Equal(file.Value, File.ReadAllBytes(file.Key)));
        Assert.Contains("!dist/other", File.ReadAllLines(In("Dockerfile.other.dockerignore")));
        Assert.Contains("!rootfs/Dockerfile.other/users.tar", File.ReadAllLines(In("Dockerfile.other.dockerignore")));
        Assert.Contains("\nADD rootfs/Dockerfile.other/users.tar /\n", dockerfile.Content, StringComparison.Ordinal);
        Assert.True(File.Exists(In("rootfs/Dockerfile.other/users.tar")));
        Assert.All(dockerfile.NeedsMet, need => Assert.NotNull(need.MetBy));

        Dictionary<string, byte[]> Files() => Directory.GetFiles(_directory.Path, "*", SearchOption.AllDirectories).ToDictionary(file => file, File.ReadAllBytes);
    }

    [ToolFact("go")]
    public void Two_binaries_for_one_platform_are_refused_by_name()
    {
        GoCrossException e = Assert.Throws<GoCrossException>(
            () => Create([Program(GoSources.Plain, "a/plain"), Program(GoSources.Plain, "b/plain")]));

        Assert.Equal("DuplicatePlatform", e.ErrorId);
        Assert.Contains(In("a/plain"), e.Message, StringComparison.Ordinal);
        Assert.Contains(In("b/plain"), e.Message, StringComparison.Ordinal);
        Assert.Contains("linux/amd64", e.Message, StringComparison.Ordinal);
    }

    [ToolFact("go")]
    public void Binaries_of_different_names_need_one_that_is_given()
    {
        ScratchProgram[] programs = [Program(GoSources.Plain, "api-amd64"), Program(GoSources.Plain, "api-arm64", "linux/arm64")];

        Assert.Equal("ScratchNamesDiffer", Assert.Throws<GoCrossException>(() => Create(programs)).ErrorId);
        Assert.Equal(["/api"], Create(programs, new ScratchOptions { Name = "api" }).Entrypoint);
    }

    [ToolFact("go")]
    public void A_binary_outside_of_the_context_is_refused()
    {
        ScratchProgram program = Program(GoSources.Plain, "dist/plain");

        GoCrossException e = Assert.Throws<GoCrossException>(
            () => ScratchDockerfileWriter.Create([program], In("docker/Dockerfile"), new ScratchOptions()));

        Assert.Equal("BinaryOutsideContext", e.ErrorId);
        Assert.Contains(In("docker"), e.Message, StringComparison.Ordinal);
    }

    [ToolTheory("go")]
    [InlineData("a*b")]
    [InlineData("a[1]")]
    [InlineData("$HOME")]
    [InlineData("a\"b")]
    [InlineData("a#b")]
    [InlineData("-a")]
    [InlineData("a\nb")]
    public void A_path_that_a_Dockerfile_takes_for_something_else_is_refused(string name)
    {
        ScratchProgram program = Program(GoSources.Plain, name);

        Assert.Equal("BinaryPathUnusable", Assert.Throws<GoCrossException>(() => Create([program])).ErrorId);
    }

    [ToolTheory("go")]
    [InlineData("tmp")]
    [InlineData("etc")]
    [InlineData("..")]
    [InlineData("a/b")]
    [InlineData("")]
    public void A_name_that_is_a_directory_of_the_image_is_refused(string name)
    {
        ScratchProgram program = Program(GoSources.Plain, "plain");

        Assert.Equal(
            "ScratchNameUnusable",
            Assert.Throws<GoCrossException>(() => Create([program], new ScratchOptions { Name = name })).ErrorId);
    }

    [ToolFact("go")]
    public void Options_that_cannot_be_written_are_refused()
    {
        ScratchProgram program = Program(GoSources.Plain, "plain");

        Assert.Equal("ScratchLabelInvalid", Error(new ScratchOptions { Labels = new Dictionary<string, string> { ["a b"] = "" } }));
        Assert.Equal("ScratchLabelInvalid", Error(new ScratchOptions { Labels = new Dictionary<string, string> { ["a"] = "x\ny" } }));
        Assert.Equal("ScratchVariableInvalid", Error(new ScratchOptions { Environment = new Dictionary<string, string> { ["1A"] = "" } }));
        Assert.Equal("ScratchVariableInvalid", Error(new ScratchOptions { Environment = new Dictionary<string, string> { ["A"] = "x\n" } }));
        Assert.Equal("ScratchPortInvalid", Error(new ScratchOptions { Ports = [0] }));
        Assert.Equal("ScratchPortInvalid", Error(new ScratchOptions { Ports = [65536] }));
        Assert.Equal("ScratchArgumentInvalid", Error(new ScratchOptions { Arguments = ["a\0b"] }));

        string Error(ScratchOptions options) => Assert.Throws<GoCrossException>(() => Create([program], options)).ErrorId;
    }

    [ToolFact("go")]
    public void A_file_that_stands_there_keeps_all_files_from_being_written()
    {
        ScratchDockerfile dockerfile = Create([Program(GoSources.Probe, "probe")]);
        File.WriteAllText(In(".dockerignore"), "mine");

        GoCrossException e = Assert.Throws<GoCrossException>(() => ScratchDockerfileWriter.Write(dockerfile, overwrite: false));

        Assert.Equal("FileDiffers", e.ErrorId);
        Assert.Contains("\n--- a/.dockerignore\n+++ b/.dockerignore\n", e.Message, StringComparison.Ordinal);
        Assert.Contains("\n-mine\n", e.Message, StringComparison.Ordinal);
        Assert.Contains("\n+!probe", e.Message, StringComparison.Ordinal);
        Assert.Equal("mine", File.ReadAllText(In(".dockerignore")));
        Assert.False(File.Exists(In("Dockerfile")));
        Assert.Empty(Directory.GetFiles(_directory.Path, "*.tar", SearchOption.AllDirectories));

        ScratchDockerfileWriter.Write(dockerfile, overwrite: true);
        Assert.Equal(dockerfile.Content, File.ReadAllText(In("Dockerfile")));
        Assert.All(dockerfile.Files, file => Assert.True(File.Exists(file)));
    }

    [ToolFact("go", "tar")]
    public void What_was_written_here_and_is_unchanged_is_replaced_unasked()
    {
        DockerfileOptions bake = new() { BakePath = In("docker-bake.json") };
        ScratchProgram program = Program(GoSources.Probe, "probe");
        ScratchDockerfile Make(ScratchOptions options) => ScratchDockerfileWriter.Create([program], In("Dockerfile"), options, bake);

        ScratchDockerfile first = Make(new ScratchOptions());
        ScratchDockerfileWriter.Write(first, overwrite: false);
        ScratchDockerfile second = Make(new ScratchOptions { Ports = [8080], Created = DateTimeOffset.FromUnixTimeSeconds(1) });
        Assert.All(second.FindDifferences(), difference => Assert.True(difference.IsUnchanged, difference.Path));
        ScratchDockerfileWriter.Write(second, overwrite: false);
        Assert.Contains("\nEXPOSE 8080/tcp\n", File.ReadAllText(In("Dockerfile")), StringComparison.Ordinal);
        Assert.All(Directory.GetFiles(_directory.Path, "*.tar", SearchOption.AllDirectories), tar => Programs.Output("tar", ["-tf", tar]));

        // Each of the files counts: what somebody wrote into it is not lost.
        foreach (string file in second.Files)
        {
            byte[] written = File.ReadAllBytes(file);
            byte[] changed = [.. written];
            changed[changed.Length / 2] ^= 1;
            File.WriteAllBytes(file, changed);
            GoCrossException e = Assert.Throws<GoCrossException>(() => ScratchDockerfileWriter.Write(first, overwrite: false));
            Assert.Equal("FileDiffers", e.ErrorId);
            Assert.StartsWith(file + " ", e.Message, StringComparison.Ordinal);
            Assert.Equal(changed, File.ReadAllBytes(file));
            File.WriteAllBytes(file, written);
        }

        ScratchDockerfileWriter.Write(first, overwrite: false);
    }

    // bake goes by the name (buildx, bake/bake.go, ParseFiles), and finds no JSON where the name says HCL or compose.
    [Theory]
    [InlineData("docker-bake.hcl", false)]
    [InlineData("compose.YAML", false)]
    [InlineData("bake.yml", false)]
    [InlineData("docker-bake.json", true)]
    [InlineData("bake", true)]
    public void A_bake_file_that_bake_would_not_read_as_JSON_is_refused(string name, bool isRead)
    {
        if (isRead)
        {
            Assert.Equal(In(name), new DockerfileOptions { BakePath = In(name) }.BakePath);
            return;
        }

        GoCrossException e = Assert.Throws<GoCrossException>(() => new DockerfileOptions { BakePath = In(name) });

        Assert.Equal("BakePathNotJson", e.ErrorId);
        Assert.Contains(In(Path.ChangeExtension(name, ".json")), e.Fix, StringComparison.Ordinal);
    }

    [ToolFact("go", "chmod")]
    public void Root_is_warned_of_and_so_is_a_binary_that_not_all_may_execute()
    {
        ScratchProgram program = Program(GoSources.Plain, "plain");
        Programs.Output("chmod", ["750", program.Path]);

        IReadOnlyList<string> warnings = Create([program], new ScratchOptions { User = ContainerUser.Parse("0") }).Warnings;

        Assert.Equal(2, warnings.Count);
        Assert.Contains("root", warnings[0], StringComparison.Ordinal);
        Assert.Contains("chmod 755", warnings[1], StringComparison.Ordinal);
    }

    [ToolFact("go", "gcc")]
    public void A_dynamic_binary_whose_loader_is_nowhere_is_refused_before_anything_is_written()
    {
        File.WriteAllText(In("main.c"), "int main(void) { return 0; }");
        Programs.Output("gcc", ["-o", "dynamic", "main.c"], _directory.Path);
        string interpreter = Programs.Output("readelf", ["-l", "dynamic"], _directory.Path)
            .Split("interpreter: ")[1].Split(']')[0];
        Directory.CreateDirectory(In("empty"));
        var program = ScratchProgram.Inspect(In("dynamic"), CancellationToken.None);

        GoCrossException e = Assert.Throws<GoCrossException>(() => ScratchDockerfileWriter.Create(
            [program], In("Dockerfile"), new ScratchOptions { LibraryRoot = In("empty") }));

        Assert.Equal("ProgramCannotStart", e.ErrorId);
        Assert.Contains(interpreter, e.Message, StringComparison.Ordinal);
        Assert.Contains("-Strategy Static", e.Fix, StringComparison.Ordinal);
    }

    [ToolFact("go")]
    public void A_program_for_another_system_is_refused_by_the_system_s_name()
    {
        string path = GoSources.Build(GoSources.Plain, In("plain"), "freebsd/amd64");

        GoCrossException e = Assert.Throws<GoCrossException>(() => ScratchProgram.Inspect(path, CancellationToken.None));

        Assert.Equal("BinaryNotLinux", e.ErrorId);
        Assert.Contains("freebsd", e.Message, StringComparison.Ordinal);
    }

    [ToolFact("go", "gcc")]
    public void A_loader_that_a_base_image_does_not_have_is_told()
    {
        const string OfNix = "/nix/store/glibc/lib/ld-linux-x86-64.so.2";
        File.WriteAllText(In("main.c"), "int main(void) { return 0; }\n");
        Programs.Output("gcc", ["-o", "nix", "main.c", "-Wl,--dynamic-linker=" + OfNix], _directory.Path);

        foreach ((string path, string loader) in ((string, string)[])
            [(In("nix"), OfNix), (GoSources.Build(GoSources.Plain, In("phone"), "android/arm64"), "/system/bin/linker64")])
        {
            GoCrossException e = Assert.Throws<GoCrossException>(
                () => Create(ScratchProgram.Inspect(path, CancellationToken.None), ImageBase.DebianSlim));
            Assert.Equal("ProgramCannotStart", e.ErrorId);
            Assert.Contains(loader, e.Message, StringComparison.Ordinal);
        }
    }

    [ToolFact("gcc")]
    public void A_static_program_that_is_not_Go_s_gets_all_and_a_warning()
    {
        File.WriteAllText(In("main.c"), "int main(void) { return 0; }");
        Programs.Output("gcc", ["-static", "-o", "static", "main.c"], _directory.Path);

        ScratchDockerfile dockerfile = Create([ScratchProgram.Inspect(In("static"), CancellationToken.None)]);

        Assert.Equal(
            ["rootfs/tmp.tar", "rootfs/users.tar", "rootfs/zoneinfo.tar", "rootfs/certificates.tar", ".dockerignore", "Dockerfile"],
            dockerfile.Files.Select(file => Path.GetRelativePath(_directory.Path, file)));
        Assert.Contains("not a Go program", Assert.Single(dockerfile.Warnings), StringComparison.Ordinal);
    }

    [ToolFact("go", "gcc")]
    public void A_dynamic_program_goes_onto_a_base_that_has_its_libraries_and_not_onto_one_that_is_older()
    {
        File.WriteAllText(In("main.c"), "#include <stdio.h>\nint main(void) { puts(\"x\"); return 0; }");
        Programs.Output("gcc", ["-o", "dynamic", "main.c"], _directory.Path);
        var program = ScratchProgram.Inspect(In("dynamic"), CancellationToken.None);

        ScratchDockerfile dockerfile = Create(program, ImageBase.Distroless);
        Assert.Equal("gcr.io/distroless/base-debian12:nonroot", dockerfile.Base);
        Assert.DoesNotContain("rootfs/libraries", dockerfile.Content, StringComparison.Ordinal);
        Assert.DoesNotContain("ADD ", dockerfile.Content, StringComparison.Ordinal);
        Assert.All(dockerfile.NeedsMet, need => Assert.Equal(dockerfile.Base, need.MetBy));

        ScratchDockerfile debian = Create(program, ImageBase.DebianSlim);
        Assert.Contains("ADD rootfs/certificates.tar /", debian.Content, StringComparison.Ordinal);
        Assert.DoesNotContain("zoneinfo.tar", debian.Content, StringComparison.Ordinal);

        GoCrossException e = Assert.Throws<GoCrossException>(
            () => Create(program with { MinimumGlibc = new Version(2, 38) }, ImageBase.Distroless));
        Assert.Equal("BaseGlibcTooOld", e.ErrorId);
        Assert.Contains("2.38", e.Message, StringComparison.Ordinal);
        Assert.Contains(
            "2.38", Create(program with { MinimumGlibc = new Version(2, 38) }, ImageBase.Distroless, force: true).Warnings[^1], StringComparison.Ordinal);
    }

    [ToolTheory("gcc")]
    [InlineData(ImageBase.Distroless)]
    [InlineData(ImageBase.DebianSlim)]
    public void A_library_that_the_base_lacks_is_what_it_is_from_scratch(ImageBase image)
    {
        File.WriteAllText(In("f.c"), "int f(void) { return 0; }");
        File.WriteAllText(In("main.c"), "int f(void); int main(void) { return f(); }");
        Programs.Output("gcc", ["-shared", "-fPIC", "-Wl,-soname,libgauge.so.1", "-o", "libgauge.so", "f.c"], _directory.Path);
        Programs.Output("gcc", ["-o", "dynamic", "main.c", "-L.", "-lgauge"], _directory.Path);
        var program = ScratchProgram.Inspect(In("dynamic"), CancellationToken.None);

        GoCrossException scratch = Assert.Throws<GoCrossException>(() => Create(program, ImageBase.Scratch));
        GoCrossException e = Assert.Throws<GoCrossException>(() => Create(program, image));

        Assert.Equal(("ProgramCannotStart", "ProgramCannotStart"), (scratch.ErrorId, e.ErrorId));
        Assert.Contains("libgauge.so.1", e.Message, StringComparison.Ordinal);
        Assert.Contains(e.Message, Create(program, image, force: true).Warnings);
    }

    [ToolFact("musl-gcc")]
    public void A_program_with_musl_s_loader_is_refused_where_there_is_glibc()
    {
        File.WriteAllText(In("main.c"), "#include <stdio.h>\nint main(void) { puts(\"x\"); return 0; }");
        Programs.Output("musl-gcc", ["-o", "dynamic", "main.c"], _directory.Path);
        var program = ScratchProgram.Inspect(In("dynamic"), CancellationToken.None);

        Assert.Equal(
            "BaseWithoutMusl", Assert.Throws<GoCrossException>(() => Create(program, ImageBase.Distroless)).ErrorId);
    }

    [ToolFact("go")]
    public void A_file_that_has_its_bytes_already_is_no_conflict_and_left_alone()
    {
        ScratchDockerfile dockerfile = Create([Program(GoSources.Probe, "probe")]);
        ScratchDockerfileWriter.Write(dockerfile, overwrite: false);
        File.SetLastWriteTimeUtc(In("Dockerfile"), DateTime.UnixEpoch);

        ScratchDockerfileWriter.Write(dockerfile, overwrite: true);

        Assert.Empty(dockerfile.FindDifferences());
        Assert.Equal(DateTime.UnixEpoch, File.GetLastWriteTimeUtc(In("Dockerfile")));
    }

    private ScratchDockerfile Create(ScratchProgram program, ImageBase choice, bool force = false) => ScratchDockerfileWriter.Create(
        [program], In("Dockerfile"), new ScratchOptions { AllowsFailure = force }, new DockerfileOptions { Base = choice });

    private string In(string name) => Path.Combine(_directory.Path, name);

    private ScratchProgram Program(string source, string name, string platform = "linux/amd64") =>
        ScratchProgram.Inspect(GoSources.Build(source, In(name), platform), CancellationToken.None);

    private ScratchDockerfile Create(IReadOnlyList<ScratchProgram> programs, ScratchOptions? options = null) =>
        ScratchDockerfileWriter.Create(programs, In("Dockerfile"), options ?? new ScratchOptions());
}
