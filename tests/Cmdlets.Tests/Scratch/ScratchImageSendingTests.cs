using System.Management.Automation;
using GoCross.Cmdlets.Tests.Hosting;
using GoCross.Cmdlets.Tests.Support;

namespace GoCross.Cmdlets.Tests.Scratch;

/// <summary>New-ScratchImage -Load and -Push, as a user gives them. The engine's tests send to real ones.</summary>
public sealed class ScratchImageSendingTests : IDisposable
{
    private readonly ModuleHost _host = new();
    private readonly SendingServers _servers;

    public ScratchImageSendingTests() => _servers = new SendingServers(_host.Location);

    private string Tag => _servers.Authority + "/team/api:1";

    public void Dispose()
    {
        _servers.Dispose();
        _host.Dispose();
    }

    [ToolFact("go")]
    public void Without_an_output_path_it_is_only_sent_away()
    {
        Build("api");

        PSObject image = _host.Invoke("New-ScratchImage api -Load -Push -Tag $args[0]", [Tag]).Single();

        Assert.Null(image.Properties["Path"].Value);
        Assert.Equal("api:1", image.Properties["LoadedImage"].Value);
        Assert.Equal($"{Tag}@{image.Properties["Digest"].Value}", image.Properties["PushedReference"].Value);
        Assert.True(_servers.Manifests.ContainsKey("1"));
        Assert.InRange(_servers.Loaded, (long)image.Properties["Length"].Value, long.MaxValue);
        Assert.Equal(["api", "engine.sock"], Directory.GetFileSystemEntries(_host.Location).Select(Path.GetFileName).Order(StringComparer.Ordinal));
    }

    [ToolFact("go")]
    public void Verbose_says_what_was_sent_and_a_file_that_is_asked_for_stays()
    {
        Build("api");

        HostedResult result = _host.Invoke("New-ScratchImage api -Push -Tag $args[0] -OutputPath out/ -Verbose", [Tag]);

        Assert.True(File.Exists((string)result.Single().Properties["Path"].Value));
        Assert.Null(result.Output[0].Properties["LoadedImage"].Value);
        Assert.Contains("; there already: 0; mounted: 0.", result.HostText, StringComparison.Ordinal);
        Assert.Empty(_servers.EngineRequests);
    }

    [ToolFact("go")]
    public void WhatIf_names_where_it_would_go_and_sends_nothing()
    {
        Build("api");

        HostedResult result = _host.Invoke("New-ScratchImage api -Load -Push -Tag $args[0] -WhatIf", [Tag]);

        Assert.Empty(result.AssertNoErrors().Output);
        Assert.Contains(Tag, result.HostText, StringComparison.Ordinal);
        Assert.Contains("engine.sock", result.HostText, StringComparison.Ordinal);
        Assert.Empty(_servers.RegistryRequests);
        Assert.Empty(_servers.EngineRequests);
    }

    [ToolFact("go")]
    public void What_fails_is_an_error_of_its_destination_and_the_other_gets_the_image()
    {
        Build("api");
        _servers.BeginStatus = 403;

        HostedResult result = _host.Invoke("New-ScratchImage api -Load -Push -Tag $args[0]", [Tag]);

        result.AssertError("RegistryPushForbidden", ErrorCategory.PermissionDenied);
        Assert.Equal(Tag, result.Errors[0].TargetObject);
        Assert.Equal(("api:1", null), (result.Output.Single().Properties["LoadedImage"].Value, result.Output[0].Properties["PushedReference"].Value));

        _servers.LoadAnswer = """{"errorDetail":{"message":"no space left on device"},"error":"no space left on device"}""";
        HostedResult neither = _host.Invoke("New-ScratchImage api -Load -Tag $args[0]", [Tag]);
        neither.AssertError("EngineStorageFull", ErrorCategory.InvalidOperation);
        Assert.Empty(neither.Output);

        HostedResult kept = _host.Invoke("New-ScratchImage api -Load -OutputPath api.tar", []);
        kept.AssertError("EngineStorageFull", ErrorCategory.InvalidOperation);
        Assert.True(File.Exists((string)kept.Output.Single().Properties["Path"].Value));
    }

    [ToolFact("go")]
    public void An_engine_that_is_not_there_is_told_before_anything_is_written()
    {
        Build("api");
        string? before = Environment.GetEnvironmentVariable("DOCKER_HOST");
        try
        {
            Environment.SetEnvironmentVariable("DOCKER_HOST", "unix:///no/such/engine.sock");
            _host.Invoke("New-ScratchImage api -Load -OutputPath api.tar").AssertError("EngineUnreachable", ErrorCategory.ResourceUnavailable);
        }
        finally
        {
            Environment.SetEnvironmentVariable("DOCKER_HOST", before);
        }

        Assert.False(File.Exists(Path.Combine(_host.Location, "api.tar")));
    }

    [ToolFact("go")]
    public void A_second_program_does_not_take_the_name_of_the_first()
    {
        Build("api");
        Build("tool");

        HostedResult result = _host.Invoke("New-ScratchImage api, tool -Push -Tag $args[0]", [Tag]);

        result.AssertError("ReferenceTaken", ErrorCategory.InvalidArgument);
        Assert.Single(result.Output);
    }

    [Trait("Speed", "Slow")]
    [ToolFact("go")]
    public void A_stop_ends_the_push_and_leaves_nothing()
    {
        Build("api");
        _servers.Hold = new TaskCompletionSource();
        using HostedInvocation invocation = _host.Begin("New-ScratchImage api -Push -Tag $args[0] -OutputPath out/", [Tag]);
        Assert.True(SpinWait.SpinUntil(() => _servers.RegistryRequests.Any(request => request.StartsWith("PUT", StringComparison.Ordinal)), TimeSpan.FromSeconds(60)));

        invocation.Stop();

        Assert.Empty(_servers.Manifests);
        Assert.Contains(_servers.RegistryRequests, request => request.StartsWith("DELETE", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("-Push", "PushNeedsTag")]
    [InlineData("-Push -Tag api:1", "PushNeedsTag")]
    [InlineData("-Push -Tag docker.io/api", "PushNeedsTag")]
    [InlineData("-Load -Format OciDirectory", "LoadNeedsTar")]
    [InlineData("-DockerContext default", "DockerContextWithoutLoad")]
    public void A_wrong_parameter_ends_it(string parameters, string errorId)
    {
        _host.Invoke($"New-ScratchImage api {parameters}").AssertError(errorId, ErrorCategory.InvalidArgument);
        Assert.Equal("ended", _host.Invoke($"try {{ New-ScratchImage api {parameters} }} catch {{ 'ended' }}").Single().BaseObject);
    }

    [Fact]
    public void A_context_that_there_is_not_ends_it() =>
        _host.Invoke("New-ScratchImage api -Load -DockerContext nowhere").AssertError("EngineContextNotFound", ErrorCategory.ObjectNotFound);

    [Fact]
    public void Contexts_are_completed() =>
        Assert.Contains("default", _host.Complete("New-ScratchImage api -Load -DockerContext d").Select(result => result.CompletionText));

    private void Build(string name) => GoProgram.Build(GoProgram.Plain, Path.Combine(_host.Location, name));
}
