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
        ToolTexts.ForBuilds,
        new ToolInstallation
        {
            Debian = "apt-get install golang-go",
            FromBackports = true,
            Alpine = "apk add go",
            Fedora = "dnf install golang",
            MacOS = "brew install go",
            Windows = "winget install GoLang.Go",
            Otherwise = ToolTexts.OtherwiseGo,
        })
    {
        VersionArguments = ["version"],
    };

    private static readonly Lazy<IReadOnlyList<ToolDefinition>> Tools = new(() =>
    [
        Go,
        .. CTargets.Select(Target).SelectMany(target => new[] { Glibc(target), Musl(target) }),
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
        ToolTexts.ForZig,
        new ToolInstallation
        {
            Alpine = "apk add zig",
            Fedora = "dnf install zig",
            MacOS = "brew install zig",
            Windows = "winget install zig.zig",
            Otherwise = ToolTexts.OtherwiseZig,
        })
    {
        VersionArguments = ["version"],
    };

    private static ToolDefinition Upx => new(
        "upx",
        ToolKind.Packer,
        ["upx", "upx-ucl"],
        ToolTexts.ForUpx,
        ToolInstallation.Everywhere("upx", "UPX.UPX", ToolTexts.OtherwiseUpx) with
        {
            Debian = "apt-get install upx-ucl",
            FromBackports = true,
        });

    private static ToolDefinition Docker => new(
        "docker",
        ToolKind.Containers,
        ["docker"],
        ToolTexts.ForDocker,
        new ToolInstallation
        {
            Debian = "apt-get install docker.io",
            Alpine = "apk add docker",
            Fedora = "dnf install moby-engine",
            MacOS = "brew install --cask docker",
            Windows = "winget install Docker.DockerDesktop",
            Otherwise = ToolTexts.OtherwiseDocker,
        });

    private static ToolDefinition Git => new(
        "git",
        ToolKind.SourceControl,
        ["git"],
        ToolTexts.ForGit,
        ToolInstallation.Everywhere("git", "Git.Git", ToolTexts.OtherwiseGit));

    private static BuildTarget Target((string Architecture, string? Variant) pair) =>
        new(new GoTarget("linux", pair.Architecture, CgoSupported: true, FirstClass: false), pair.Variant);

    private static ToolDefinition Glibc(BuildTarget target)
    {
        CrossPlatform platform = CrossPlatform.Of(target)!;
        bool native = target.Architecture == HostMachine.Architecture && target.Os == HostMachine.Os;
        string cross = platform.Gnu + "-gcc";
        string[] programs = native ? ["gcc", cross] : [cross];
        string otherwise = TextFormat.Fill(ToolTexts.OtherwiseGlibc, target.Name);
        return new ToolDefinition(
            programs[0],
            ToolKind.CCompiler,
            programs,
            TextFormat.Fill(ToolTexts.ForGlibc, target.Name),
            native
                ? new ToolInstallation
                {
                    Debian = "apt-get install gcc libc6-dev",
                    Fedora = "dnf install gcc glibc-devel glibc-static",
                    Otherwise = otherwise,
                }
                : new ToolInstallation
                {
                    // The compiler only recommends the headers and start files that the link needs. Where Debian does not
                    // release for an architecture, its name in Debian's packages for cross compilers is Go's.
                    Debian = $"apt-get install {platform.GnuPackage} libc6-dev-{platform.DebianArchitecture ?? target.Architecture}-cross",
                    MacOS = target.Architecture is "amd64" or "arm64"
                        ? $"brew install messense/macos-cross-toolchains/{platform.Gnu.Replace("-linux", "-unknown-linux", StringComparison.Ordinal)}"
                        : null,
                    Otherwise = otherwise,
                })
        {
            Target = target.Name,
        };
    }

    private static ToolDefinition Musl(BuildTarget target)
    {
        CrossPlatform platform = CrossPlatform.Of(target)!;
        bool native = target.Architecture == HostMachine.Architecture && target.Os == HostMachine.Os;
        string[] cross = [.. platform.Musl.Select(prefix => prefix + "-gcc")];
        string[] programs = native ? ["musl-gcc", .. cross] : cross;
        string otherwise = TextFormat.Fill(ToolTexts.OtherwiseMusl, platform.Musl[0]);
        return new ToolDefinition(
            programs[0],
            ToolKind.CCompiler,
            programs,
            TextFormat.Fill(ToolTexts.ForMusl, target.Name),
            native
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
                    MacOS = target.Architecture is "amd64" or "arm64" ? "brew install filosottile/musl-cross/musl-cross" : null,
                    Otherwise = otherwise,
                })
        {
            Target = target.Name,
        };
    }

    private static ToolDefinition Qemu(string architecture) => new(
        QemuUser.ProgramsFor(architecture)[0],
        ToolKind.Emulator,
        QemuUser.ProgramsFor(architecture),
        TextFormat.Fill(ToolTexts.ForQemu, architecture),
        new ToolInstallation
        {
            Debian = "apt-get install qemu-user-static",
            Alpine = "apk add qemu-" + QemuUser.ProcessorOf(architecture),
            Fedora = "dnf install qemu-user-static",
            Otherwise = ToolTexts.OtherwiseQemu,
        })
    {
        Target = "linux/" + architecture,
    };
}
