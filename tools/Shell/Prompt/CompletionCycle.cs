using System.Management.Automation;

namespace GoCross.Shell.Prompt;

/// <summary>The completions of one place in a line, which Tab goes through in a circle.</summary>
internal sealed class CompletionCycle
{
    private readonly CommandCompletion _completion;
    private int _at = -1;
    private int _length;

    private CompletionCycle(CommandCompletion completion)
    {
        _completion = completion;
        _length = completion.ReplacementLength;
    }

    /// <summary>The completions at the cursor, or null if there are none.</summary>
    internal static CompletionCycle? Start(LineBuffer line, Func<string, int, CommandCompletion> complete)
    {
        CommandCompletion completion = complete(line.Text, line.Cursor);
        return completion.CompletionMatches.Count == 0 ? null : new CompletionCycle(completion);
    }

    /// <summary>Puts the next completion, or the one before, into the line.</summary>
    internal void Step(LineBuffer line, bool back)
    {
        int count = _completion.CompletionMatches.Count;
        _at = _at < 0 ? (back ? count - 1 : 0) : (_at + (back ? count - 1 : 1)) % count;
        string text = _completion.CompletionMatches[_at].CompletionText;
        line.Replace(_completion.ReplacementIndex, _length, text);
        _length = text.Length;
    }
}
