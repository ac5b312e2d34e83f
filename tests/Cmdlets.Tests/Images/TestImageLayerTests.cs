using System.Management.Automation;
using System.Text.Json;
using System.Xml.Linq;
using GoCross.Cmdlets.Tests.Hosting;

namespace GoCross.Cmdlets.Tests.Images;

public sealed class TestImageLayerTests : IDisposable
{
    private readonly ModuleHost _host = new();

    // a.tar: 300 bytes, of which 100 are replaced. b.tar: 150 bytes, nothing replaced.
    public TestImageLayerTests()
    {
        ImageFile.Write(In("a.tar"), "{}", [("x", new byte[100]), ("etc/key.pem", new byte[50])], [("x", new byte[150])]);
        ImageFile.Write(In("b.tar"), """{"User":"65532"}""", [("x", new byte[150])]);
    }

    public void Dispose() => _host.Dispose();

    [Fact]
    public void Each_limit_is_a_gate_in_the_order_of_the_rules()
    {
        string[] gates = Lines(
            """
            Test-ImageLayer a.tar -NonRoot -NoSetuid -MaximumLayerCount 1 -MaximumSize 300 -MaximumReclaimablePercent 33 -MaximumReclaimableBytes 100 -MinimumEfficiency 0.67 -LowestEfficiency 0.5 -HighestWastedBytes 250 -HighestUserWastedPercent 1 -ForbiddenPath *.pem, /usr/* -CanStart |
                ForEach-Object { '{0} {1} {2} {3}' -f $_.Rule, $_.Limit, $_.Actual, $_.Passed }
            """);

        // 300 bytes, 200 visible. dive: x 100, 150: sum 250, least 100; key.pem 50: score 150/300, user 150: 250/150.
        Assert.Equal(
            [
                "LowestEfficiency 0.5 0.5 True", "HighestWastedBytes 250 250 True", $"HighestUserWastedPercent 1 {250.0 / 150} False",
                $"MinimumEfficiency 0.67 {200.0 / 300} False", "MaximumReclaimableBytes 100 100 True", $"MaximumReclaimablePercent 33 {100.0 / 3} False",
                "MaximumSize 300 300 True", "MaximumLayerCount 1 2 False", "ForbiddenPath *.pem 1 False", "ForbiddenPath /usr/* 0 True",
                "NoSetuid 0 0 True", "NonRoot not root root False", "CanStart starts does not False",
            ],
            gates);
    }

    [Fact]
    public void Images_come_from_arguments_and_down_the_pipeline_by_value_and_by_property_name()
    {
        string[] images = Lines(
            """
            & { Test-ImageLayer a.tar, b.tar -MaximumSize 1GB
                'a.tar', [pscustomobject]@{ Path = 'b.tar' }, [pscustomobject]@{ FullName = "$PWD/a.tar" } | Test-ImageLayer -MaximumSize 1GB } |
                ForEach-Object Image
            """);

        Assert.Equal(["a.tar", "b.tar", "a.tar", "b.tar", In("a.tar")], images);
    }

    [Theory]
    [InlineData("-MaximumSize 1KB", 1024L)]
    [InlineData("-MaximumSize '2KB'", 2048L)]
    [InlineData("-MaximumSize 5000000000", 5_000_000_000L)]
    [InlineData("-MaximumReclaimableBytes 1mb", 1L << 20)]
    [InlineData("-HighestWastedBytes (1.5KB)", 1536L)]
    public void Sizes_are_numbers_with_PowerShell_s_units(string parameter, long limit) =>
        Assert.Equal(limit, _host.Invoke($"(Test-ImageLayer a.tar {parameter}).Limit").Single().BaseObject);

    [Theory]
    [InlineData("-MaximumSize -1")]
    [InlineData("-MaximumSize $null")]
    [InlineData("-MaximumGrowth $null -ReferenceImage b.tar")]
    [InlineData("-LowestEfficiency 1.01")]
    [InlineData("-MinimumEfficiency -0.1")]
    [InlineData("-MaximumReclaimablePercent 101")]
    [InlineData("-MaximumSize much")]
    public void A_limit_that_is_none_never_passes_for_no_limit(string parameter)
    {
        HostedResult result = _host.Invoke($"Test-ImageLayer a.tar -NonRoot {parameter}");

        Assert.Empty(result.Output);
        Assert.NotEmpty(result.Errors);
    }

    [Fact]
    public void Growth_is_measured_against_a_reference_that_is_read_once()
    {
        string[] gates = Lines(
            """
            'a.tar', 'b.tar' | Test-ImageLayer -ReferenceImage b.tar -MaximumGrowth 149 -MaximumGrowthPercent 100 |
                ForEach-Object { '{0} {1} {2} {3}' -f $_.Image, $_.Rule, $_.Actual, $_.Passed }
            """);

        Assert.Equal(
            [
                "a.tar MaximumGrowth 150 False", "a.tar MaximumGrowthPercent 100 True",
                "b.tar MaximumGrowth 0 True", "b.tar MaximumGrowthPercent 0 True",
            ],
            gates);
    }

    [Theory]
    [InlineData("", "NoGate", ErrorCategory.InvalidArgument)]
    [InlineData("-MaximumGrowth 5", "GrowthIncomplete", ErrorCategory.InvalidArgument)]
    [InlineData("-ReferenceImage b.tar", "GrowthIncomplete", ErrorCategory.InvalidArgument)]
    [InlineData("-ReferenceImage none.tar -MaximumGrowth 5", "PathNotFound", ErrorCategory.ObjectNotFound)]
    [InlineData("-NonRoot -AllLayers", "NeedsForbiddenPath", ErrorCategory.InvalidArgument)]
    [InlineData("-NonRoot -ReportFormat Sarif", "NeedsReportPath", ErrorCategory.InvalidArgument)]
    [InlineData("-NonRoot -ReportPath report.json", "ReportFormatUnknown", ErrorCategory.InvalidArgument)]
    [InlineData("-NonRoot -ReportPath b.tar -ReportFormat JUnit", "FileExists", ErrorCategory.ResourceExists)]
    [InlineData("-ConfigPath none.yml", "PathNotFound", ErrorCategory.ObjectNotFound)]
    [InlineData("-ConfigPath bad.yml", "RuleFileInvalid", ErrorCategory.InvalidData)]
    public void What_nothing_can_go_on_without_ends_it(string parameters, string errorId, ErrorCategory category)
    {
        _host.WriteFile("bad.yml", "rules:\n  lowestEfficiency: high\n");

        _host.Invoke($"Test-ImageLayer a.tar {parameters}").AssertError(errorId, category);
        Assert.Equal("ended", _host.Invoke($"try {{ Test-ImageLayer a.tar {parameters} }} catch {{ 'ended' }}").Single().BaseObject);
    }

    [Fact]
    public void Dive_s_file_is_read_where_it_is_named_and_parameters_go_before_it()
    {
        _host.WriteFile(".dive-ci", "rules:\n  lowestEfficiency: 0.95\n  highestWastedBytes: 0.2kB\n  lowest-efficiency: 0.1\n");

        HostedResult result = _host.Invoke(
            """
            Test-ImageLayer a.tar -ConfigPath .dive-ci -LowestEfficiency 0.4 -WarningVariable warning -WarningAction SilentlyContinue |
                ForEach-Object { '{0} {1} {2}' -f $_.Rule, $_.Limit, $_.Passed }
            "$warning"
            """);

        string[] lines = [.. result.AssertNoErrors().Output.Select(line => line.ToString())];
        Assert.Equal(["LowestEfficiency 0.4 True", "HighestWastedBytes 200 False", "HighestUserWastedPercent 0.1 False"], lines[..3]);
        Assert.Contains("lowest-efficiency", lines[3], StringComparison.Ordinal);
        Assert.Empty(_host.Invoke("Test-ImageLayer a.tar -NonRoot | Where-Object Rule -ne NonRoot").AssertNoErrors().Output);
    }

    [Theory]
    [InlineData("Test-ImageLayer a.tar, b.tar -MaximumSize 300 -Quiet", true)]
    [InlineData("Test-ImageLayer a.tar, b.tar -MaximumSize 299 -Quiet", false)]
    [InlineData("Test-ImageLayer b.tar, none.tar -MaximumSize 300 -Quiet -ErrorAction SilentlyContinue", false)]
    [InlineData("Test-ImageLayer b.tar, text -MaximumSize 300 -Quiet -ErrorAction SilentlyContinue", false)]
    [InlineData("'b.tar', '' | Test-ImageLayer -MaximumSize 300 -Quiet -ErrorAction SilentlyContinue", false)]
    [InlineData("@() | Test-ImageLayer -MaximumSize 300 -Quiet", false)]
    public void Quiet_says_whether_every_image_was_read_and_passes(string command, bool passes)
    {
        _host.WriteFile("text", "no image");

        Assert.Equal(passes, _host.Invoke(command).Single().BaseObject);
    }

    [LinuxFact]
    public void A_report_that_cannot_be_written_is_told_before_an_image_is_read()
    {
        HostedResult result = _host.Invoke(
            "try { Test-ImageLayer a.tar -NonRoot -ReportPath /sys/kernel/gates.xml } catch { $_ }");

        var error = (ErrorRecord)result.Single().BaseObject;
        Assert.StartsWith("OutputNotWritable", error.FullyQualifiedErrorId, StringComparison.Ordinal);
        Assert.Contains("/sys/kernel/gates.xml", error.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void A_report_has_all_images_and_those_that_cannot_be_read()
    {
        _host.WriteFile("text", "no image");

        HostedResult result = _host.Invoke("'a.tar', 'text', 'none.tar', 'b.tar' | Test-ImageLayer -NonRoot -MaximumSize 1KB -ReportPath out/gates.xml");

        Assert.Equal(4, result.Output.Count);
        Assert.Equal(2, result.Errors.Count);
        XElement root = XDocument.Load(In("out/gates.xml")).Root!;
        Assert.Equal(("6", "1", "2"), (root.Attribute("tests")!.Value, root.Attribute("failures")!.Value, root.Attribute("errors")!.Value));
        Assert.Equal(["NotAnImage", "PathNotFound"], root.Descendants("error").Select(error => error.Attribute("type")!.Value));

        _host.Invoke("Test-ImageLayer a.tar -NonRoot -ReportPath out/gates.xml").AssertError("FileExists", ErrorCategory.ResourceExists);
        _host.Invoke("Test-ImageLayer a.tar -NonRoot -ReportPath out/gates.xml -ReportFormat Sarif -Force").AssertNoErrors();
        using JsonDocument sarif = JsonDocument.Parse(File.ReadAllBytes(In("out/gates.xml")));
        Assert.Equal("NonRoot", sarif.RootElement.GetProperty("runs")[0].GetProperty("results")[0].GetProperty("ruleId").GetString());
        Assert.Equal(["gates.xml"], Directory.EnumerateFileSystemEntries(In("out")).Select(Path.GetFileName));
    }

    [Fact]
    public void WhatIf_tests_and_writes_nothing()
    {
        HostedResult result = _host.Invoke("Test-ImageLayer a.tar -NonRoot -ReportPath new/gates.xml -WhatIf");

        Assert.Single(result.AssertNoErrors().Output);
        Assert.False(Directory.Exists(In("new")));
    }

    [Fact]
    public void A_downstream_stop_ends_it_and_leaves_nothing_behind()
    {
        dynamic gate = _host.Invoke("'a.tar', 'b.tar' | Test-ImageLayer -NonRoot -ReportPath gates.xml | Select-Object -First 1").Single();

        Assert.Equal("a.tar", (string)gate.Image);
        Assert.Empty(Directory.EnumerateFiles(_host.Location, "*gates.xml*"));
    }

    [Fact]
    public void A_bad_image_is_an_error_of_its_own_and_the_others_go_on()
    {
        _host.WriteFile("text", "no image");

        HostedResult result = _host.Invoke("'text', 'missing.tar', '', 'a.tar' | Test-ImageLayer -NonRoot");

        Assert.Single(result.Output);
        Assert.Equal(3, result.Errors.Count);
        HostedResult.AssertIs(result.Errors[0], "NotAnImage", ErrorCategory.InvalidData);
        HostedResult.AssertIs(result.Errors[1], "PathNotFound", ErrorCategory.ObjectNotFound);
        HostedResult.AssertIs(result.Errors[2], "NoPath", ErrorCategory.InvalidArgument);
    }

    [Fact]
    public void The_view_has_words_units_and_paths_in_80_columns()
    {
        string text = _host.Render("Test-ImageLayer a.tar -MaximumSize 20MB -MinimumEfficiency 0.9 -MaximumReclaimablePercent 50 -ForbiddenPath *.pem -NonRoot");

        Assert.Contains("Image: a.tar (linux/amd64)", text, StringComparison.Ordinal);
        string[] lines = [.. text.Split('\n').Select(line => line.TrimEnd())];
        Assert.Contains("FAIL   MinimumEfficiency               0.667          0.9 /x", lines);
        Assert.Contains("pass   MaximumReclaimablePercent     33.33 %       50.0 %", lines);
        Assert.Contains("pass   MaximumSize                     300 B     20.0 MiB", lines);
        Assert.Contains("FAIL   ForbiddenPath                       1        *.pem /etc/key.pem", lines);
        Assert.All(lines, line => Assert.True(line.Length <= 80, line));
        Assert.Contains("\e[31mFAIL", _host.Render("Test-ImageLayer a.tar -NonRoot", keepColours: true), StringComparison.Ordinal);
    }

    [Fact]
    public void Formats_and_images_are_completed()
    {
        Assert.Equal(["JUnit", "Markdown", "Sarif"], _host.Complete("Test-ImageLayer a.tar -ReportFormat ").Select(result => result.ListItemText));
        Assert.Contains("a.tar", _host.Complete("Test-ImageLayer ").Select(result => result.ListItemText));
        Assert.Contains("b.tar", _host.Complete("Test-ImageLayer a.tar -ReferenceImage b").Select(result => result.ListItemText));
    }

    private string In(string name) => Path.Combine(_host.Location, name);

    private string[] Lines(string command) => [.. _host.Invoke(command).AssertNoErrors().Output.Select(line => line.ToString())];
}
