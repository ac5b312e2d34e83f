using System.Management.Automation;
using GoCross.Cmdlets.Tests.Hosting;
using GoCross.Cmdlets.Tests.Support;

namespace GoCross.Cmdlets.Tests.Scratch;

public sealed class NewScratchImageTests : IDisposable
{
    private readonly ModuleHost _host = new();

    public void Dispose() => _host.Dispose();

    [ToolFact("go")]
    public void An_output_path_of_another_provider_is_an_error_that_says_so()
    {
        GoProgram.Build(GoProgram.Plain, Path.Combine(_host.Location, "api"));

        _host.Invoke("New-ScratchImage api -OutputPath Env:").AssertError("ProviderNotSupported", ErrorCategory.NotImplemented);
    }

    [ToolFact("go")]
    public void The_image_goes_to_the_session_s_location_under_a_name_with_its_platform()
    {
        Build("api", "arm64");

        dynamic image = _host.Invoke("New-ScratchImage api -Tag registry.example/team/api:1.2").Single();

        Assert.Equal(In("api-linux-arm64.tar"), (string)image.Path);
        Assert.Equal("registry.example/team/api:1.2", (string)image.Reference);
        Assert.Equal(new FileInfo(In("api-linux-arm64.tar")).Length, (long)image.Length);
        Assert.IsType<DateTimeOffset>(image.Created);
    }

    [ToolFact("go")]
    public void The_builds_of_a_program_make_one_image_and_other_programs_their_own()
    {
        Build("amd64/api");
        Build("arm64/api", "arm64");
        Build("tool");

        HostedResult result = _host.Invoke(
            "[pscustomobject]@{ Path = 'amd64/api' }, [pscustomobject]@{ Path = 'tool' }, [pscustomobject]@{ Path = 'arm64/api' } | New-ScratchImage -OutputPath out/");

        Assert.Equal(
            [In("out/api.tar"), In("out/tool-linux-amd64.tar")],
            result.AssertNoErrors().Output.Select(image => (string)image.Properties["Path"].Value));
        Assert.Equal("linux/amd64, linux/arm64", result.Output[0].Properties["Platform"].Value);
    }

    [ToolFact("go")]
    public void A_downstream_stop_ends_it_after_the_first_image()
    {
        Build("api");
        Build("tool");

        _host.Invoke("'api', 'tool' | New-ScratchImage -OutputPath out/ | Select-Object -First 1").Single();

        Assert.Equal(["api-linux-amd64.tar"], Directory.GetFiles(In("out")).Select(Path.GetFileName));
    }

    [ToolFact("go")]
    public void Two_binaries_for_one_platform_are_an_error_and_nothing_is_written()
    {
        Build("a/api");
        Build("b/api");

        _host.Invoke("New-ScratchImage a/api, b/api -OutputPath out/").AssertError("DuplicatePlatform", ErrorCategory.InvalidArgument);

        Assert.False(Directory.Exists(In("out")));
    }

    [ToolFact("go")]
    public void The_second_image_for_one_file_is_an_error_even_with_Force()
    {
        Build("api");
        Build("tool");

        HostedResult result = _host.Invoke("New-ScratchImage api, tool -OutputPath image.tar -Force");

        result.AssertError("DestinationTaken", ErrorCategory.InvalidArgument);
        Assert.Single(result.Output);
    }

    [ToolFact("go")]
    public void A_binary_whose_name_claims_another_platform_is_an_error_that_names_both()
    {
        Build("api_linux_arm64");

        ErrorRecord error = _host.Invoke("New-ScratchImage api_linux_arm64").AssertError("BinaryPlatformMisnamed", ErrorCategory.InvalidResult);

        Assert.Contains("linux_arm64", error.ToString(), StringComparison.Ordinal);
        Assert.Contains("linux/amd64", error.ToString(), StringComparison.Ordinal);
    }

    [ToolFact("go")]
    public void WhatIf_names_the_file_and_writes_none()
    {
        Build("api");

        HostedResult result = _host.Invoke("New-ScratchImage api -WhatIf");

        Assert.Empty(result.AssertNoErrors().Output);
        Assert.Contains("api-linux-amd64.tar", result.HostText, StringComparison.Ordinal);
        Assert.Equal([In("api")], Directory.GetFileSystemEntries(_host.Location));
    }

    [ToolFact("go")]
    public void What_stands_there_is_replaced_with_Force_only()
    {
        Build("api");
        _host.WriteFile("api-linux-amd64.tar", "mine");

        _host.Invoke("New-ScratchImage api").AssertError("FileExists", ErrorCategory.ResourceExists);
        Assert.Equal("mine", File.ReadAllText(In("api-linux-amd64.tar")));

        _host.Invoke("New-ScratchImage api -Force").Single();
        Assert.NotEqual("mine", File.ReadAllText(In("api-linux-amd64.tar")));
    }

    [ToolFact("go", "sh")]
    public void An_output_folder_that_cannot_be_written_is_an_error_of_the_item()
    {
        Build("api");

        // Not even root can make a directory there.
        HostedResult result = _host.Invoke("New-ScratchImage api -OutputPath /sys/kernel/out/image.tar");

        ErrorRecord error = Assert.Single(result.Errors);
        Assert.Equal("OutputNotWritable", error.FullyQualifiedErrorId.Split(',')[0]);
        Assert.Contains("/sys/kernel/out/image.tar", error.ToString(), StringComparison.Ordinal);
        Assert.NotEmpty(error.ErrorDetails.RecommendedAction);
    }

    [Theory]
    [InlineData("-Tag UPPER", "ImageReferenceInvalid")]
    [InlineData("-Tag api@sha256:0", "ImageReferenceHasDigest")]
    [InlineData("-User nobody", "ContainerUserInvalid")]
    public void A_wrong_parameter_ends_it(string parameters, string errorId)
    {
        string command = $"New-ScratchImage api {parameters}";

        _host.Invoke(command).AssertError(errorId, ErrorCategory.InvalidArgument);
        Assert.Equal("ended", _host.Invoke($"try {{ {command} }} catch {{ 'ended' }}").Single().BaseObject);
    }

    [ToolFact("go")]
    public void A_port_that_is_none_is_an_error()
    {
        Build("api");

        _host.Invoke("New-ScratchImage api -Port 65536").AssertError("ScratchPortInvalid", ErrorCategory.InvalidArgument);
    }

    [ToolFact("go")]
    public void A_missing_certificate_file_is_an_error_that_names_it()
    {
        Build("api");

        ErrorRecord error = _host.Invoke("New-ScratchImage api -CaBundle missing.pem").AssertError("PathNotFound", ErrorCategory.ObjectNotFound);

        Assert.Contains(In("missing.pem"), error.ToString(), StringComparison.Ordinal);
    }

    [ToolFact("go")]
    public void Gzip_comes_from_its_own_assembly_and_the_layout_is_a_directory()
    {
        Build("api");

        dynamic image = _host.Invoke("New-ScratchImage api -Format OciDirectory -Compression Gzip -Annotation @{ a = 1 }").Single();

        Assert.Equal(In("api-linux-amd64.oci"), (string)image.Path);
        Assert.True(File.Exists(In("api-linux-amd64.oci/oci-layout")));
        Assert.EndsWith("+gzip", (string)image.Layers[0].MediaType, StringComparison.Ordinal);
        Assert.Equal("1", (string)image.Annotations["a"]);
    }

    [ToolFact("go")]
    public void A_layout_that_stands_there_is_not_written_into()
    {
        Build("api");
        _host.Invoke("New-ScratchImage api -Format OciDirectory -OutputPath layout").Single();

        File.WriteAllText(In("layout/mine"), "mine");
        _host.Invoke("New-ScratchImage api -Format OciDirectory -OutputPath layout").AssertError("FileExists", ErrorCategory.ResourceExists);
        _host.Invoke("New-ScratchImage api -Format OciDirectory -OutputPath layout -Force").Single();

        Assert.Equal(["blobs", "index.json", "oci-layout"], Directory.GetFileSystemEntries(In("layout")).Select(Path.GetFileName).Order(StringComparer.Ordinal));
    }

    [Fact]
    public void A_folder_is_an_error_that_says_so()
    {
        Directory.CreateDirectory(In("folder"));

        _host.Invoke("New-ScratchImage folder").AssertError("PathIsDirectory", ErrorCategory.InvalidArgument);
    }

    [ToolFact("go")]
    public void A_program_goes_on_top_of_an_image_that_was_written_before()
    {
        Build("tool");
        Build("api");

        HostedResult result = _host.Invoke("$null = New-ScratchImage tool -OutputPath base.tar -Label @{ of = 'base' }; New-ScratchImage api -BaseImage base.tar");

        dynamic image = result.Single();
        Assert.Equal([true, false], ((IEnumerable<object>)image.Layers).Select(layer => (bool)((dynamic)layer).IsOfBase));
        Assert.Equal("base.tar", (string)image.Base);
    }

    [ToolFact("go")]
    public void A_program_that_does_not_start_is_an_error_also_with_Force_and_with_AllowStartFailure_a_warning()
    {
        GoProgram.Build(GoProgram.Plain, In("pie"), "amd64", "-buildmode=pie");
        Directory.CreateDirectory(In("empty"));

        _host.Invoke("New-ScratchImage pie -LibraryRoot empty -Force").AssertError("ProgramCannotStart", ErrorCategory.InvalidResult);
        Assert.False(File.Exists(In("pie-linux-amd64.tar")));

        HostedResult forced = _host.Invoke("New-ScratchImage pie -LibraryRoot empty -AllowStartFailure -WarningVariable said; $said");
        Assert.Contains(forced.AssertNoErrors().Output, item => item.ToString()!.Contains("does not start", StringComparison.Ordinal));
        Assert.True(File.Exists(In("pie-linux-amd64.tar")));
    }

    [ToolFact("go", "sh", "mount")]
    public void A_full_disk_is_an_error_that_names_the_file_and_leaves_nothing()
    {
        Assert.True(OperatingSystem.IsLinux() && System.Environment.IsPrivilegedProcess, "CI runs as root on Linux.");
        Build("api");
        Directory.CreateDirectory(In("small"));
        Run("mount", "-t", "tmpfs", "-o", "size=256k", "tmpfs", In("small"));
        try
        {
            foreach (string format in (string[])["Hybrid", "OciDirectory"])
            {
                ErrorRecord error = _host.Invoke($"New-ScratchImage api -OutputPath small/image -Format {format}")
                    .AssertError("OutputNotWritable", ErrorCategory.ResourceUnavailable);
                Assert.Contains(In("small/image"), error.ToString(), StringComparison.Ordinal);
                Assert.Empty(Directory.GetFileSystemEntries(In("small")));
            }
        }
        finally
        {
            Run("umount", In("small"));
        }
    }

    [ToolFact("go")]
    public void The_table_shows_what_one_compares()
    {
        Build("api");

        string text = _host.Render("New-ScratchImage api");

        Assert.Contains("Reference", text, StringComparison.Ordinal);
        Assert.Contains("api:latest", text, StringComparison.Ordinal);
        Assert.Contains("linux/amd64", text, StringComparison.Ordinal);
        Assert.Contains("MiB", text, StringComparison.Ordinal);
    }

    private static void Run(string program, params string[] arguments)
    {
        using var process = System.Diagnostics.Process.Start(Tools.Require(program), arguments);
        process.WaitForExit();
        Assert.Equal(0, process.ExitCode);
    }

    private string In(string name) => Path.Combine(_host.Location, name);

    private void Build(string name, string architecture = "amd64") =>
        GoProgram.Build(GoProgram.Plain, In(name), architecture);
}
