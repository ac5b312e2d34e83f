using System.Management.Automation;
using GoCross.Cmdlets.Tests.Elf;
using GoCross.Cmdlets.Tests.Views;

namespace GoCross.Cmdlets.Tests.Strategies;

/// <summary>Rows that were started, that were not, and that are not available.</summary>
public sealed class StrategySamples : IViewSample
{
    public string OutputType => "GoCross.Strategies.StrategyMeasurement";

    public IReadOnlyList<string> Tools => ["go", "gcc"];

    public IReadOnlyList<PSObject> Create(SampleHost host)
    {
        ElfPrograms.BuildGo(host.Location);
        return host.Run(
            """
            Measure-GoBuildStrategy ./source-linux -Strategy Static, Glibc -Repeat 2 -Compress
            Measure-GoBuildStrategy ./source-linux -Strategy Static -Target linux/arm64 -Repeat 1
            Measure-GoBuildStrategy ./source-linux -Strategy Musl -Compiler no-such-compiler
            """);
    }
}

/// <summary>Programs that were packed: started, not started, and one that does not run.</summary>
public sealed class CompressedBinarySamples : IViewSample
{
    public string OutputType => "GoCross.Strategies.CompressedBinary";

    public IReadOnlyList<string> Tools => ["go", "upx"];

    public IReadOnlyList<PSObject> Create(SampleHost host) => host.Run(
        """
        Compress-GoBinary $args[0] -Repeat 2
        Compress-GoBinary $args[0] ./lzma -Method Lzma -Repeat 0 -EnvironmentCount 0
        """,
        ElfPrograms.BuildGo(host.Location));
}
