using System.Diagnostics;
using System.Globalization;
using GoCross.Cmdlets.Tests.Hosting;
using GoCross.Tests;

namespace GoCross.Cmdlets.Tests.Shell;

/// <summary>The shell as a script or a CI step sees it: exit statuses, streams, arguments, signals. What is expected is pwsh's.</summary>
public sealed class ShellProcessTests : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly string _folder = Directory.CreateTempSubdirectory("gocross-shell-").FullName;

    [Theory]
    [InlineData("1", 0)]
    [InlineData("exit 5", 5)]
    [InlineData("exit", 0)]
    [InlineData("throw 'x'", 1)]
    [InlineData("No-SuchCommand", 1)]
    [InlineData("No-SuchCommand; 1", 0)]
    [InlineData("if (", 1)]
    [InlineData("dotnet --no-such-option", 1)]
    [InlineData("dotnet --no-such-option; exit 9", 9)]
    public void A_command_gives_the_exit_status_that_pwsh_gives(string command, int expected) =>
        Assert.Equal(expected, ShellProcess.Run("-NoModule", "-Command", command).ExitCode);

    [Theory]
    [InlineData("1", 0)]
    [InlineData("exit 5", 5)]
    [InlineData("throw 'x'", 1)]
    [InlineData("No-SuchCommand", 0)]
    [InlineData("& { exit 6 }", 6)]
    [InlineData("if (", 1)]
    public void A_file_gives_the_exit_status_that_pwsh_gives(string script, int expected) =>
        Assert.Equal(expected, ShellProcess.Run("-NoModule", "-File", Write("script.ps1", script)).ExitCode);

    [Fact]
    public void A_file_gets_its_arguments_and_knows_where_it_is()
    {
        string script = Write(
            "script.ps1",
            """
            param([string] $Name, [switch] $Flag, [switch] $Other, [Parameter(ValueFromRemainingArguments)] $Rest)
            "$Name|$Flag|$Other|$($Rest -join ',')|$PSScriptRoot|$PSCommandPath"
            """);

        ShellResult result = ShellProcess.Run(
            "-NoModule", script, "-Name", "it's", "-Flag", "-Other:$false", "a b", "$PWD", "-");

        Assert.Equal($"it's|True|False|a b,$PWD,-|{_folder}|{script}", result.Output.TrimEnd());
        Assert.Equal(0, result.ExitCode);
    }

    [Theory]
    [InlineData("-NoSuchOption")]
    [InlineData("-File")]
    [InlineData("-Command")]
    [InlineData("no-such-file.ps1")]
    public void A_bad_command_line_is_told_with_the_status_64(params string[] arguments)
    {
        ShellResult result = ShellProcess.Run(arguments);

        Assert.Equal(64, result.ExitCode);
        Assert.NotEmpty(result.Error);
        Assert.Empty(result.Output);
    }

    [Fact]
    public void Output_and_errors_go_to_their_own_streams_without_colours()
    {
        ShellResult result = ShellProcess.Run(
            "-NoModule", "-Command", "'said'; No-SuchCommand; $Host.UI.WriteWarningLine('mind'); throw 'over'");

        Assert.Equal("said\nWARNING: mind\n", result.Output);
        Assert.Contains("No-SuchCommand", result.Error, StringComparison.Ordinal);
        Assert.Contains("over", result.Error, StringComparison.Ordinal);
        Assert.DoesNotContain('\e', result.Output + result.Error);
    }

    [Fact]
    public void A_script_comes_from_standard_input()
    {
        Assert.Equal("3", ShellProcess.Run(["-NoModule"], "1 + 2\n").Output.TrimEnd());

        ShellResult result = ShellProcess.Run(["-NoModule", "-Command", "-"], "'a'\nexit 4\n");
        Assert.Equal("a", result.Output.TrimEnd());
        Assert.Equal(4, result.ExitCode);
    }

    [UnixFact]
    public void A_native_program_writes_where_the_shell_writes_and_leaves_its_status()
    {
        ShellResult result = ShellProcess.Run(
            "-NoModule", "-Command", "sh -c 'echo out; echo err >&2; exit 3'; \"status $LASTEXITCODE\"; $x = sh -c 'echo kept'; \"[$x]\"");

        Assert.Equal("out\nstatus 3\n[kept]\n", result.Output);
        Assert.Equal("err\n", result.Error);
        Assert.Equal(0, result.ExitCode);
    }

    [Fact]
    public void The_module_is_there()
    {
        ShellResult result = ShellProcess.Run("-Command", "(Get-Module GoCross).ModuleBase");

        Assert.Equal(Checkout.Root, result.Output.TrimEnd());
    }

    [Fact]
    public void A_question_in_non_interactive_mode_is_an_error()
    {
        ShellResult result = ShellProcess.Run(
            "-NoModule", "-NonInteractive", "-Command", "function f { param([Parameter(Mandatory)] $Name) $Name }; f");

        Assert.Equal(1, result.ExitCode);
        Assert.Contains("Name", result.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void Help_and_version_are_told()
    {
        Assert.Contains("-Command", ShellProcess.Run("-Help").Output, StringComparison.Ordinal);
        Assert.Contains("7.6", ShellProcess.Run("-Version").Output, StringComparison.Ordinal);
    }

    [UnixTheory]
    [InlineData("INT", 130)]
    [InlineData("TERM", 143)]
    public void A_signal_ends_the_script_and_leaves_no_child(string signal, int expected)
    {
        // The child is named by a number of seconds that no other process sleeps.
        string seconds = string.Create(CultureInfo.InvariantCulture, $"9{Environment.ProcessId}.{expected}");
        using Process shell = ShellProcess.Start(["-NoModule", "-Command", $"sleep {seconds}; 'went on'"]);
        Assert.True(Wait(() => IsRunning(seconds)), "The child did not start.");

        Process.Start("/bin/sh", ["-c", string.Create(CultureInfo.InvariantCulture, $"kill -{signal} {shell.Id}")]).WaitForExit();
        ShellResult result = ShellProcess.Finish(shell);

        Assert.Equal(expected, result.ExitCode);
        Assert.DoesNotContain("went on", result.Output, StringComparison.Ordinal);
        Assert.True(Wait(() => !IsRunning(seconds)), "The child is still there.");
    }

    [ToolFact("script")]
    public void The_prompt_edits_completes_and_remembers()
    {
        using var terminal = new ShellTerminal("-NoModule -NoLogo");
        terminal.WaitFor("PS ");

        // Eight to the left, four to the right, and the X before the cursor goes.
        terminal.Type("'beXgin'\e[D\e[D\e[D\e[D\e[D\e[D\e[D\e[D\e[C\e[C\e[C\e[C\u007f\r");
        terminal.WaitFor("\nbegin\r\n");
        terminal.Type("@(Get-Mod\t NoSuchModule).Count + 4242\r");
        terminal.WaitFor("Get-Module");
        terminal.WaitFor("\n4242\r\n");
        terminal.Type("'again'.ToUpper()\r");
        terminal.WaitFor("\nAGAIN\r\n");
        terminal.Type("\e[A\r");
        terminal.WaitFor("\nAGAIN\r\n");
        terminal.Type("if ($true) {\r");
        terminal.WaitFor(">> ");
        terminal.Type("'block'.ToUpper()\r}\r");
        terminal.WaitFor("\nBLOCK\r\n");
        terminal.Type("exit 8\u0003");
        terminal.WaitFor("PS ");
        terminal.Type("exit 7\r");

        Assert.Equal(7, terminal.WaitForExit());
    }

    [ToolFact("script")]
    public void Ctrl_C_stops_the_command_and_not_the_prompt()
    {
        string seconds = string.Create(CultureInfo.InvariantCulture, $"8{Environment.ProcessId}");
        using var terminal = new ShellTerminal("-NoModule -NoLogo");
        terminal.WaitFor("PS ");
        terminal.Type($"sleep {seconds}\r");
        Assert.True(Wait(() => IsRunning(seconds)), "The child did not start.");

        terminal.Type("\u0003");
        terminal.WaitFor("PS ");

        // The program dies of the signal by itself; an empty line gives the shell's own handler the time to come, too.
        terminal.Type("\r");
        terminal.WaitFor("PS ");
        terminal.Type("'still here'.ToUpper()\r");
        terminal.WaitFor("\nSTILL HERE\r\n");
        terminal.Type("exit 3\r");

        Assert.Equal(3, terminal.WaitForExit());
        Assert.True(Wait(() => !IsRunning(seconds)), "The child is still there.");
    }

    [ToolFact("script")]
    public void Colours_and_progress_go_to_a_terminal_unless_they_are_unwanted()
    {
        const string Script = "$Host.UI.WriteProgress(1, "
            + "[System.Management.Automation.ProgressRecord]::new(1, 'working', 'half')); 'done'; [pscustomobject]@{ A = 1 }";
        string command = $"-NoModule -Command \"{Script.Replace("$", "\\$", StringComparison.Ordinal)}\"";
        using var coloured = new ShellTerminal(command);
        using var plain = new ShellTerminal(command, noColor: true);

        Assert.Equal(0, coloured.WaitForExit());
        Assert.Contains("\e[32", coloured.Screen, StringComparison.Ordinal);
        Assert.Contains("working: half", coloured.Screen, StringComparison.Ordinal);

        // The line of the progress is erased before what comes next.
        Assert.Contains("\r\e[Kdone", coloured.Screen, StringComparison.Ordinal);
        Assert.Equal(0, plain.WaitForExit());
        Assert.DoesNotContain("\e[32", plain.Screen, StringComparison.Ordinal);
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private static bool IsRunning(string seconds) => Directory.GetDirectories("/proc")
        .Select(folder => Path.Combine(folder, "cmdline"))
        .Any(file => Read(file).EndsWith($"sleep\0{seconds}\0", StringComparison.Ordinal));

    private static string Read(string file)
    {
        try
        {
            return File.ReadAllText(file);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // No process, or one that has just ended.
            return string.Empty;
        }
    }

    private static bool Wait(Func<bool> condition)
    {
        long start = Stopwatch.GetTimestamp();
        while (!condition())
        {
            if (Stopwatch.GetElapsedTime(start) > Patience)
            {
                return false;
            }

            Thread.Sleep(50);
        }

        return true;
    }

    private string Write(string name, string text)
    {
        string path = Path.Combine(_folder, name);
        File.WriteAllText(path, text);
        return path;
    }
}
