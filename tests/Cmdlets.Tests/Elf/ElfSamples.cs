using System.Management.Automation;
using GoCross.Cmdlets.Tests.Images;
using GoCross.Cmdlets.Tests.Views;

namespace GoCross.Cmdlets.Tests.Elf;

/// <summary>Reports on the machine's own programs.</summary>
public sealed class ElfSamples : IViewSample
{
    public string OutputType => "GoCross.Binaries.BinaryReport";

    public IReadOnlyList<string> Tools => ["bash"];

    public IReadOnlyList<PSObject> Create(SampleHost host) =>
        host.Run("Get-ElfDependency -LiteralPath $args[0]", GoCross.Tests.Tools.Require("bash"));
}

/// <summary>Reports on a Go program, and on the same one packed.</summary>
public sealed class GoElfSamples : IViewSample
{
    public string OutputType => "GoCross.Binaries.BinaryReport";

    public IReadOnlyList<string> Tools => ["go", "upx"];

    public IReadOnlyList<PSObject> Create(SampleHost host)
    {
        string program = ElfPrograms.BuildGo(host.Location);
        string packed = program + ".packed";
        ElfPrograms.Run("upx", ["-q", "-o", packed, program], host.Location);
        return host.Run("Get-ElfDependency $args[0], $args[1]", program, packed);
    }
}

/// <summary>The libraries of one of the machine's own programs, here and in a root that lacks them.</summary>
public sealed class ElfLibrarySamples : IViewSample
{
    public string OutputType => "GoCross.Libraries.ElfLibrary";

    public IReadOnlyList<string> Tools => ["bash"];

    public IReadOnlyList<PSObject> Create(SampleHost host) => host.Run(
        "Get-ElfDependency $args[0] -Resolve; Get-ElfDependency $args[0] -Resolve -Root .", GoCross.Tests.Tools.Require("bash"));
}

/// <summary>What differs between programs of every kind: one side, both sides, sums, sizes and the rest.</summary>
public sealed class ElfChangeSamples : IViewSample
{
    public string OutputType => "GoCross.Binaries.ElfChange";

    public IReadOnlyList<string> Tools => ["bash", "go"];

    public IReadOnlyList<PSObject> Create(SampleHost host) => host.Run(
        """
        Compare-ElfDependency $args[0] $args[1] -IncludeEqual
        Compare-ElfDependency $args[1] $args[0] -Category Library, Version, Section
        """,
        ElfPrograms.BuildGo(host.Location),
        GoCross.Tests.Tools.Require("bash"));
}

/// <summary>A program in this machine's root, where it starts, and in ones where it lacks its libraries.</summary>
public sealed class RootReportSamples : IViewSample
{
    public string OutputType => "GoCross.Roots.RootReport";

    public IReadOnlyList<string> Tools => ["bash"];

    public IReadOnlyList<PSObject> Create(SampleHost host) => host.Run(
        "Get-ElfDependency $args[0] -Root /; Get-ElfDependency $args[0] -Root .; "
        + "Get-ElfDependency $args[0] -Image $args[1]; Get-ElfDependency -Image $args[1]",
        GoCross.Tests.Tools.Require("bash"),
        ImageFile.Write(
            Path.Combine(host.Location, "bash.tar"),
            """{"Entrypoint":["/bin/bash"]}""",
            [("bin/bash", File.ReadAllBytes(GoCross.Tests.Tools.Require("bash")))]));
}
