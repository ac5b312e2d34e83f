using System.Management.Automation.Language;
using System.Text;
using GoCross.Shell.Host;

namespace GoCross.Shell.Prompt;

/// <summary>The interactive prompt: reads a command, runs it, until somebody leaves.</summary>
internal sealed class PromptLoop(Session session)
{
    private const string Greeting = """
        GoCross Shell: PowerShell's engine with GoCross imported.
        Get-Command -Module GoCross lists the commands, Get-Help NAME shows how.
        Tab completes, exit leaves.

        """;

    private const string Continuation = ">> ";

    private readonly LineEditor _editor = new(
        () => Console.ReadKey(intercept: true), Console.Out, () => Terminal.Size.Width, session.Complete);

    /// <summary>Runs until exit or the end of the input.</summary>
    /// <param name="greet">Whether to say what this is.</param>
    /// <returns>Whether the last command succeeded.</returns>
    internal bool Run(bool greet)
    {
        if (greet)
        {
            session.Screen.WriteLine(Greeting);
        }

        bool succeeded = true;
        while (session.ExitCode is null && ReadCommand() is { } command)
        {
            if (!string.IsNullOrWhiteSpace(command))
            {
                succeeded = session.RunCommand(command);
            }
        }

        return succeeded;
    }

    // Lines are read on while they make no whole command; an empty one ends the waiting, as in pwsh.
    private string? ReadCommand()
    {
        var command = new StringBuilder();
        while (true)
        {
            switch (ReadLine(command.Length == 0 ? session.PromptText() : Continuation, out string line))
            {
                case LineEnd.EndOfInput:
                    return null;
                case LineEnd.Cancelled:
                    return string.Empty;
            }

            command.Append(line);
            if (line.Length == 0 || !IsIncomplete(command.ToString()))
            {
                return command.ToString();
            }

            command.Append('\n');
        }
    }

    // While a line is typed Ctrl+C is a key of the editor; while a command runs, it is the signal that stops it.
    private LineEnd ReadLine(string prompt, out string line)
    {
        Console.TreatControlCAsInput = true;
        try
        {
            return _editor.Read(prompt, out line);
        }
        finally
        {
            Console.TreatControlCAsInput = false;
        }
    }

    private static bool IsIncomplete(string command)
    {
        Parser.ParseInput(command, out _, out ParseError[] errors);
        return errors.Any(error => error.IncompleteInput);
    }
}
