using System.Globalization;
using System.Management.Automation;
using System.Management.Automation.Host;
using System.Management.Automation.Language;
using System.Management.Automation.Runspaces;
using System.Text;
using GoCross.Shell.Commands;
using GoCross.Shell.Host;
using GoCross.Shell.Prompt;

namespace GoCross.Shell;

/// <summary>One engine, and the pipelines that run in it, one after another.</summary>
internal sealed class Session : IDisposable
{
    private const string ManifestName = "GoCross.psd1";

    private readonly Lock _lock = new();
    private readonly ShellHost _host;
    private readonly Runspace _runspace;
    private PowerShell? _running;

    private Session(ShellHost host, Runspace runspace)
    {
        _host = host;
        _runspace = runspace;
    }

    /// <summary>The screen.</summary>
    internal ShellUI Screen => _host.Screen;

    /// <summary>The status that a script asked to exit with, if one did.</summary>
    internal int? ExitCode => _host.ExitCode;

    /// <summary>Opens an engine, without the module.</summary>
    internal static Session Open(CommandLine options)
    {
        if (Terminal.IsNoColor)
        {
            PSStyle.Instance.OutputRendering = OutputRendering.PlainText;
        }

        InitialSessionState state = InitialSessionState.CreateDefault2();
        MissingCommands.AddTo(state);
        var host = new ShellHost(options.NonInteractive);
        Runspace runspace = RunspaceFactory.CreateRunspace(host, state);
        runspace.Open();
        var session = new Session(host, runspace);
        if (options.WorkingDirectory is { } folder)
        {
            runspace.SessionStateProxy.Path.SetLocation(WildcardPattern.Escape(folder));
        }

        return session;
    }

    /// <summary>Imports the module that this shell was built with, or lies beside.</summary>
    /// <returns>Whether it could be imported; if not, the screen says why.</returns>
    internal bool ImportModule()
    {
        for (DirectoryInfo? at = new(AppContext.BaseDirectory); at is not null; at = at.Parent)
        {
            string manifest = Path.Combine(at.FullName, ManifestName);
            if (File.Exists(manifest))
            {
                return Run("Import-Module -Name $args[0] -Global -ErrorAction Stop", [manifest], isCommand: false);
            }
        }

        Screen.WriteErrorLine($"No folder above {AppContext.BaseDirectory} holds {ManifestName}.");
        return false;
    }

    /// <summary>Runs what a user typed, at the prompt or as -Command, and shows what comes out of it.</summary>
    /// <returns>Whether its last command succeeded.</returns>
    internal bool RunCommand(string script)
    {
        // Read here, too: the engine takes a script that is cut off for one that goes on, and says nothing.
        Parser.ParseInput(script, out _, out ParseError[] errors);
        return !ShowAny(errors) && Run(script, [], isCommand: true);
    }

    /// <summary>Runs a script file.</summary>
    /// <param name="path">Its full path.</param>
    /// <param name="arguments">Its arguments, as they stood on the command line.</param>
    /// <returns>Whether it ran to its end. As in pwsh, how its last command went does not count.</returns>
    internal bool RunFile(string path, IEnumerable<string> arguments)
    {
        ScriptBlockAst script = Parser.ParseFile(path, out _, out ParseError[] errors);
        if (ShowAny(errors))
        {
            return false;
        }

        // Run as a block and not as a command: only so does the script's exit reach the host. The block knows its file.
        var call = new StringBuilder("& $args[0]");
        foreach (string argument in arguments)
        {
            call.Append(' ').Append(ScriptArgument.Quote(argument));
        }

        return Run(call.ToString(), [script.GetScriptBlock()], isCommand: false);
    }

    /// <summary>The text that the session's prompt function gives.</summary>
    internal string PromptText()
    {
        using PowerShell shell = PowerShell.Create(_runspace).AddCommand("prompt");
        try
        {
            return shell.Invoke().FirstOrDefault()?.ToString() is { Length: > 0 } text ? text : "PS> ";
        }
        catch (RuntimeException)
        {
            // Somebody's own prompt function that fails must not cost the prompt.
            return "PS> ";
        }
    }

    /// <summary>What could stand at a place of a line.</summary>
    internal CommandCompletion Complete(string line, int cursor)
    {
        using PowerShell shell = PowerShell.Create(_runspace);
        CommandCompletion completion = CommandCompletion.CompleteInput(line, cursor, null, shell);
        return completion.CompletionMatches.Count > 0
            ? completion
            : PathCompletion.Complete(line, cursor, _runspace.SessionStateProxy.Path.CurrentFileSystemLocation.ProviderPath)
                ?? completion;
    }

    /// <summary>Stops what is running, and waits until it has ended.</summary>
    internal void Stop()
    {
        // Under the lock to the end: a pipeline that is disposed of while it is being stopped is a null reference.
        lock (_lock)
        {
            _running?.Stop();
        }
    }

    public void Dispose() => _runspace.Dispose();

    /// <summary>Runs a script and shows what comes out of it.</summary>
    /// <param name="script">The script.</param>
    /// <param name="arguments">What it finds in $args.</param>
    /// <param name="isCommand">
    /// Whether Get-History shows it, and $? tells afterwards how its last command went: the engine ties the one to the
    /// other.
    /// </param>
    private bool Run(string script, object?[] arguments, bool isCommand)
    {
        using PowerShell shell = PowerShell.Create(_runspace).AddScript(script, useLocalScope: false);
        foreach (object? argument in arguments)
        {
            shell.AddArgument(argument);
        }

        // Errors go through the outputter, too, so that they come in their place and in their view.
        shell.Commands.Commands[0].MergeMyResults(PipelineResultTypes.Error, PipelineResultTypes.Output);
        shell.AddCommand("Out-Default");
        lock (_lock)
        {
            _running = shell;
        }

        try
        {
            shell.Invoke(null, new PSInvocationSettings { AddToHistory = isCommand });
            return !isCommand || LastCommandSucceeded();
        }
        catch (Exception e) when (e is PipelineStoppedException or InvalidPowerShellStateException)
        {
            // Stopped on its way, or before it began.
            return false;
        }
        catch (RuntimeException e)
        {
            Show(e.ErrorRecord);
            return false;
        }
        finally
        {
            lock (_lock)
            {
                _running = null;
            }

            Screen.ResetProgress();
        }
    }

    private bool LastCommandSucceeded()
    {
        using PowerShell shell = PowerShell.Create(_runspace).AddScript("$global:?", useLocalScope: false);
        return shell.Invoke().FirstOrDefault()?.BaseObject is true;
    }

    private bool ShowAny(ParseError[] errors)
    {
        if (errors.Length > 0)
        {
            Show(new ParseException(errors).ErrorRecord);
        }

        return errors.Length > 0;
    }

    /// <summary>Shows an error that ended a script, in the user's view of errors.</summary>
    private void Show(ErrorRecord error)
    {
        using PowerShell shell = PowerShell.Create(_runspace).AddCommand("Out-Default");
        Screen.WriteToError(() => shell.Invoke(new[] { error }));
    }
}
