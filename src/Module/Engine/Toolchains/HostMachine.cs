using GoCross.Oci;

namespace GoCross.Toolchains;

/// <summary>This machine in Go's words, where there may be no Go to ask.</summary>
internal static class HostMachine
{
    /// <summary>The system (GOOS).</summary>
    internal static string Os { get; } =
        OperatingSystem.IsWindows() ? "windows" : OperatingSystem.IsMacOS() ? "darwin" : OperatingSystem.IsFreeBSD() ? "freebsd" : "linux";

    /// <summary>The architecture of the system, not that of this process (GOARCH).</summary>
    internal static string Architecture => ImagePlatform.Default.Architecture;

    /// <summary>
    /// Whether the kernel starts programs of an architecture by itself. A Linux for amd64 has 386 with it, as a rule; whether
    /// an arm64 processor still has arm in it is left to QEMU.
    /// </summary>
    /// <param name="os">The system (GOOS).</param>
    /// <param name="architecture">The architecture (GOARCH).</param>
    internal static bool Runs(string os, string architecture) =>
        os == Os && (architecture == Architecture || (architecture, Architecture) is ("386", "amd64") && (os == "windows" || Ia32Probe.Runs));
}
