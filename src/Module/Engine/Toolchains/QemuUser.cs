using GoCross.Processes;

namespace GoCross.Toolchains;

/// <summary>
/// QEMU's user mode: programs that run Linux programs of another architecture, each of one. The one for 386 is left out: a Go
/// program loses its threads' storage under it (set_thread_area) and ends with "mallocgc called without a P".
/// </summary>
internal static class QemuUser
{
    private static readonly Dictionary<string, string> Processors = new(StringComparer.Ordinal)
    {
        ["amd64"] = "x86_64",
        ["arm"] = "arm",
        ["arm64"] = "aarch64",
        ["loong64"] = "loongarch64",
        ["mips"] = "mips",
        ["mipsle"] = "mipsel",
        ["mips64"] = "mips64",
        ["mips64le"] = "mips64el",
        ["ppc64"] = "ppc64",
        ["ppc64le"] = "ppc64le",
        ["riscv64"] = "riscv64",
        ["s390x"] = "s390x",
    };

    /// <summary>The architectures that it runs, as Go calls them.</summary>
    internal static IEnumerable<string> Architectures => Processors.Keys;

    /// <summary>What QEMU calls an architecture, or null where it has none of it.</summary>
    /// <param name="architecture">Go's name (GOARCH).</param>
    internal static string? ProcessorOf(string architecture) => Processors.GetValueOrDefault(architecture);

    /// <summary>The names of the program for an architecture: that which needs no libraries, and that which is built with some.</summary>
    /// <param name="architecture">Go's name (GOARCH), one of <see cref="Architectures"/>.</param>
    internal static string[] ProgramsFor(string architecture) =>
        [$"qemu-{Processors[architecture]}-static", $"qemu-{Processors[architecture]}"];

    /// <summary>The full path of the program for an architecture on PATH, or null.</summary>
    /// <param name="architecture">Go's name (GOARCH).</param>
    internal static string? Find(string architecture) => ProcessorOf(architecture) is null
        ? null
        : ProgramsFor(architecture).Select(ProgramLookup.Find).FirstOrDefault(path => path is not null);
}
