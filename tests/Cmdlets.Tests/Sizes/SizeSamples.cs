using System.Management.Automation;
using GoCross.Cmdlets.Tests.Elf;
using GoCross.Cmdlets.Tests.Views;

namespace GoCross.Cmdlets.Tests.Sizes;

/// <summary>Reports on programs for Linux and Windows.</summary>
public sealed class SizeReportSamples : IViewSample
{
    public string OutputType => "GoCross.Sizes.SizeReport";

    public IReadOnlyList<string> Tools => ["go"];

    public IReadOnlyList<PSObject> Create(SampleHost host) => host.Run(
        "Measure-GoBinary $args -EstimateUpx", ElfPrograms.BuildGo(host.Location), ElfPrograms.BuildGo(host.Location, "windows"));
}

/// <summary>Shares by everything, alone and beside another program.</summary>
public sealed class SizeShareSamples : IViewSample
{
    public string OutputType => "GoCross.Sizes.SizeShare";

    public IReadOnlyList<string> Tools => ["go"];

    public IReadOnlyList<PSObject> Create(SampleHost host) => host.Run(
        """
        'Kind', 'Section', 'Module', 'Package', 'File' | ForEach-Object { Measure-GoBinary $args[0] -By $_ -Top 8 }
        Measure-GoBinary $args[0] -ReferencePath $args[1] -Top 8
        """,
        ElfPrograms.BuildGo(host.Location),
        ElfPrograms.BuildGo(host.Location, "windows"));
}
