using GoCross.Formatting;
using GoCross.Targets;

namespace GoCross.Toolchains;

/// <summary>Every tool that something in GoCross uses, for programs of this machine's kind and of all others.</summary>
internal static class ToolCatalogue
{
    /// <summary>The targets that have C compilers, as a user writes them, with the variant that tells two kinds of ARM apart.</summary>
    private static readonly (string Architecture, string? Variant)[] CTargets =
    [
        ("amd64", null), ("arm64", null), ("386", null), ("arm", "7"), ("arm", "5"), ("loong64", null), ("mips", null),
        ("mipsle", null), ("mips64", null), ("mips64le", null), ("ppc64le", null), ("riscv64", null), ("s390x", null),
    ];

    /// <summary>The tool that is Go, whose program is looked for in more places than PATH.</summary>
    internal static ToolDefinition Go { get; } = new(
        "go",
        ToolKind.Go,
        ["go"],
        Texts.ToolForBuilds,
        new ToolInstallation
        {
            Debian = "apt-get install golang-go",
            FromBackports = true,
            Alpine = "apk add go",
            Fedora = "dnf install golang",
            MacOS = "brew install go",
            Windows = "winget install GoLang.Go",
            Otherwise = Texts.ToolOtherwiseGo,
        })
    {
        VersionArguments = ["version"],
    };

    private static readonly Lazy<IReadOnlyList<ToolDefinition>> Tools = new(() =>
    [
        Go,
        .. CTargets.SelectMany(Compilers),
        Zig,
        .. QemuUser.Architectures.Where(architecture => architecture != HostMachine.Architecture).Select(Qemu),
        Upx,
        Docker,
        Git,
    ]);

    /// <summary>The tools, by kind; what is used for most targets comes first in each.</summary>
    internal static IReadOnlyList<ToolDefinition> All => Tools.Value;

    /// <summary>The tool that a program belongs to, or null.</summary>
    /// <param name="program">One of the names that the program goes by.</param>
    internal static ToolDefinition? Find(string program) => All.FirstOrDefault(tool => tool.Programs.Contains(program));

    private static ToolDefinition Zig => new(
        "zig",
        ToolKind.Zig,
        ["zig"],
        Texts.ToolForZig,
        new ToolInstallation
        {
            Alpine = "apk add zig",
            Fedora = "dnf install zig",
            MacOS = "brew install zig",
            Windows = "winget install zig.zig",
            Otherwise = Texts.ToolOtherwiseZig,
        })
    {
        VersionArguments = ["version"],
    };

    private static ToolDefinition Upx => new(
        "upx",
        ToolKind.Packer,
        ["upx", "upx-ucl"],
        Texts.ToolForUpx,
        ToolInstallation.Everywhere("upx", "UPX.UPX", Texts.ToolOtherwiseUpx) with
        {
            Debian = "apt-get install upx-ucl",
            FromBackports = true,
        });

    private static ToolDefinition Docker => new(
        "docker",
        ToolKind.Containers,
        ["docker"],
        Texts.ToolForDocker,
        new ToolInstallation
        {
            Debian = "apt-get install docker.io",
            Alpine = "apk add docker",
            Fedora = "dnf install moby-engine",
            MacOS = "brew install --cask docker",
            Windows = "winget install Docker.DockerDesktop",
            Otherwise = Texts.ToolOtherwiseDocker,
        });

    private static ToolDefinition Git => new(
        "git",
        ToolKind.SourceControl,
        ["git"],
        Texts.ToolForGit,
        ToolInstallation.Everywhere("git", "Git.Git", Texts.ToolOtherwiseGit));

    private static IEnumerable<ToolDefinition> Compilers((string Architecture, string? Variant) pair)
    {
        CrossPlatform platform = CrossPlatform.OfLinux(pair.Architecture, pair.Variant)!;
        string target = new BuildTarget(new GoTarget("linux", pair.Architecture, CgoSupported: true, FirstClass: false), pair.Variant).Name;
        bool native = pair.Architecture == HostMachine.Architecture && HostMachine.Os == "linux";
        bool onMac = pair.Architecture is "amd64" or "arm64";
        string otherwise = TextFormat.Fill(Texts.ToolOtherwiseGlibc, target);
        string[] gnu = [platform.Gnu + "-gcc"];
        yield return Compiler(native ? ["gcc", .. gnu] : gnu, Texts.ToolForGlibc, target, native
            ? new ToolInstallation { Debian = "apt-get install gcc libc6-dev", Fedora = "dnf install gcc glibc-devel glibc-static", Otherwise = otherwise }
            : new ToolInstallation
            {
                // The compiler only recommends the headers and start files that the link needs. Where Debian does not
                // release for an architecture, its name in Debian's packages for cross compilers is Go's.
                Debian = $"apt-get install {platform.GnuPackage} libc6-dev-{platform.DebianArchitecture ?? pair.Architecture}-cross",
                MacOS = onMac
                    ? $"brew install messense/macos-cross-toolchains/{platform.Gnu.Replace("-linux", "-unknown-linux", StringComparison.Ordinal)}"
                    : null,
                Otherwise = otherwise,
            });

        otherwise = TextFormat.Fill(Texts.ToolOtherwiseMusl, platform.Musl[0]);
        string[] musl = [.. platform.Musl.Select(prefix => prefix + "-gcc")];
        yield return Compiler(native ? ["musl-gcc", .. musl] : musl, Texts.ToolForMusl, target, native
            ? new ToolInstallation
            {
                Debian = "apt-get install musl-tools",
                Alpine = "apk add gcc musl-dev",
                Fedora = "dnf install musl-gcc musl-libc-static",
                Otherwise = otherwise,
            }
            : new ToolInstallation
            {
                // Debian's musl-dev of the other architecture brings a wrapper of the cross compiler for glibc.
                Debian = platform.DebianArchitecture is { } debian
                    ? $"dpkg --add-architecture {debian} && apt-get update && apt-get install {platform.GnuPackage} musl-dev:{debian}"
                    : null,
                MacOS = onMac ? "brew install filosottile/musl-cross/musl-cross" : null,
                Otherwise = otherwise,
            });
    }

    private static ToolDefinition Compiler(string[] programs, string use, string target, ToolInstallation installation) =>
        new(programs[0], ToolKind.CCompiler, programs, TextFormat.Fill(use, target), installation) { Target = target };

    private static ToolDefinition Qemu(string architecture) => new(
        QemuUser.ProgramsFor(architecture)[0],
        ToolKind.Emulator,
        QemuUser.ProgramsFor(architecture),
        TextFormat.Fill(Texts.ToolForQemu, architecture),
        new ToolInstallation
        {
            Debian = "apt-get install qemu-user-static",
            Alpine = "apk add qemu-" + QemuUser.ProcessorOf(architecture),
            Fedora = "dnf install qemu-user-static",
            Otherwise = Texts.ToolOtherwiseQemu,
        })
    {
        Target = "linux/" + architecture,
    };
}
