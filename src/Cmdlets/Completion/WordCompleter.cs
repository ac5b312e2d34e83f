using System.Collections;
using System.Management.Automation;
using System.Management.Automation.Language;

namespace GoCross.Cmdlets.Completion;

/// <summary>Completes words that a parameter knows, beside whatever else it takes.</summary>
internal abstract class WordCompleter : IArgumentCompleter
{
    private readonly string[] _words;

    private protected WordCompleter(params string[] words) => _words = words;

    /// <inheritdoc/>
    public IEnumerable<CompletionResult> CompleteArgument(
        string commandName, string parameterName, string wordToComplete, CommandAst commandAst, IDictionary fakeBoundParameters) =>
        _words
            .Where(word => word.StartsWith((wordToComplete ?? string.Empty).Trim('\'', '"'), StringComparison.OrdinalIgnoreCase))
            .Select(word => new CompletionResult(word, word, CompletionResultType.ParameterValue, word));
}
