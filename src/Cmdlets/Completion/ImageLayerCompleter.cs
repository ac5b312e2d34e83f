using System.Collections;
using System.Globalization;
using System.Management.Automation;
using System.Management.Automation.Language;
using GoCross.Formatting;
using GoCross.Images;
using GoCross.Oci;

namespace GoCross.Cmdlets.Completion;

/// <summary>Completes the layers of the image that the command line names, with the commands that made them.</summary>
internal sealed class ImageLayerCompleter : IArgumentCompleter
{
    /// <inheritdoc/>
    public IEnumerable<CompletionResult> CompleteArgument(
        string commandName, string parameterName, string wordToComplete, CommandAst commandAst, IDictionary fakeBoundParameters)
    {
        IReadOnlyList<ImageOutline> images = ImageOutlines.Of(fakeBoundParameters);
        string platform = fakeBoundParameters["Platform"] as string ?? ImagePlatform.Default.ToString();
        ImageOutline? image = images.FirstOrDefault(one => string.Equals(one.Platform.ToString(), platform, StringComparison.OrdinalIgnoreCase))
            ?? (images.Count > 0 ? images[0] : null);
        return (image?.Commands ?? [])
            .Select((command, index) => (Number: index.ToString(CultureInfo.InvariantCulture), Command: EscapedText.Of(command)))
            .Where(layer => layer.Number.StartsWith(wordToComplete ?? string.Empty, StringComparison.Ordinal))
            .Select(layer => new CompletionResult(
                layer.Number, layer.Number, CompletionResultType.ParameterValue, layer.Command.Length == 0 ? layer.Number : layer.Command));
    }
}
