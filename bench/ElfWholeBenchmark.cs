using System.Diagnostics;

namespace GoCross.Bench;

/// <summary>
/// Runs the comparisons with readelf, go version and the loader, which the tests make on a sample, on all there is: every
/// ELF file and every program below /usr, and dozens of packages of each of Debian's architectures. It fetches about a
/// gigabyte, so that it runs only when it is named.
/// </summary>
public sealed class ElfWholeBenchmark : IBenchmark
{
    public string Name => "elf-whole";

    public string Description => "the tests against readelf, go version and ld.so on all of /usr and Debian's architectures";

    public IReadOnlyList<string> Tools => ["readelf", "apt-get", "dpkg-deb"];

    public bool OnlyByName => true;

    public void Run(Report report)
    {
        var start = new ProcessStartInfo("dotnet")
        {
            WorkingDirectory = Checkout.Root,
            ArgumentList = { "test", "tests/Module.Tests", "-c", "Release", "--no-build", "--nologo", "--filter", "Run=whole" },
        };
        start.Environment["GOCROSS_TEST_ALL"] = "1";
        using Process process = Process.Start(start)!;
        process.WaitForExit();
        report.Check("no difference", process.ExitCode == 0);
    }
}
