using System.Collections;
using System.Management.Automation;
using System.Management.Automation.Language;
using GoCross.ContainerEngines;
using GoCross.Errors;

namespace GoCross.Cmdlets.Completion;

/// <summary>Completes the names of the Docker contexts that this user has.</summary>
public sealed class DockerContextCompleter : IArgumentCompleter
{
    /// <inheritdoc/>
    public IEnumerable<CompletionResult> CompleteArgument(
        string commandName, string parameterName, string wordToComplete, CommandAst commandAst, IDictionary fakeBoundParameters)
    {
        try
        {
            return EngineEndpointFinder.ContextNames()
                .Where(name => name.StartsWith(wordToComplete ?? string.Empty, StringComparison.OrdinalIgnoreCase))
                .Select(name => new CompletionResult(name));
        }
        catch (Exception e) when (e is GoCrossException or IOException or UnauthorizedAccessException)
        {
            // A broken configuration: the command says so when it runs.
            return [];
        }
    }
}
