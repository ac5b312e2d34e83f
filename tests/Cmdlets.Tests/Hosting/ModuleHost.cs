using System.Management.Automation;
using System.Management.Automation.Host;
using System.Management.Automation.Runspaces;

namespace GoCross.Cmdlets.Tests.Hosting;

/// <summary>
/// A PowerShell engine with the checkout's module imported by its manifest, and a location of its own.
/// </summary>
internal sealed class ModuleHost : IDisposable
{
    private readonly CapturingHost _host;
    private readonly Runspace _runspace;
    private readonly bool _ownsLocation;

    static ModuleHost() =>
        // The engine reports what it is used for over the network unless this is set before it is first used.
        Environment.SetEnvironmentVariable("POWERSHELL_TELEMETRY_OPTOUT", "1");

    /// <summary>Opens an engine and imports the module.</summary>
    /// <param name="location">The session's location; a temporary folder that goes away with the host if null.</param>
    /// <param name="width">The columns of its screen.</param>
    /// <param name="import">Whether to import the module.</param>
    internal ModuleHost(string? location = null, int width = 80, bool import = true)
    {
        _ownsLocation = location is null;
        Location = location ?? Directory.CreateTempSubdirectory("gocross-test-").FullName;
        _host = new CapturingHost(width);

        _runspace = RunspaceFactory.CreateRunspace(_host, InitialSessionState.CreateDefault());
        _runspace.Open();
        _runspace.SessionStateProxy.Path.SetLocation(WildcardPattern.Escape(Location));
        if (import)
        {
            Invoke("Import-Module -Name $args[0] -ErrorAction Stop", [Checkout.Manifest]).AssertNoErrors();
        }
    }

    /// <summary>The folder that relative paths start at.</summary>
    internal string Location { get; }

    /// <summary>Runs a script and waits for its end.</summary>
    /// <param name="script">The script.</param>
    /// <param name="arguments">What it finds in $args.</param>
    /// <param name="input">What it finds in $input.</param>
    internal HostedResult Invoke(string script, object?[]? arguments = null, IEnumerable<object?>? input = null)
    {
        using HostedInvocation invocation = Begin(script, arguments, input);
        return invocation.Complete();
    }

    /// <summary>Starts a script.</summary>
    /// <param name="script">The script.</param>
    /// <param name="arguments">What it finds in $args.</param>
    /// <param name="input">What it finds in $input.</param>
    internal HostedInvocation Begin(string script, object?[]? arguments = null, IEnumerable<object?>? input = null)
    {
        PowerShell shell = PowerShell.Create(_runspace).AddScript(script, useLocalScope: false);
        foreach (object? argument in arguments ?? [])
        {
            shell.AddArgument(argument);
        }

        return new HostedInvocation(_host, shell, input);
    }

    /// <summary>
    /// The text that a user at a prompt would see of a script: its objects in their views, its errors, what it wrote to
    /// the host.
    /// </summary>
    /// <param name="script">The script.</param>
    /// <param name="arguments">What it finds in $args.</param>
    /// <param name="keepColours">Whether escape sequences stay in the text.</param>
    internal string Render(string script, object?[]? arguments = null, bool keepColours = false)
    {
        using PowerShell shell = PowerShell.Create(_runspace).AddScript(script, useLocalScope: false);
        foreach (object? argument in arguments ?? [])
        {
            shell.AddArgument(argument);
        }

        shell.Commands.Commands[0].MergeMyResults(PipelineResultTypes.Error, PipelineResultTypes.Output);
        shell.AddCommand("Out-Default");
        shell.Invoke();
        return TakeText(keepColours);
    }

    /// <summary>The text that a user would see of objects that a test made, in their views.</summary>
    internal string RenderObjects(IEnumerable<object?> objects, bool keepColours = false)
    {
        using PowerShell shell = PowerShell.Create(_runspace).AddCommand("Out-Default");
        shell.Invoke(objects);
        return TakeText(keepColours);
    }

    /// <summary>Sets a variable of the session.</summary>
    internal void SetVariable(string name, object? value) => _runspace.SessionStateProxy.SetVariable(name, value);

    /// <summary>Puts the answer to the next question that the host is asked: a choice's label or hot key, or a line.</summary>
    internal void Answer(string answer) => _host.Screen.Answer(answer);

    /// <summary>The completions of a command line with the cursor at its end.</summary>
    internal IReadOnlyList<CompletionResult> Complete(string line)
    {
        using PowerShell shell = PowerShell.Create(_runspace);
        return [.. CommandCompletion.CompleteInput(line, line.Length, null, shell).CompletionMatches];
    }

    /// <summary>Writes a file into the location and gives its full path.</summary>
    internal string WriteFile(string name, string text)
    {
        string path = Path.Combine(Location, name);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllText(path, text);
        return path;
    }

    public void Dispose()
    {
        _runspace.Dispose();
        if (_ownsLocation)
        {
            Directory.Delete(Location, recursive: true);
        }
    }

    private string TakeText(bool keepColours)
    {
        string text = _host.Screen.TakeText();
        return keepColours ? text : PSHostUserInterface.GetOutputString(text, supportsVirtualTerminal: false);
    }
}
