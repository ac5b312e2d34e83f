using GoCross.Builds;
using GoCross.Targets;

namespace GoCross.Scratch;

/// <summary>The shell's part of a Dockerfile that builds from source: POSIX, for a RUN.</summary>
internal static class SourceScripts
{
    /// <summary>The C compiler for the platform that is built, by the name that CC has.</summary>
    internal const string MuslCompiler = "target-musl-gcc";

    /// <summary>The folders of headers that are the kernel's (linux-libc-dev).</summary>
    internal static readonly string[] KernelFolders = ["linux", "asm", "asm-generic", "mtd"];

    private const string Indent = " \\\n    ";

    /// <summary>A line feed in a variable: one in the text would end the instruction, and $() drops one at the end.</summary>
    private const string SetNewline = "newline=$(printf '\\nx'); newline=${newline%x};";

    /// <summary>The architectures that Debian 12 has musl for, as Go and docker write them.</summary>
    private static readonly (string Pattern, string Architecture, string? Variant)[] MuslPlatforms =
    [
        ("386/*", "386", null),
        ("amd64/*", "amd64", null),
        ("arm/v5 | arm/v6", "arm", "6"),
        ("arm/*", "arm", "7"),
        ("arm64/*", "arm64", null),
        ("ppc64le/*", "ppc64le", null),
        ("s390x/*", "s390x", null),
    ];

    /// <summary>
    /// Go's variables for the platform. Docker's variants are Go's, but for the v of arm's and the missing .0 of arm64's;
    /// where docker names none, Go's own default holds.
    /// </summary>
    internal static string Platform => string.Join(
        Indent,
        "export GOOS=\"$TARGETOS\" GOARCH=\"$TARGETARCH\";",
        "case \"$TARGETARCH/$TARGETVARIANT\" in",
        "  amd64/v*) export GOAMD64=\"$TARGETVARIANT\" ;;",
        "  arm/v*) export GOARM=\"${TARGETVARIANT#v}\" ;;",
        "  arm64/v8 | arm64/v9) export GOARM64=\"$TARGETVARIANT.0\" ;;",
        "  arm64/v*) export GOARM64=\"$TARGETVARIANT\" ;;",
        "  386/?*) export GO386=\"$TARGETVARIANT\" ;;",
        "  mips/?* | mipsle/?*) export GOMIPS=\"$TARGETVARIANT\" ;;",
        "  mips64/?* | mips64le/?*) export GOMIPS64=\"$TARGETVARIANT\" ;;",
        "  ppc64/?* | ppc64le/?*) export GOPPC64=\"$TARGETVARIANT\" ;;",
        "  riscv64/?*) export GORISCV64=\"$TARGETVARIANT\" ;;",
        "esac;");

    /// <summary>A RUN with mounts.</summary>
    /// <param name="mounts">The mounts.</param>
    /// <param name="commands">The commands, each with what ends it.</param>
    internal static string Run(IEnumerable<string> mounts, params string[] commands) =>
        "RUN " + string.Join(Indent, mounts.Select(mount => "--mount=" + mount).Concat(commands));

    /// <summary>go build, as one line.</summary>
    /// <param name="flags">The flags but -o.</param>
    /// <param name="output">Where the program goes.</param>
    /// <param name="package">The package.</param>
    internal static string GoBuild(IEnumerable<string> flags, string output, string package)
    {
        string[] words = ["go", "build", .. flags, "-o", output, "--", package];
        string command = string.Join(' ', words.Select(word => string.Join("\"$newline\"", word.Split('\n').Select(ShellText.Quote))));
        return words.Any(word => word.Contains('\n', StringComparison.Ordinal)) ? SetNewline + Indent + command : command;
    }

    /// <summary>Installs Debian's packages.</summary>
    /// <param name="packages">Their names, as apt-get takes them.</param>
    internal static string InstallPackages(IReadOnlyList<string> packages) => "RUN " + string.Join(
        Indent,
        [
            .. packages.Select(package => package.Split('=')[0].Split(':')).Where(parts => parts.Length > 1).Select(parts => parts[1]).Distinct()
                .Select(architecture => $"dpkg --add-architecture {architecture} &&"),
            "apt-get update &&",
            "apt-get install -y --no-install-recommends " + string.Join(' ', packages.Select(ShellText.Quote)),
        ]);

    /// <summary>
    /// Makes sure of a C compiler for musl, under one name for every platform. Debian's musl has no headers of the kernel
    /// (linux/*.h), and looks at no other folder: those of the platform are put behind its own, without glibc's beside them. An
    /// image that brings the compiler brings them, too, or not.
    /// </summary>
    internal static string InstallMusl()
    {
        IEnumerable<string> cases = MuslPlatforms.Select(platform =>
        {
            CrossPlatform names = CrossPlatform.OfLinux(platform.Architecture, platform.Variant)!;
            return $"  {platform.Pattern}) debian={names.DebianArchitecture} gnu={names.Gnu} musl={names.Musl[0]} package={names.GnuPackage} ;;";
        });
        return "RUN " + string.Join(
            Indent,
            [
                "case \"$TARGETARCH/$TARGETVARIANT\" in",
                .. cases,
                "  *) echo \"Debian has no musl for $TARGETARCH/$TARGETVARIANT.\" >&2; exit 1 ;;",
                "esac;",
                "command -v \"$gnu-gcc\" >/dev/null && package=;",
                "if [ -n \"$package\" ] || ! command -v \"$musl-gcc\" >/dev/null; then",
                "  dpkg --add-architecture \"$debian\" && apt-get update &&",
                "  apt-get install -y --no-install-recommends $package \"musl-dev:$debian\" \"linux-libc-dev:$debian\" || exit 1;",
                "fi;",
                $"mkdir -p /usr/local/kernel-headers && for folder in {string.Join(' ', KernelFolders)}; do",
                "  for place in \"/usr/include/$gnu\" /usr/include \"/usr/$gnu/include\"; do",
                "    if [ -d \"$place/$folder\" ]; then ln -sfn \"$place/$folder\" /usr/local/kernel-headers/; fi;",
                "  done;",
                "done;",
                $"printf '#!/bin/sh\\nexec %s \"$@\" -idirafter /usr/local/kernel-headers\\n' \"$(command -v \"$musl-gcc\")\" > /usr/bin/{MuslCompiler} &&",
                $"chmod 755 /usr/bin/{MuslCompiler}",
            ]);
    }
}
