using System.Management.Automation;
using GoCross.Cmdlets.Tests.Builds;
using GoCross.Cmdlets.Tests.Hosting;
using GoCross.Cmdlets.Tests.Support;

namespace GoCross.Cmdlets.Tests.Runs;

public sealed class TestGoBinaryTests : IDisposable
{
    /// <summary>Prints its arguments and what it reads, and ends with the exit code in CODE; sleeps where SLEEP is set.</summary>
    private const string Talker = """
        package main

        import (
        	"fmt"
        	"io"
        	"os"
        	"strconv"
        	"time"
        )

        func main() {
        	fmt.Println(os.Args[1:])
        	io.Copy(os.Stdout, os.Stdin)
        	if os.Getenv("SLEEP") != "" {
        		time.Sleep(time.Hour)
        	}
        	code, _ := strconv.Atoi(os.Getenv("CODE"))
        	os.Exit(code)
        }
        """;

    private static readonly TimeSpan Timeout = TimeSpan.FromMinutes(2);

    private readonly ModuleHost _host = new();

    public void Dispose() => _host.Dispose();

    [ToolFact("go", "qemu-aarch64-static")]
    public void Builds_come_down_the_pipeline_and_are_run()
    {
        GoFolder.Write(_host.Location, "talker", Talker);

        HostedResult result = _host.Invoke(
            "Invoke-GoCrossBuild ./talker -Target linux/amd64, linux/arm64 | Test-GoBinary -ArgumentList a, '-b' -ExpectedOutput '\\[a -b\\]'").AssertNoErrors();

        Assert.Equal(["linux/amd64", "linux/arm64"], result.Output.Select(run => (string)run.Properties["Target"].Value).Order());
        Assert.All(result.Output, run => Assert.Equal(true, run.Properties["Success"].Value));
        Assert.All(result.Output, run => Assert.Equal(run.Properties["Path"].Value, run.Properties["FullName"].Value));
    }

    [ToolFact("go")]
    public void A_program_that_fails_is_an_error_and_a_run_and_the_others_go_on()
    {
        Build();
        _host.WriteFile("script", "#!/bin/sh\n");

        HostedResult result = _host.Invoke("Test-GoBinary ./script, ./nowhere, ./talker -Environment @{ CODE = 3 } -ThrottleLimit 2");

        Assert.Equal(
            ["PathNotFound", "RunNoProgram", "RunWrongExitCode"],
            result.Errors.Select(error => error.FullyQualifiedErrorId.Split(',')[0]).Order());
        Assert.All(result.Errors, error => Assert.False(string.IsNullOrEmpty(error.ErrorDetails.RecommendedAction)));
        Assert.Equal(2, result.Output.Count);
        Assert.All(result.Output, run => Assert.Equal(false, run.Properties["Success"].Value));
        PSObject ran = Assert.Single(result.Output, run => run.Properties["ExitCode"].Value is 3);
        Assert.Equal("GoCross.Runs.BinaryRun", result.Errors[^1].TargetObject.GetType().FullName);
        Assert.Equal("RunWrongExitCode", ran.Properties["ErrorId"].Value);
        Assert.Single(_host.Invoke("Test-GoBinary ./talker -Environment @{ CODE = 3 } -ExpectedExitCode 0, 3").AssertNoErrors().Output);
    }

    [ToolFact("go")]
    public void It_reads_text_or_a_file_and_starts_where_it_is_told()
    {
        Build();
        _host.WriteFile("in/put", "from a file");

        Assert.Equal("[]\nfrom a text", Output("Test-GoBinary ./talker -InputText 'from a text'"));
        Assert.Equal("[]\nfrom a file", Output("Test-GoBinary ./talker -InputPath ./in/p*"));
        Assert.Equal("[]\n", Output("Test-GoBinary -LiteralPath ./talker -WorkingDirectory ./in"));
    }

    [ToolTheory("go")]
    [InlineData("-TimeLimit 0", "TimeLimitInvalid", ErrorCategory.InvalidArgument)]
    [InlineData("-TimeLimit 100.00:00:00", "TimeLimitInvalid", ErrorCategory.InvalidArgument)]
    [InlineData("-InputText a -InputPath ./talker", "InputTwice", ErrorCategory.InvalidArgument)]
    [InlineData("-Container any -InputText a", "ContainerExcludes", ErrorCategory.InvalidArgument)]
    [InlineData("-InputPath ./nowhere", "PathMissing", ErrorCategory.ObjectNotFound)]
    [InlineData("-WorkingDirectory ./nowhere", "PathMissing", ErrorCategory.ObjectNotFound)]
    [InlineData("-SysRoot ./nowhere", "PathMissing", ErrorCategory.ObjectNotFound)]
    [InlineData("-ExpectedOutput '['", "PatternInvalid", ErrorCategory.InvalidArgument)]
    public void What_makes_no_sense_is_refused_before_anything_runs(string arguments, string errorId, ErrorCategory category)
    {
        Build();

        HostedResult result = _host.Invoke("Test-GoBinary ./talker " + arguments);

        result.AssertError(errorId, category);
        Assert.Empty(result.Output);
    }

    [ToolFact("go", "qemu-aarch64-static")]
    public void WhatIf_shows_the_command_line_and_runs_nothing()
    {
        GoProgram.Build(Talker, Path.Combine(_host.Location, "talker"), "arm64");

        HostedResult result = _host.Invoke("Test-GoBinary ./talker -ArgumentList 'a b' -WhatIf").AssertNoErrors();

        Assert.Empty(result.Output);
        Assert.Contains(
            $"{Tools.Find("qemu-aarch64-static")} {Path.Combine(_host.Location, "talker")} 'a b'", result.HostText, StringComparison.Ordinal);
    }

    [ToolFact("go")]
    public void Stopping_kills_the_program()
    {
        Build("sleeper");
        for (int i = 0; i < 10; i++)
        {
            using HostedInvocation invocation = _host.Begin("Test-GoBinary ./sleeper -Environment @{ SLEEP = 1 }");
            invocation.WaitFor(() => Running("sleeper"), Timeout);

            HostedResult result = invocation.Stop();

            Assert.True(result.Stopped);
            Assert.Empty(result.Errors);
            Assert.False(Running("sleeper"));
        }
    }

    [ToolFact("go")]
    public void Select_First_ends_the_other_programs()
    {
        Build("quick");
        Build("sleeper");

        // The one that sleeps reads what never ends for it.
        HostedResult result = _host.Invoke(
            "'./quick', './sleeper' | ForEach-Object { if ($_ -eq './sleeper') { $env:SLEEP = 1 }; $_ } | Test-GoBinary | Select-Object -First 1; $env:SLEEP = $null");

        Assert.Single(result.AssertNoErrors().Output);
        Assert.False(Running("sleeper"));
    }

    [ToolFact("go")]
    public void Select_First_ends_what_runs_beside_it()
    {
        Build("quick");
        GoProgram.Build("package main\n\nimport \"time\"\n\nfunc main() { time.Sleep(time.Hour) }\n", Path.Combine(_host.Location, "sleeper"));

        HostedResult result = _host.Invoke("Test-GoBinary ./sleeper, ./quick -ThrottleLimit 2 | Select-Object -First 1");

        Assert.EndsWith("quick", (string)Assert.Single(result.AssertNoErrors().Output).Properties["Path"].Value, StringComparison.Ordinal);
        Assert.False(Running("sleeper"));
    }

    [Trait("Speed", "Slow")]
    [ToolFact("go", "qemu-aarch64-static")]
    public void GoTest_runs_the_tests_of_packages_for_targets()
    {
        string folder = GoFolder.Write(_host.Location, "tests", GoFolder.Hello);
        File.WriteAllText(
            Path.Combine(folder, "main_test.go"),
            "package main\n\nimport (\n\t\"runtime\"\n\t\"testing\"\n)\n\nfunc TestArch(t *testing.T) { if runtime.GOARCH == \"arm64\" { t.Fatal(\"on arm\") } }\nfunc TestMore(t *testing.T) {}\n");

        HostedResult result = _host.Invoke("Test-GoBinary -GoTest ./tests -Target linux/amd64, linux/arm64 -ThrottleLimit 1");
        HostedResult chosen = _host.Invoke("Test-GoBinary -GoTest ./tests -Target linux/arm64 -ArgumentList '-run', TestMore");
        HostedResult shown = _host.Invoke("Test-GoBinary -GoTest ./tests -Target linux/arm64 -WhatIf");

        ErrorRecord error = result.AssertError("GoTestsFailed", ErrorCategory.InvalidOperation);
        Assert.Contains("TestArch", error.ToString(), StringComparison.Ordinal);
        Assert.Equal([true, false], result.Output.Select(run => run.Properties["Success"].Value));
        Assert.Equal("TestArch", Assert.Single((IEnumerable<string>)result.Output[1].Properties["FailedTests"].Value));
        Assert.Equal(true, chosen.Single().Properties["Success"].Value);
        Assert.Contains("CGO_ENABLED=0 GOARCH=arm64 ", shown.HostText, StringComparison.Ordinal);
        Assert.Contains("-exec " + Tools.Find("qemu-aarch64-static"), shown.HostText, StringComparison.Ordinal);
    }

    [ToolFact("go")]
    public void GoTest_of_what_is_not_there_is_an_error_and_the_others_go_on()
    {
        GoFolder.Write(_host.Location, "tests", GoFolder.Hello);

        HostedResult result = _host.Invoke("Test-GoBinary -GoTest ./nowhere, ./tests");

        result.AssertError("PackageFolderMissing", ErrorCategory.ObjectNotFound);
        Assert.Single(result.Output);
    }

    private void Build(string name = "talker") => GoProgram.Build(Talker, Path.Combine(_host.Location, name));

    private string Output(string script) => (string)_host.Invoke(script).Single().Properties["Output"].Value;

    private bool Running(string name)
    {
        string program = Path.Combine(_host.Location, name);
        return Directory.GetDirectories("/proc").Any(folder =>
        {
            try
            {
                return File.ReadAllText(Path.Combine(folder, "cmdline")).StartsWith(program, StringComparison.Ordinal);
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                return false;
            }
        });
    }
}
