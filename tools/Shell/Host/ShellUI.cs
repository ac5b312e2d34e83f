using System.Collections.ObjectModel;
using System.Globalization;
using System.Management.Automation;
using System.Management.Automation.Host;
using System.Security;
using System.Text;

namespace GoCross.Shell.Host;

/// <summary>
/// Shows on standard output what pwsh shows there, and errors on standard error. Colours and progress go to a terminal
/// only.
/// </summary>
/// <param name="nonInteractive">Whether a question is an error.</param>
internal sealed class ShellUI(bool nonInteractive) : PSHostUserInterface
{
    private readonly Lock _lock = new();
    private readonly ProgressLine _progress = new(Console.Out, () => Terminal.Size.Width);
    private bool _toError;

    public override PSHostRawUserInterface RawUI { get; } = new ShellRawUI();

    public override bool SupportsVirtualTerminal => Terminal.IsOutput;

    public override void Write(string value) => Put(value, newLine: false);

    public override void Write(ConsoleColor foregroundColor, ConsoleColor backgroundColor, string value) =>
        Put(Coloured(foregroundColor, backgroundColor, value), newLine: false);

    public override void WriteLine(string value) => Put(value, newLine: true);

    public override void WriteLine(ConsoleColor foregroundColor, ConsoleColor backgroundColor, string value) =>
        Put(Coloured(foregroundColor, backgroundColor, value), newLine: true);

    public override void WriteErrorLine(string value)
    {
        lock (_lock)
        {
            _progress.Hide();
            Console.Error.WriteLine(GetOutputString(value, !Console.IsErrorRedirected && SupportsVirtualTerminal));
        }
    }

    public override void WriteWarningLine(string message) =>
        WriteLine(Styled(PSStyle.Instance.Formatting.Warning, "WARNING: " + message));

    public override void WriteVerboseLine(string message) =>
        WriteLine(Styled(PSStyle.Instance.Formatting.Verbose, "VERBOSE: " + message));

    public override void WriteDebugLine(string message) =>
        WriteLine(Styled(PSStyle.Instance.Formatting.Debug, "DEBUG: " + message));

    public override void WriteProgress(long sourceId, ProgressRecord record)
    {
        if (!Terminal.IsOutput)
        {
            return;
        }

        lock (_lock)
        {
            _progress.Update(sourceId, record);
        }
    }

    /// <summary>Takes progress off the screen when a pipeline has ended.</summary>
    internal void ResetProgress()
    {
        lock (_lock)
        {
            _progress.Reset();
        }
    }

    /// <summary>Sends what some work writes to standard error: the error that ended a script.</summary>
    internal void WriteToError(Action work)
    {
        _toError = true;
        try
        {
            work();
        }
        finally
        {
            _toError = false;
        }
    }

    public override string ReadLine()
    {
        RequireInteractive();
        return Console.ReadLine() ?? string.Empty;
    }

    public override SecureString ReadLineAsSecureString()
    {
        RequireInteractive();
        var secret = new SecureString();
        while (Console.ReadKey(intercept: true) is { Key: not ConsoleKey.Enter } key)
        {
            if (key.Key == ConsoleKey.Backspace && secret.Length > 0)
            {
                secret.RemoveAt(secret.Length - 1);
            }
            else if (!char.IsControl(key.KeyChar))
            {
                secret.AppendChar(key.KeyChar);
            }
        }

        WriteLine();
        return secret;
    }

    public override Dictionary<string, PSObject> Prompt(
        string caption, string message, Collection<FieldDescription> descriptions)
    {
        RequireInteractive();
        WriteQuestion(caption, message);
        var answers = new Dictionary<string, PSObject>();
        foreach (FieldDescription field in descriptions)
        {
            Write(field.Name + ": ");
            answers[field.Name] = PSObject.AsPSObject(ReadLine());
        }

        return answers;
    }

    public override int PromptForChoice(
        string caption, string message, Collection<ChoiceDescription> choices, int defaultChoice)
    {
        RequireInteractive();
        WriteQuestion(caption, message);
        (string Key, string Name)[] labels = [.. choices.Select(Label)];
        string line = string.Join("  ", labels.Select(label => $"[{label.Key}] {label.Name}"));
        while (true)
        {
            Write(defaultChoice < 0
                ? line + ": "
                : string.Create(CultureInfo.CurrentCulture, $"{line}  (default is \"{labels[defaultChoice].Key}\"): "));
            if (Console.ReadLine() is not { } answer)
            {
                // The end of input is no consent.
                throw new PipelineStoppedException();
            }

            if (answer.Length == 0 && defaultChoice >= 0)
            {
                return defaultChoice;
            }

            int chosen = Array.FindIndex(labels, label =>
                label.Key.Equals(answer.Trim(), StringComparison.OrdinalIgnoreCase)
                || label.Name.Equals(answer.Trim(), StringComparison.OrdinalIgnoreCase));
            if (chosen >= 0)
            {
                return chosen;
            }
        }
    }

    public override PSCredential PromptForCredential(string caption, string message, string userName, string targetName)
    {
        RequireInteractive();
        WriteQuestion(caption, message);
        if (string.IsNullOrEmpty(userName))
        {
            Write("User: ");
            userName = ReadLine();
        }

        Write($"Password for user {userName}: ");
        return new PSCredential(userName, ReadLineAsSecureString());
    }

    public override PSCredential PromptForCredential(
        string caption,
        string message,
        string userName,
        string targetName,
        PSCredentialTypes allowedCredentialTypes,
        PSCredentialUIOptions options) => PromptForCredential(caption, message, userName, targetName);

    private static (string Key, string Name) Label(ChoiceDescription choice)
    {
        int mark = choice.Label.IndexOf('&', StringComparison.Ordinal);
        string name = choice.Label.Replace("&", string.Empty, StringComparison.Ordinal);
        return (mark >= 0 && mark + 1 < choice.Label.Length ? choice.Label.Substring(mark + 1, 1) : name, name);
    }

    private static string Styled(string style, string text) => style + text + PSStyle.Instance.Reset;

    private static string Coloured(ConsoleColor foreground, ConsoleColor background, string text)
    {
        var coloured = new StringBuilder();

        // A terminal's own colours are not among the sixteen: .NET calls them -1.
        if (Enum.IsDefined(foreground))
        {
            coloured.Append(PSStyle.MapForegroundColorToEscapeSequence(foreground));
        }

        if (Enum.IsDefined(background))
        {
            coloured.Append(PSStyle.MapBackgroundColorToEscapeSequence(background));
        }

        return coloured.Length == 0 ? text : coloured.Append(text).Append(PSStyle.Instance.Reset).ToString();
    }

    private void WriteQuestion(string caption, string message)
    {
        foreach (string text in new[] { caption, message })
        {
            if (!string.IsNullOrEmpty(text))
            {
                WriteLine(text);
            }
        }
    }

    private void RequireInteractive()
    {
        if (nonInteractive)
        {
            throw new PSInvalidOperationException(
                "A question cannot be asked in non-interactive mode. Give what the command asks for as a parameter.");
        }
    }

    private void Put(string value, bool newLine)
    {
        if (_toError)
        {
            WriteErrorLine(value);
            return;
        }

        lock (_lock)
        {
            _progress.Hide();
            string text = GetOutputString(value, SupportsVirtualTerminal);
            if (newLine)
            {
                Console.Out.WriteLine(text);
            }
            else
            {
                Console.Out.Write(text);
            }
        }
    }
}
