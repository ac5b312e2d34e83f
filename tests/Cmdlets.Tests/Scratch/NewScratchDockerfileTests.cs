using System.Management.Automation;
using GoCross.Cmdlets.Tests.Hosting;
using GoCross.Cmdlets.Tests.Support;

namespace GoCross.Cmdlets.Tests.Scratch;

public sealed class NewScratchDockerfileTests : IDisposable
{
    private readonly ModuleHost _host = new();

    public void Dispose() => _host.Dispose();

    [ToolFact("go")]
    public void The_Dockerfile_goes_to_the_session_s_location_and_its_object_into_the_pipeline()
    {
        Build(GoProgram.Needy, "api");

        dynamic dockerfile = _host.Invoke("New-ScratchDockerfile api -Port 8080 -Label @{ a = 1 } -ArgumentList serve").Single();

        Assert.Equal(In("Dockerfile"), (string)dockerfile.Path);
        Assert.Equal(File.ReadAllText(In("Dockerfile")), (string)dockerfile.Content);
        Assert.Contains("\nADD rootfs/certificates.tar /\n", (string)dockerfile.Content, StringComparison.Ordinal);
        Assert.Contains(" a=1 ", (string)dockerfile.Content, StringComparison.Ordinal);
        Assert.Contains("\nENTRYPOINT [\"/api\",\"serve\"]\n\n# Written by GoCross; sha256:", (string)dockerfile.Content, StringComparison.Ordinal);
        Assert.True(File.Exists(In(".dockerignore")));
    }

    [ToolFact("go")]
    public void Objects_with_a_path_come_through_the_pipeline_and_make_one_Dockerfile()
    {
        Build(GoProgram.Plain, "amd64/api");
        Build(GoProgram.Plain, "arm64/api", "arm64");

        HostedResult result = _host.Invoke(
            "[pscustomobject]@{ Path = 'amd64/api' }, [pscustomobject]@{ FullName = 'arm64/api' } | New-ScratchDockerfile");

        dynamic dockerfile = result.Single();
        Assert.Equal(["linux/amd64", "linux/arm64"], (IEnumerable<string>)dockerfile.Platforms);
    }

    [ToolFact("go")]
    public void Builds_under_the_names_that_Invoke_GoCrossBuild_gives_them_are_one_program()
    {
        // example.com/program: go build would call it program, and the builder tells its builds apart.
        Build(GoProgram.Plain, "dist/program_linux_amd64_static");
        Build(GoProgram.Plain, "dist/program_linux_arm64_static", "arm64");

        dynamic dockerfile = _host.Invoke("New-ScratchDockerfile dist/program_*").Single();

        Assert.Equal(["linux/amd64", "linux/arm64"], (IEnumerable<string>)dockerfile.Platforms);
        Assert.Equal(["/program"], (IEnumerable<string>)dockerfile.Entrypoint);
    }

    [ToolFact("go")]
    public void A_program_that_was_cut_off_is_not_told_to_be_built_otherwise()
    {
        Build(GoProgram.Plain, "api");
        using (FileStream file = File.OpenWrite(In("api")))
        {
            file.SetLength(file.Length / 2);
        }

        ErrorRecord error = _host.Invoke("New-ScratchDockerfile api").AssertError("BinaryNotProgram", ErrorCategory.InvalidData);
        Assert.Contains("copy it again", error.ErrorDetails.RecommendedAction, StringComparison.Ordinal);
    }

    [ToolFact("go")]
    public void A_failed_build_in_the_pipeline_is_an_error_and_the_others_go_on()
    {
        Build(GoProgram.Plain, "api");

        HostedResult result = _host.Invoke(
            "[pscustomobject]@{ Path = $null; Success = $false }, [pscustomobject]@{ Path = 'api' } | New-ScratchDockerfile");

        result.AssertError("NoPath", ErrorCategory.InvalidArgument);
        Assert.Single(result.Output);
    }

    [ToolFact("go")]
    public void Wildcards_and_literal_names_are_told_apart()
    {
        Build(GoProgram.Plain, "a[1]/api");
        Build(GoProgram.Plain, "b/api");

        Assert.Single(_host.Invoke("New-ScratchDockerfile b/* -OutputPath b").AssertNoErrors().Output);
        Assert.Single(_host.Invoke("New-ScratchDockerfile -LiteralPath 'a[1]/api' -OutputPath 'a[1]'").AssertNoErrors().Output);
        Assert.True(File.Exists(In("a[1]/Dockerfile")));
    }

    [ToolFact("go")]
    public void WhatIf_names_the_files_and_writes_none()
    {
        Build(GoProgram.Needy, "api");

        HostedResult result = _host.Invoke("New-ScratchDockerfile api -WhatIf");

        Assert.Empty(result.AssertNoErrors().Output);
        Assert.Contains("rootfs/certificates.tar", result.HostText, StringComparison.Ordinal);
        Assert.Contains("linux/amd64", result.HostText, StringComparison.Ordinal);
        Assert.Equal([In("api")], Directory.GetFileSystemEntries(_host.Location));
    }

    [ToolFact("go")]
    public void What_stands_there_is_replaced_with_Force_only()
    {
        Build(GoProgram.Plain, "api");
        _host.WriteFile("Dockerfile", "mine");

        HostedResult refused = _host.Invoke("New-ScratchDockerfile api");
        ErrorRecord error = refused.AssertError("FileDiffers", ErrorCategory.ResourceExists);
        Assert.Equal(In("Dockerfile"), error.TargetObject);
        Assert.Contains("\n-mine\n", error.ToString(), StringComparison.Ordinal);
        Assert.Contains("\n+FROM scratch\n", error.ToString(), StringComparison.Ordinal);
        Assert.Equal("mine", File.ReadAllText(In("Dockerfile")));
        Assert.False(File.Exists(In(".dockerignore")));

        _host.Invoke("New-ScratchDockerfile api -Force").Single();
        Assert.NotEqual("mine", File.ReadAllText(In("Dockerfile")));
    }

    [ToolFact("go")]
    public void Two_binaries_for_one_platform_end_it_before_anything_is_written()
    {
        Build(GoProgram.Plain, "a/api");
        Build(GoProgram.Plain, "b/api");

        _host.Invoke("New-ScratchDockerfile a/api, b/api").AssertError("DuplicatePlatform", ErrorCategory.InvalidArgument);

        Assert.False(File.Exists(In("Dockerfile")));
    }

    [ToolFact("go")]
    public void A_binary_whose_loader_is_nowhere_is_refused_by_the_loader_s_name()
    {
        GoProgram.Build(GoProgram.Plain, In("pie"), "amd64", "-buildmode=pie");

        Directory.CreateDirectory(In("empty"));

        ErrorRecord error = _host.Invoke("New-ScratchDockerfile pie -LibraryRoot empty").AssertError("ProgramCannotStart", ErrorCategory.InvalidResult);

        Assert.Equal(In("pie"), error.TargetObject);
        Assert.Contains("/ld-", error.ToString(), StringComparison.Ordinal);
        Assert.False(File.Exists(In("Dockerfile")));
    }

    [Fact]
    public void What_is_no_binary_is_an_error_of_that_item()
    {
        _host.WriteFile("text", "text");
        Directory.CreateDirectory(In("folder"));

        HostedResult result = _host.Invoke("New-ScratchDockerfile text, folder, missing");

        Assert.Equal(3, result.Errors.Count);
        Assert.Null(result.Terminating);
        Assert.All(result.Errors, error => Assert.NotEmpty(error.ErrorDetails.RecommendedAction));
        Assert.Empty(result.Output);
    }

    [Theory]
    [InlineData("-User root", "ContainerUserInvalid", ErrorCategory.InvalidArgument)]
    [InlineData("-CaBundle nowhere:/x", "DriveMissing", ErrorCategory.ObjectNotFound)]
    public void A_wrong_parameter_ends_it(string parameters, string errorId, ErrorCategory category)
    {
        string command = $"New-ScratchDockerfile api {parameters}";

        _host.Invoke(command).AssertError(errorId, category);
        Assert.Equal("ended", _host.Invoke($"try {{ {command} }} catch {{ 'ended' }}").Single().BaseObject);
    }

    [ToolFact("go")]
    public void Warnings_are_written_and_are_in_the_object()
    {
        Build(GoProgram.Plain, "api");

        HostedResult result = _host.Invoke("New-ScratchDockerfile api -User 0");

        dynamic dockerfile = result.Single();
        Assert.Equal(result.Warnings, (IEnumerable<string>)dockerfile.Warnings);
        Assert.Contains("root", Assert.Single(result.Warnings), StringComparison.Ordinal);
    }

    [ToolFact("go")]
    public void The_view_shows_each_instruction_with_its_reason()
    {
        Build(GoProgram.Needy, "api");

        string text = _host.Render("New-ScratchDockerfile api");

        Assert.Contains("\nFROM scratch\n    Statically linked", text, StringComparison.Ordinal);
        Assert.Contains("\nADD rootfs/zoneinfo.tar /\n    /usr/share/zoneinfo, ", text, StringComparison.Ordinal);
        Assert.Contains($"\n\ndocker build --platform linux/amd64 --tag api:latest {_host.Location}\n", text, StringComparison.Ordinal);
    }

    [ToolFact("go")]
    public void From_source_the_Dockerfile_goes_into_the_module_s_folder_with_a_bake_file()
    {
        WriteSource();

        dynamic dockerfile = _host.Invoke(
            "New-ScratchDockerfile -SourcePath m -Package ./cmd/api -GoImage golang:1.23-bookworm -Platform linux/arm64 -BakePath m -Reference reg.example/api:1 -Define @{ 'main.v' = '1' }")
            .Single();

        Assert.Equal(In("m/Dockerfile"), (string)dockerfile.Path);
        Assert.Equal(In("m/docker-bake.json"), (string)dockerfile.BakePath);
        Assert.Contains("FROM --platform=$BUILDPLATFORM golang:1.23-bookworm", (string)dockerfile.Content, StringComparison.Ordinal);
        Assert.Contains("\nARG V=1\n", (string)dockerfile.Content, StringComparison.Ordinal);
        Assert.Equal($"docker build --platform linux/arm64 --tag reg.example/api:1 {In("m")}", (string)dockerfile.BuildCommand);
        Assert.True(File.Exists(In("m/docker-bake.json")));
        Assert.True(File.Exists(In("m/.dockerignore")));
    }

    [Fact]
    public void WhatIf_shows_the_difference_and_so_does_the_error()
    {
        WriteSource();
        _host.WriteFile("m/Dockerfile", "FROM golang AS mine\n");

        HostedResult whatIf = _host.Invoke("New-ScratchDockerfile -SourcePath m -Package ./cmd/api -NoBuild -WhatIf");
        Assert.Contains("-FROM golang AS mine", whatIf.HostText, StringComparison.Ordinal);
        Assert.Contains("+FROM scratch", whatIf.HostText, StringComparison.Ordinal);

        ErrorRecord error = _host.Invoke("New-ScratchDockerfile -SourcePath m -Package ./cmd/api -NoBuild")
            .AssertError("FileDiffers", ErrorCategory.ResourceExists);
        Assert.Contains("-FROM golang AS mine", error.ToString(), StringComparison.Ordinal);
        Assert.False(Directory.Exists(In("m/rootfs")));
    }

    [Theory]
    [InlineData("-Strategy Glibc", "SourceStrategyUnsupported")]
    [InlineData("-Platform windows/amd64", "SourcePlatformUnsupported")]
    [InlineData("-GoImage 'Go Lang'", "ImageReferenceInvalid")]
    [InlineData("-SyntaxImage 'a b'", "ImageReferenceInvalid")]
    [InlineData("-OutputPath other/Dockerfile", "SourceOutputOutside")]
    public void A_wrong_parameter_of_a_source_ends_it(string parameters, string errorId)
    {
        WriteSource();

        _host.Invoke($"New-ScratchDockerfile -SourcePath m -Package ./cmd/api -NoBuild {parameters}")
            .AssertError(errorId, ErrorCategory.InvalidArgument);
        Assert.False(File.Exists(In("m/Dockerfile")));
    }

    private void WriteSource()
    {
        Directory.CreateDirectory(In("m/cmd/api"));
        _host.WriteFile("m/go.mod", "module example.com/m\n\ngo 1.21\n");
        _host.WriteFile("m/cmd/api/main.go", "package main\n\nvar v string\n\nfunc main() { println(v) }\n");
    }

    private string In(string name) => Path.Combine(_host.Location, name);

    private void Build(string source, string name, string architecture = "amd64") =>
        GoProgram.Build(source, In(name), architecture);
}
