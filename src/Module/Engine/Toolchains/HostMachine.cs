using System.Runtime.InteropServices;

namespace GoCross.Toolchains;

/// <summary>This machine in Go's words, where there may be no Go to ask.</summary>
internal static class HostMachine
{
    /// <summary>The system (GOOS).</summary>
    internal static string Os { get; } =
        OperatingSystem.IsWindows() ? "windows" : OperatingSystem.IsMacOS() ? "darwin" : OperatingSystem.IsFreeBSD() ? "freebsd" : "linux";

    /// <summary>The architecture of the system, not that of this process (GOARCH).</summary>
    internal static string Architecture { get; } = RuntimeInformation.OSArchitecture switch
    {
        System.Runtime.InteropServices.Architecture.X64 => "amd64",
        System.Runtime.InteropServices.Architecture.X86 => "386",
        System.Runtime.InteropServices.Architecture.Arm or System.Runtime.InteropServices.Architecture.Armv6 => "arm",
        System.Runtime.InteropServices.Architecture.Arm64 => "arm64",
        System.Runtime.InteropServices.Architecture.S390x => "s390x",
        System.Runtime.InteropServices.Architecture.LoongArch64 => "loong64",
        System.Runtime.InteropServices.Architecture.Ppc64le => "ppc64le",
        var other => other.ToString().ToLowerInvariant(),
    };

    /// <summary>
    /// Whether the kernel starts programs of an architecture by itself. A Linux for amd64 has 386 with it, as a rule; whether
    /// an arm64 processor still has arm in it is left to QEMU.
    /// </summary>
    /// <param name="os">The system (GOOS).</param>
    /// <param name="architecture">The architecture (GOARCH).</param>
    internal static bool Runs(string os, string architecture) =>
        os == Os && (architecture == Architecture || (architecture, Architecture) is ("386", "amd64") && (os == "windows" || Ia32Probe.Runs));
}
