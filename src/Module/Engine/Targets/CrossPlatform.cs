namespace GoCross.Targets;

/// <summary>What the C world calls a Linux target: its compilers' names, and the loader of its glibc.</summary>
/// <param name="Gnu">The prefix of compilers for glibc, as Debian and most others name them.</param>
/// <param name="Musl">The prefixes of compilers for musl, as Debian's musl-dev, musl.cc and Alpine name them.</param>
/// <param name="GnuPackage">Debian's package of the compiler for glibc.</param>
/// <param name="DebianArchitecture">Debian's name of the architecture, where Debian releases for it; otherwise null.</param>
/// <param name="GlibcLoader">The path of glibc's loader, as the architecture's ABI sets it.</param>
internal sealed record CrossPlatform(
    string Gnu, IReadOnlyList<string> Musl, string GnuPackage, string? DebianArchitecture, string GlibcLoader)
{
    private static readonly Dictionary<string, CrossPlatform> ByArchitecture = new(StringComparer.Ordinal)
    {
        ["386"] = new("i686-linux-gnu", ["i386-linux-musl", "i486-linux-musl", "i686-linux-musl"], "gcc-i686-linux-gnu", "i386", "/lib/ld-linux.so.2"),
        ["amd64"] = new("x86_64-linux-gnu", ["x86_64-linux-musl", "x86_64-alpine-linux-musl"], "gcc-x86-64-linux-gnu", "amd64", "/lib64/ld-linux-x86-64.so.2"),
        ["arm64"] = new("aarch64-linux-gnu", ["aarch64-linux-musl", "aarch64-alpine-linux-musl"], "gcc-aarch64-linux-gnu", "arm64", "/lib/ld-linux-aarch64.so.1"),
        ["loong64"] = new("loongarch64-linux-gnu", ["loongarch64-linux-musl"], "gcc-loongarch64-linux-gnu", null, "/lib64/ld-linux-loongarch-lp64d.so.1"),
        ["mips"] = new("mips-linux-gnu", ["mips-linux-musl"], "gcc-mips-linux-gnu", null, "/lib/ld.so.1"),
        ["mipsle"] = new("mipsel-linux-gnu", ["mipsel-linux-musl"], "gcc-mipsel-linux-gnu", "mipsel", "/lib/ld.so.1"),
        ["mips64"] = new("mips64-linux-gnuabi64", ["mips64-linux-musl"], "gcc-mips64-linux-gnuabi64", null, "/lib64/ld.so.1"),
        ["mips64le"] = new("mips64el-linux-gnuabi64", ["mips64el-linux-musl"], "gcc-mips64el-linux-gnuabi64", "mips64el", "/lib64/ld.so.1"),
        ["ppc64le"] = new("powerpc64le-linux-gnu", ["powerpc64le-linux-musl"], "gcc-powerpc64le-linux-gnu", "ppc64el", "/lib64/ld64.so.2"),
        ["riscv64"] = new("riscv64-linux-gnu", ["riscv64-linux-musl"], "gcc-riscv64-linux-gnu", null, "/lib/ld-linux-riscv64-lp64d.so.1"),
        ["s390x"] = new("s390x-linux-gnu", ["s390x-linux-musl"], "gcc-s390x-linux-gnu", "s390x", "/lib/ld64.so.1"),
    };

    private static readonly string[] OfZig =
        ["x86_64-linux-gnu", "i686-linux-gnu", "aarch64-linux-gnu", "arm-linux-gnueabihf", "riscv64-linux-gnu"];

    // Debian's armhf is ARMv7 with floating-point registers in calls, its armel ARMv5 without.
    private static readonly CrossPlatform ArmHardFloat = new(
        "arm-linux-gnueabihf", ["arm-linux-musleabihf", "armv7l-linux-musleabihf"], "gcc-arm-linux-gnueabihf", "armhf", "/lib/ld-linux-armhf.so.3");

    private static readonly CrossPlatform ArmSoftFloat = new(
        "arm-linux-gnueabi", ["arm-linux-musleabi", "armv5l-linux-musleabi"], "gcc-arm-linux-gnueabi", "armel", "/lib/ld-linux.so.3");

    /// <summary>
    /// What zig calls the target: a name of its own for the 32-bit x86, and the Gnu or musl names of the others. Null where
    /// its linker or its C libraries were not seen to make programs.
    /// </summary>
    /// <param name="musl">Whether with musl.</param>
    internal string? ZigTriple(bool musl)
    {
        if (!OfZig.Contains(Gnu))
        {
            return null;
        }

        string triple = musl ? Musl[0] : Gnu;
        return triple.StartsWith('i') && triple.IndexOf("86-", StringComparison.Ordinal) == 2 ? "x86" + triple[4..] : triple;
    }

    /// <summary>The names for a target, or null where nobody makes C compilers for it under names that are known here.</summary>
    internal static CrossPlatform? Of(BuildTarget target) => target.Os == "linux" ? OfLinux(target.Architecture, target.Variant) : null;

    /// <summary>The names for a Linux of an architecture, or null.</summary>
    /// <param name="architecture">The architecture, as Go names it.</param>
    /// <param name="variant">The variant, as Go's variable has it; null for Go's default.</param>
    internal static CrossPlatform? OfLinux(string architecture, string? variant) => architecture == "arm"
        ? variant is null or "7" or "7,hardfloat" ? ArmHardFloat : ArmSoftFloat
        : ByArchitecture.GetValueOrDefault(architecture);
}
