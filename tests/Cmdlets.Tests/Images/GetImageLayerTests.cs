using System.Management.Automation;
using GoCross.Cmdlets.Tests.Hosting;

namespace GoCross.Cmdlets.Tests.Images;

public sealed class GetImageLayerTests : IDisposable
{
    private readonly ModuleHost _host = new();

    public GetImageLayerTests()
    {
        SampleImages.Write(_host.Location);

        // 1000 bytes of which 600 are removed and 300 replaced, 250 that replace them, 100 that are new.
        ImageFile.Write(In("waste.tar"), """{"User":"7"}""",
            [("a", new byte[600]), ("b", new byte[300]), ("c", new byte[100])], [(".wh.a", []), ("b", new byte[250]), ("d/e", new byte[100])]);
    }

    public void Dispose() => _host.Dispose();

    [Fact]
    public void The_layers_of_an_image_come_with_their_sizes_changes_and_waste()
    {
        PSObject[] layers = [.. _host.Invoke("Get-ImageLayer waste.tar").AssertNoErrors().Output];

        Assert.Equal(
            ["waste.tar 0 1000 +3 ~0 -0 900 COPY step 0", "waste.tar 1 350 +1 ~1 -1 0 COPY step 1"],
            layers.Select(layer => string.Join(' ',
                Value(layer, "Image"), Value(layer, "Index"), Value(layer, "Size"), $"+{Value(layer, "FilesAdded")}", $"~{Value(layer, "FilesChanged")}",
                $"-{Value(layer, "FilesRemoved")}", Value(layer, "WastedBytes"), Value(layer, "CreatedBy"))));
        Assert.All(layers, layer => Assert.Matches("^sha256:[0-9a-f]{64}$", (string)Value(layer, "DiffId")!));
    }

    [Fact]
    public void Layer_names_some_from_below_and_from_above()
    {
        Assert.Equal(["1", "0"], _host.Invoke("(Get-ImageLayer waste.tar -Layer -1, 0, 1).Index").AssertNoErrors().Output.Select(index => index.ToString()));
        ErrorRecord error = _host.Invoke("Get-ImageLayer waste.tar -Layer 2").AssertError("LayerNotFound", ErrorCategory.ObjectNotFound);
        Assert.Contains("it has 2", error.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void Summary_reports_both_measures_and_the_paths_that_cause_them()
    {
        dynamic report = _host.Invoke("Get-ImageLayer waste.tar -Summary").Single();

        // Visible are c, b's second copy and e: 450 of 1350 bytes. dive: a 600 + 0, b 300 + 250; the least sizes are
        // 0 + 250 + 100 + 100 over 600 + 550 + 100 + 100.
        Assert.Equal(1350L, (long)report.Size);
        Assert.Equal((450.0 / 1350, 900L), ((double)report.Efficiency, (long)report.ReclaimableBytes));
        Assert.Equal((450.0 / 1350, 1150L), ((double)report.DiveEfficiency, (long)report.DiveWastedBytes));
        Assert.Equal(["/a", "/b"], ((IEnumerable<object>)report.WastedPaths).Select(path => (string)((dynamic)path).Path));
        Assert.Equal(In("waste.tar"), (string)report.Path);
        Assert.Equal(("linux/amd64", "7", 2), ((string)report.Platform, (string)report.Configuration.User, (int)report.LayerCount));

        // c and e have the same 100 zeros.
        Assert.Equal(100L, (long)report.DuplicateBytes);
        Assert.Equal("/c,/d/e", string.Join(',', (IEnumerable<string>)((IEnumerable<object>)report.Duplicates).Select(same => (dynamic)same).Single().Paths));
    }

    [Fact]
    public void A_report_goes_down_the_pipeline_to_the_next_cmdlet_from_another_location()
    {
        HostedResult result = _host.Invoke(
            """
            $report = Get-ImageLayer docker-archive:waste.tar -Summary
            $null = $ExecutionContext.SessionState.Path.SetLocation('/')
            try { $report | Get-ImageLayer -Summary | ForEach-Object { $_.Name; $_.Path } }
            finally { $null = $ExecutionContext.SessionState.Path.SetLocation($args[0]) }
            """,
            [_host.Location]);

        Assert.Equal(["docker-archive:" + In("waste.tar"), "docker-archive:" + In("waste.tar")], result.AssertNoErrors().Output.Select(text => text.ToString()));
    }

    [Fact]
    public void File_emits_the_file_system_and_with_Layer_what_a_layer_does()
    {
        string[] Files(string switches) => [.. _host
            .Invoke($"Get-ImageLayer waste.tar {switches} | ForEach-Object {{ '{{0}} {{1}} {{2}} {{3}}' -f $_.Path, $_.Size, $_.Layer, $_.Change }}")
            .AssertNoErrors().Output.Select(row => row.ToString())];

        Assert.Equal(["/b 250 1 Modified", "/c 100 0 Added", "/d 0  None", "/d/e 100 1 Added"], Files("-File"));
        Assert.Equal(["/a 600 1 Removed", "/b 250 1 Modified", "/d/e 100 1 Added"], Files("-File -Layer -1"));
    }

    [Fact]
    public void Tree_draws_directories_with_their_bytes()
    {
        string text = _host.Render("Get-ImageLayer waste.tar -Tree");

        Assert.Matches(@"450 B +3 /", text);
        Assert.Matches(@"100 B +1 └── d\s", text);
        Assert.Matches(@"Added +-rwxr-xr-x 0:0 +100 B +    └── e", text);
        Assert.Equal(4, _host.Invoke("Get-ImageLayer waste.tar -Tree -Depth 0").Output.Count);
    }

    [Fact]
    public void Several_images_come_down_the_pipeline_and_a_bad_one_is_an_error_of_its_own()
    {
        HostedResult result = _host.Invoke("'waste.tar', 'missing.tar', '', [pscustomobject]@{ FullName = \"$PWD/static.tar\" } | Get-ImageLayer | ForEach-Object Image");

        Assert.Equal(["waste.tar", "waste.tar", In("static.tar"), In("static.tar"), In("static.tar")], result.Output.Select(name => name.ToString()));
        Assert.Equal(2, result.Errors.Count);
        HostedResult.AssertIs(result.Errors[0], "PathNotFound", ErrorCategory.ObjectNotFound);
        HostedResult.AssertIs(result.Errors[1], "NoPath", ErrorCategory.InvalidArgument);
    }

    [Fact]
    public void A_downstream_stop_ends_it()
    {
        Assert.Equal("/a", _host.Invoke("'waste.tar', 'missing.tar' | Get-ImageLayer -File -Layer 0 | Select-Object -First 1 -ExpandProperty Path").Single().BaseObject);
    }

    [Fact]
    public void The_table_says_what_made_a_layer_as_a_Dockerfile_has_it()
    {
        string text = _host.Render("Get-ImageLayer waste.tar");

        Assert.Matches(@"\n +0 +0[.,]98 KiB +\S+ \S+ +900 B \+3 ~0 -0 +COPY step 0", text);
        Assert.Contains("Image: waste.tar", text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("/bin/sh -c #(nop) COPY file:1 in /x ", "COPY file:1 in /x")]
    [InlineData("/bin/sh -c apt-get update", "RUN apt-get update")]
    [InlineData("RUN /bin/sh -c make # buildkit", "RUN /bin/sh -c make # buildkit")]
    [InlineData(null, "")]
    public void Commands_lose_the_shell_that_the_legacy_builder_writes(string? createdBy, string shown) =>
        Assert.Equal(shown, _host.Invoke("[GoCross.Cmdlets.Views.View]::Command($args[0])", [createdBy]).Single().ToString());

    // ls -l of files that were made with these modes.
    [Theory]
    [InlineData("File", 0x1A4, "-rw-r--r--")]
    [InlineData("Directory", 0x3FF, "drwxrwxrwt")]
    [InlineData("File", 0x9ED, "-rwsr-xr-x")]
    [InlineData("File", 0xC24, "---Sr-Sr--")]
    [InlineData("SymbolicLink", 0x1FF, "lrwxrwxrwx")]
    public void Modes_are_shown_as_ls_shows_them(string type, int mode, string shown) =>
        Assert.Equal(shown, _host.Invoke("[GoCross.Cmdlets.Views.View]::Mode($args[0], $args[1])", [type, mode]).Single().ToString());

    [Theory]
    [InlineData("Get-ImageLayer wa", new[] { "waste.tar" })]
    [InlineData("Get-ImageLayer waste.tar -Platform ", new[] { "linux/amd64" })]
    [InlineData("Get-ImageLayer -Platform linux/arm", new[] { "linux/arm64", "linux/arm/v7" })]
    [InlineData("Get-ImageLayer -Image oci", new[] { "oci:", "oci-archive:" })]
    public void Images_and_platforms_are_completed(string line, string[] offered)
    {
        string[] results = [.. _host.Complete(line).Select(result => result.ListItemText)];

        Assert.All(offered, name => Assert.Contains(name, results));
    }

    private static object? Value(PSObject value, string property) => value.Properties[property].Value;

    private string In(string name) => Path.Combine(_host.Location, name);
}
