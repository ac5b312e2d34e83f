using System.Collections.ObjectModel;
using System.Globalization;
using System.Management.Automation;
using System.Management.Automation.Host;
using System.Security;
using System.Text;

namespace GoCross.Cmdlets.Tests.Hosting;

/// <summary>Keeps all that a user would have seen, as a terminal with colours would have got it.</summary>
internal sealed class CapturingUI(int width) : PSHostUserInterface
{
    private readonly Lock _lock = new();
    private readonly StringBuilder _text = new();
    private readonly List<ProgressRecord> _progress = [];
    private readonly Queue<string> _answers = new();
    private readonly List<string> _questions = [];

    public override PSHostRawUserInterface RawUI { get; } = new CapturingRawUI(width);

    public override bool SupportsVirtualTerminal => true;

    /// <summary>What was shown since the last call, escape sequences included.</summary>
    internal string TakeText()
    {
        lock (_lock)
        {
            string text = _text.ToString();
            _text.Clear();
            return text;
        }
    }

    /// <summary>The progress records since the last call.</summary>
    internal IReadOnlyList<ProgressRecord> TakeProgress()
    {
        lock (_lock)
        {
            ProgressRecord[] records = [.. _progress];
            _progress.Clear();
            return records;
        }
    }

    /// <summary>The questions that were asked since the last call: captions and messages.</summary>
    internal IReadOnlyList<string> TakeQuestions()
    {
        lock (_lock)
        {
            string[] questions = [.. _questions];
            _questions.Clear();
            return questions;
        }
    }

    /// <summary>Puts the answer to the next question: the label of a choice, its hot key, or a line of text.</summary>
    internal void Answer(string answer)
    {
        lock (_lock)
        {
            _answers.Enqueue(answer);
        }
    }

    public override void Write(string value)
    {
        lock (_lock)
        {
            _text.Append(value);
        }
    }

    public override void Write(ConsoleColor foregroundColor, ConsoleColor backgroundColor, string value) => Write(value);

    public override void WriteLine(string value) => Write(value + "\n");

    public override void WriteDebugLine(string message) => WriteLine("DEBUG: " + message);

    public override void WriteErrorLine(string value) => WriteLine(value);

    public override void WriteVerboseLine(string message) => WriteLine("VERBOSE: " + message);

    public override void WriteWarningLine(string message) => WriteLine("WARNING: " + message);

    public override void WriteProgress(long sourceId, ProgressRecord record)
    {
        lock (_lock)
        {
            _progress.Add(record);
        }
    }

    public override string ReadLine() => NextAnswer("a line");

    public override SecureString ReadLineAsSecureString() => throw new NotSupportedException("No secret is asked for.");

    public override Dictionary<string, PSObject> Prompt(
        string caption, string message, Collection<FieldDescription> descriptions)
    {
        Asked(caption, message);
        return descriptions.ToDictionary(field => field.Name, field => PSObject.AsPSObject(NextAnswer(field.Name)));
    }

    public override int PromptForChoice(
        string caption, string message, Collection<ChoiceDescription> choices, int defaultChoice)
    {
        Asked(caption, message);
        string answer = NextAnswer(message);
        for (int i = 0; i < choices.Count; i++)
        {
            string label = choices[i].Label;
            int mark = label.IndexOf('&', StringComparison.Ordinal);
            if (label.Replace("&", string.Empty, StringComparison.Ordinal).Equals(answer, StringComparison.OrdinalIgnoreCase)
                || (mark >= 0 && label.Substring(mark + 1, 1).Equals(answer, StringComparison.OrdinalIgnoreCase)))
            {
                return i;
            }
        }

        throw new InvalidOperationException($"\"{answer}\" is none of the choices of: {message}");
    }

    public override PSCredential PromptForCredential(string caption, string message, string userName, string targetName) =>
        throw new NotSupportedException("No secret is asked for.");

    public override PSCredential PromptForCredential(
        string caption,
        string message,
        string userName,
        string targetName,
        PSCredentialTypes allowedCredentialTypes,
        PSCredentialUIOptions options) =>
        throw new NotSupportedException("No secret is asked for.");

    private void Asked(string caption, string message)
    {
        lock (_lock)
        {
            _questions.Add(string.Create(CultureInfo.InvariantCulture, $"{caption}\n{message}"));
        }
    }

    private string NextAnswer(string question)
    {
        lock (_lock)
        {
            return _answers.TryDequeue(out string? answer)
                ? answer
                : throw new InvalidOperationException($"Something asks for {question}, and the test put no answer.");
        }
    }
}
