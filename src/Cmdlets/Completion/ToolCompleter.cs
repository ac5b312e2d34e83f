using System.Collections;
using System.Management.Automation;
using System.Management.Automation.Language;
using GoCross.Toolchains;

namespace GoCross.Cmdlets.Completion;

/// <summary>Completes the names of the tools that GoCross uses.</summary>
internal sealed class ToolCompleter : IArgumentCompleter
{
    /// <inheritdoc/>
    public IEnumerable<CompletionResult> CompleteArgument(
        string commandName, string parameterName, string wordToComplete, CommandAst commandAst, IDictionary fakeBoundParameters) =>
        ToolProbe.Names
            .Where(name => name.StartsWith((wordToComplete ?? string.Empty).Trim('\'', '"'), StringComparison.OrdinalIgnoreCase))
            .Select(name => new CompletionResult(name));
}
