using System.Collections;
using System.Management.Automation;
using System.Management.Automation.Language;
using GoCross.Cmdlets.Bridge;
using GoCross.ContainerEngines;

namespace GoCross.Cmdlets.Completion;

/// <summary>
/// Completes the names of images that the Docker engine has, for what takes an engine's images alone. An engine that does not
/// answer soon is not waited for.
/// </summary>
public sealed class EngineImageCompleter : IArgumentCompleter
{
    private const int MaxResults = 200;

    // A user who completes waits for half a second and no more.
    private static readonly TimeSpan Timeout = TimeSpan.FromMilliseconds(350);

    /// <inheritdoc/>
    public IEnumerable<CompletionResult> CompleteArgument(
        string commandName, string parameterName, string wordToComplete, CommandAst commandAst, IDictionary fakeBoundParameters) =>
        Names(AskAsync(), CompletionSession.Unquote(wordToComplete)).Select(name => new CompletionResult(
            CompletionSession.Quote(name), name, CompletionResultType.ParameterValue, name));

    /// <summary>Asks the engine, beside whatever else is looked for.</summary>
    internal static Task<IReadOnlyList<string>> AskAsync() => Task.Run(async () =>
    {
        using var timeout = new CancellationTokenSource(Timeout);
        using IContainerEngine engine = IsolatedAssembly.Connect();
        return await engine.ListImageNamesAsync(timeout.Token).ConfigureAwait(false);
    });

    /// <summary>The names that begin with a word, in their order.</summary>
    /// <param name="asking">What <see cref="AskAsync"/> began.</param>
    /// <param name="word">The word.</param>
    internal static IEnumerable<string> Names(Task<IReadOnlyList<string>> asking, string word)
    {
        // Whatever goes wrong there, there is nothing to offer: no engine, no permission, a broken context. To load the client
        // for the first time takes its part of the timeout; what comes too late is there the next time.
        IReadOnlyList<string> names = Task.WaitAny([asking], Timeout) == 0 && asking.IsCompletedSuccessfully ? asking.Result : [];
        return names.Where(name => name.StartsWith(word, StringComparison.OrdinalIgnoreCase)).Order(StringComparer.Ordinal).Take(MaxResults);
    }
}
