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
    ];
}
