using System.Collections;
using System.Management.Automation;
using System.Management.Automation.Language;
using GoCross.Builds;
using GoCross.Cmdlets.Foundation;
using GoCross.Targets;

namespace GoCross.Cmdlets.Completion;

/// <summary>Completes targets from the toolchain's own list.</summary>
internal sealed class TargetCompleter : IArgumentCompleter
{
    /// <summary>How long a user waits for a toolchain that was not asked before.</summary>
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(2);

    /// <inheritdoc/>
    public IEnumerable<CompletionResult> CompleteArgument(
        string commandName, string parameterName, string wordToComplete, CommandAst commandAst, IDictionary fakeBoundParameters)
    {
        try
        {
            string? goPath = fakeBoundParameters["GoPath"] is string given && CompletionSession.Resolve(given) is { } full
                ? GoPaths.Of(given, full)
                : null;
            using var cancellation = new CancellationTokenSource(Timeout);
            GoToolchain toolchain = GoToolchain
                .FindAsync(goPath, Path.GetTempPath(), cancellation.Token)
                .GetAwaiter().GetResult();

            // No target needs quotation marks: a star is not expanded for a cmdlet.
            return
            [
                .. BuildTargets.Suggest(CompletionSession.Unquote(wordToComplete), toolchain.Targets).Select(suggestion => new CompletionResult(
                    suggestion.Text, suggestion.Text, CompletionResultType.ParameterValue, suggestion.Description)),
            ];
        }
        catch (Exception)
        {
            // With no toolchain there is nothing to offer, and completion is not a place for errors.
            return [];
        }
    }
}
