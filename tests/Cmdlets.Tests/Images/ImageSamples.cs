using System.Management.Automation;
using GoCross.Cmdlets.Tests.Views;

namespace GoCross.Cmdlets.Tests.Images;

/// <summary>Comparisons: smaller with settings that differ, larger, equal, and with an empty reference.</summary>
public sealed class ImageComparisonSample : IViewSample
{
    public string OutputType => "GoCross.Images.ImageComparison";

    public IReadOnlyList<PSObject> Create(SampleHost host) => host.Run(
        "Compare-ImageLayer $args[0] $args[1]; Compare-ImageLayer $args[1] $args[0], $args[1]; Compare-ImageLayer $args[2] $args[0]",
        SampleImages.Write(host.Location));
}

/// <summary>Layers on both sides, on each side, and changed.</summary>
public sealed class LayerComparisonSample : IViewSample
{
    public string OutputType => "GoCross.Images.LayerComparison";

    public IReadOnlyList<PSObject> Create(SampleHost host) =>
        host.Run("Compare-ImageLayer $args[0] $args[1] -Layer", SampleImages.Write(host.Location));
}

/// <summary>Files of every kind of change.</summary>
public sealed class FileChangeSample : IViewSample
{
    public string OutputType => "GoCross.Images.FileChange";

    public IReadOnlyList<PSObject> Create(SampleHost host) =>
        host.Run("Compare-ImageLayer $args[0] $args[1] -File", SampleImages.Write(host.Location));
}

/// <summary>Settings that differ.</summary>
public sealed class ConfigurationChangeSample : IViewSample
{
    public string OutputType => "GoCross.Images.ConfigurationChange";

    public IReadOnlyList<PSObject> Create(SampleHost host) =>
        host.Run("(Compare-ImageLayer $args[0] $args[1]).Configuration", SampleImages.Write(host.Location));
}

/// <summary>Layers with and without waste, whiteouts and history.</summary>
public sealed class ImageLayerSample : IViewSample
{
    public string OutputType => "GoCross.Images.ImageLayer";

    public IReadOnlyList<PSObject> Create(SampleHost host) => host.Run("Get-ImageLayer $args", SampleImages.Write(host.Location));
}

/// <summary>Reports: with waste and settings, without.</summary>
public sealed class ImageReportSample : IViewSample
{
    public string OutputType => "GoCross.Images.ImageReport";

    public IReadOnlyList<PSObject> Create(SampleHost host) => host.Run("Get-ImageLayer $args -Summary", SampleImages.Write(host.Location));
}

/// <summary>Files of every kind, in the image and in layers.</summary>
public sealed class ImageFileSample : IViewSample
{
    public string OutputType => "GoCross.Images.ImageFile";

    public IReadOnlyList<PSObject> Create(SampleHost host) => host.Run("Get-ImageLayer $args -File; Get-ImageLayer $args[3] -File -Layer 0, 1", SampleImages.Write(host.Location));
}

/// <summary>Trees, of the image and of layers.</summary>
public sealed class ImageTreeItemSample : IViewSample
{
    public string OutputType => "GoCross.Images.ImageTreeItem";

    public IReadOnlyList<PSObject> Create(SampleHost host) => host.Run("Get-ImageLayer $args -Tree; Get-ImageLayer $args[3] -Tree -Layer 0, 1", SampleImages.Write(host.Location));
}

/// <summary>Paths that cost what nobody sees.</summary>
public sealed class WastedPathSample : IViewSample
{
    public string OutputType => "GoCross.Images.WastedPath";

    public IReadOnlyList<PSObject> Create(SampleHost host) => host.Run("(Get-ImageLayer $args[3] -Summary).WastedPaths", SampleImages.Write(host.Location));
}

/// <summary>Contents that several files have.</summary>
public sealed class DuplicateContentSample : IViewSample
{
    public string OutputType => "GoCross.Images.DuplicateContent";

    public IReadOnlyList<PSObject> Create(SampleHost host) => host.Run("(Get-ImageLayer $args[3] -Summary).Duplicates", SampleImages.Write(host.Location));
}

/// <summary>Paths that dive lists.</summary>
public sealed class DivePathSample : IViewSample
{
    public string OutputType => "GoCross.Images.DivePath";

    public IReadOnlyList<PSObject> Create(SampleHost host) => host.Run("(Get-ImageLayer $args[3] -Summary).DivePaths", SampleImages.Write(host.Location));
}

/// <summary>Gates of every unit, passed and failed.</summary>
public sealed class GateResultSample : IViewSample
{
    public string OutputType => "GoCross.Reports.GateResult";

    public IReadOnlyList<PSObject> Create(SampleHost host) => host.Run(
        "Test-ImageLayer $args -MaximumSize 3MB -MinimumEfficiency 0.5 -MaximumReclaimablePercent 5 -MaximumLayerCount 2 -ForbiddenPath *.crt, /usr/lib/a-rather-long-name/* -NonRoot",
        SampleImages.Write(host.Location));
}

/// <summary>The images of the samples.</summary>
internal static class SampleImages
{
    /// <summary>A large image, a small one that shares its lowest layer, and one with no file.</summary>
    internal static string[] Write(string folder) =>
    [
        ImageFile.Write(
            Path.Combine(folder, "glibc.tar"),
            """{"User":"0","Env":["PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"],"Cmd":["/bin/sh","-c","exec /app"]}""",
            [("etc/", []), ("etc/os-release", new byte[300])],
            [("usr/lib/libc.so.6", new byte[2_000_000]), ("usr/lib/a-rather-long-name/of-a-directory/that-holds/libsomething.so.1.2.3", new byte[5])],
            [("app", new byte[3_000_000])]),
        ImageFile.Write(
            Path.Combine(folder, "static.tar"),
            """{"User":"65532:65532","Entrypoint":["/app"]}""",
            [("etc/", []), ("etc/os-release", new byte[300])],
            [("app", new byte[2_500_000])],
            [("etc/ssl/certs/ca-certificates.crt", new byte[200_000])]),
        ImageFile.Write(Path.Combine(folder, "empty.tar"), "{}", []),
        ImageFile.Write(
            Path.Combine(folder, "wasteful.tar"),
            """{"Entrypoint":["/app","serve"],"WorkingDir":"/srv","ExposedPorts":{"80/tcp":{}},"Labels":{"a":"b"}}""",
            [("a/", []), ("a/big", new byte[900_000]), ("a/copy", new byte[900_000]), ("a/other", new byte[900_000]), ("app", new byte[70_000])],
            [("a/.wh.big", []), ("app", new byte[80_000]), ("b/new", [1])]),
    ];
}
