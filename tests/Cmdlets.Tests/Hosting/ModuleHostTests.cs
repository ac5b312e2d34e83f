using System.Management.Automation;

namespace GoCross.Cmdlets.Tests.Hosting;

/// <summary>The host itself: what the other tests rely on.</summary>
public sealed class ModuleHostTests
{
    private static readonly TimeSpan Timeout = TimeSpan.FromMinutes(2);

    [Fact]
    public void The_module_is_imported_from_the_checkout()
    {
        using var host = new ModuleHost();

        var module = (PSModuleInfo)host.Invoke("Get-Module GoCross").Single().BaseObject;

        Assert.Equal(Checkout.Root, module.ModuleBase);
    }

    [Fact]
    public void Each_stream_is_kept_apart()
    {
        using var host = new ModuleHost();

        HostedResult result = host.Invoke(
            """
            function Write-All {
                [CmdletBinding()] param()
                $PSCmdlet.WriteObject(1)
                $PSCmdlet.WriteWarning('warned')
                $PSCmdlet.WriteVerbose('told')
                $PSCmdlet.WriteProgress([System.Management.Automation.ProgressRecord]::new(1, 'work', 'half'))
                $PSCmdlet.WriteError([System.Management.Automation.ErrorRecord]::new(
                    [System.Exception]::new('failed'), 'Id', 'NotSpecified', $null))
            }
            Write-All -Verbose
            throw 'ended'
            """);

        Assert.Equal(1, Assert.Single(result.Output).BaseObject);
        Assert.Equal(["warned"], result.Warnings);
        Assert.Equal(["told"], result.Verbose);
        Assert.Equal("half", Assert.Single(result.Progress).StatusDescription);
        Assert.Equal(["failed", "ended"], result.Errors.Select(error => error.ToString()));
        Assert.Equal("ended", result.Terminating?.ToString());
    }

    [Fact]
    public void Text_is_that_of_the_views_without_escape_sequences()
    {
        using var host = new ModuleHost(width: 40);

        string plain = host.Render("[pscustomobject]@{ Name = 'a'; Size = 1 }");
        string coloured = host.Render("[pscustomobject]@{ Name = 'a'; Size = 1 }", keepColours: true);

        Assert.Equal("\nName Size\n---- ----\na       1\n\n", plain);
        Assert.Contains('\e', coloured);
    }

    [Fact]
    public void Each_host_has_a_location_of_its_own_and_takes_it_away()
    {
        string first;
        using (var host = new ModuleHost())
        using (var other = new ModuleHost())
        {
            first = host.Location;
            Assert.NotEqual(host.Location, other.Location);
            Assert.Equal(first, host.Invoke("$PWD.ProviderPath").Single().BaseObject);
        }

        Assert.False(Directory.Exists(first));
    }

    [Fact]
    public void A_script_is_stopped_in_its_midst()
    {
        using var host = new ModuleHost();
        using HostedInvocation invocation = host.Begin("1; while ($true) { [System.Threading.Thread]::Sleep(5) }");

        Assert.True(invocation.WaitForOutput(1, Timeout));
        HostedResult result = invocation.Stop();

        Assert.True(result.Stopped);
        Assert.Empty(result.Errors);
    }

    [Fact]
    public void Select_Object_First_ends_what_is_upstream()
    {
        using var host = new ModuleHost();

        HostedResult result = host.Invoke("1..1000000000 | Select-Object -First 2");

        Assert.Equal([1, 2], result.AssertNoErrors().Output.Select(value => value.BaseObject));
    }

    [Fact]
    public void Questions_get_the_answers_that_a_test_put()
    {
        using var host = new ModuleHost();
        host.Answer("N");

        HostedResult result = host.Invoke(
            """
            function Remove-It { [CmdletBinding(SupportsShouldProcess, ConfirmImpact = 'High')] param()
                $PSCmdlet.ShouldProcess('the thing') }
            Remove-It
            """);

        Assert.Equal(false, result.Single().BaseObject);
        Assert.Contains("the thing", Assert.Single(result.Questions), StringComparison.Ordinal);
    }
}
