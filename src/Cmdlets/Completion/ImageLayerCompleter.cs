using System.Collections;
using System.Globalization;
using System.Management.Automation;
using System.Management.Automation.Language;
using GoCross.Formatting;
using GoCross.Images;

namespace GoCross.Cmdlets.Completion;

/// <summary>Completes the layers of the image that the command line names, with the commands that made them.</summary>
internal sealed class ImageLayerCompleter : IArgumentCompleter
{
    /// <inheritdoc/>
    public IEnumerable<CompletionResult> CompleteArgument(
        string commandName, string parameterName, string wordToComplete, CommandAst commandAst, IDictionary fakeBoundParameters)
    {
        ImageOutline? image = ImageOutline.Nearest(ImageOutlines.Of(fakeBoundParameters), fakeBoundParameters["Platform"] as string);
        return (image?.Commands ?? [])
            .Select((command, index) => (Number: index.ToString(CultureInfo.InvariantCulture), Command: EscapedText.Of(command)))
            .Where(layer => layer.Number.StartsWith(wordToComplete ?? string.Empty, StringComparison.Ordinal))
            .Select(layer => new CompletionResult(
                layer.Number, layer.Number, CompletionResultType.ParameterValue, layer.Command.Length == 0 ? layer.Number : layer.Command));
    }
}
