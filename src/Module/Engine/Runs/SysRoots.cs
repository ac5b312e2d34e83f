using GoCross.Formatting;
using GoCross.Targets;

namespace GoCross.Runs;

/// <summary>Where distributions keep the libraries of other architectures.</summary>
internal static class SysRoots
{
    /// <summary>The variable that QEMU itself reads where -L is not given.</summary>
    private const string QemuVariable = "QEMU_LD_PREFIX";

    /// <summary>
    /// The directories that are tried as the root of a foreign system: the one that was given, QEMU's own, or those that
    /// distributions have. Null stands for this machine's root, which may have the other libraries beside its own.
    /// </summary>
    /// <param name="options">What was given.</param>
    /// <param name="architecture">Go's name (GOARCH).</param>
    internal static IEnumerable<string?> Candidates(RunOptions options, string architecture) =>
        options.SysRoot is { } given ? [given]
        : options.Variable(QemuVariable) is { Length: > 0 } variable ? [variable]
        : Of(architecture);

    /// <summary>The directories that may hold the libraries for an architecture. Null stands for this machine's root.</summary>
    /// <param name="architecture">Go's name (GOARCH).</param>
    internal static IEnumerable<string?> Of(string architecture) => OfDistributions(architecture).Prepend<string?>(null);

    /// <summary>What to do about a loader that is in none of them.</summary>
    /// <param name="architecture">Go's name (GOARCH).</param>
    /// <param name="loader">The loader's path.</param>
    internal static string FixFor(string architecture, string loader) => DebianPackage(architecture, loader) is { } package
        ? TextFormat.Fill(Texts.RunLoaderMissingFix, package)
        : Texts.RunSysRootFix;

    /// <summary>
    /// The directories that may hold the libraries for an architecture, in the order in which they are tried: Debian's and
    /// Ubuntu's packages for cross compilers, Fedora's, musl.cc's when unpacked there.
    /// </summary>
    /// <param name="architecture">Go's name (GOARCH).</param>
    private static IEnumerable<string> OfDistributions(string architecture) => Platforms(architecture)
        .SelectMany(platform => platform.Musl.Prepend(platform.Gnu))
        .Distinct()
        .SelectMany(prefix => new[] { $"/usr/{prefix}", $"/usr/{prefix}/sys-root", $"/usr/local/{prefix}", $"/opt/{prefix}" });

    /// <summary>The commands that install libraries for cross compilers on Debian end in this package.</summary>
    /// <param name="architecture">Go's name (GOARCH).</param>
    /// <param name="loader">The loader that is missing.</param>
    private static string? DebianPackage(string architecture, string loader) =>
        loader.Contains("musl", StringComparison.Ordinal)
            ? Platforms(architecture).Select(platform => platform.DebianArchitecture).OfType<string>().FirstOrDefault() is { } musl
                ? $"musl:{musl}"
                : null
            : Platforms(architecture).FirstOrDefault(platform => platform.GlibcLoader == loader) is { } found
                ? $"libc6-{found.DebianArchitecture ?? architecture}-cross"
                : null;

    // ARM has two: with floating-point registers in calls, and without.
    private static IEnumerable<CrossPlatform> Platforms(string architecture)
    {
        string?[] variants = architecture == "arm" ? ["7", "5"] : [null];
        return variants.Select(variant => CrossPlatform.OfLinux(architecture, variant)).OfType<CrossPlatform>();
    }
}
