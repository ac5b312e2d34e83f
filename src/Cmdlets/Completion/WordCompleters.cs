using System.Collections;
using System.Management.Automation;
using System.Management.Automation.Language;
using GoCross.ContainerEngines;
using GoCross.Errors;
using GoCross.Toolchains;

namespace GoCross.Cmdlets.Completion;

/// <summary>Completes words that a parameter knows, and files where it takes those, too.</summary>
internal abstract class WordCompleter : IArgumentCompleter
{
    /// <summary>The words.</summary>
    protected abstract IEnumerable<string> Words { get; }

    /// <summary>Whether the parameter takes files, too.</summary>
    protected virtual bool TakesFiles => false;

    /// <summary>The words where other parameters have a say.</summary>
    /// <param name="bound">What the command line says of them.</param>
    protected virtual IEnumerable<string> WordsBeside(IDictionary bound) => Words;

    /// <inheritdoc/>
    public IEnumerable<CompletionResult> CompleteArgument(
        string commandName, string parameterName, string wordToComplete, CommandAst commandAst, IDictionary fakeBoundParameters)
    {
        try
        {
            return
            [
                .. WordsBeside(fakeBoundParameters)
                    .Where(word => word.StartsWith(CompletionSession.Unquote(wordToComplete), StringComparison.OrdinalIgnoreCase))
                    .Select(word => new CompletionResult(CompletionSession.Quote(word), word, CompletionResultType.ParameterValue, word)),
                .. TakesFiles ? CompletionCompleters.CompleteFilename(wordToComplete ?? string.Empty) : [],
            ];
        }
        catch (Exception e) when (e is GoCrossException or IOException or UnauthorizedAccessException)
        {
            // A broken configuration: the command says so when it runs.
            return [];
        }
    }
}

/// <summary>Completes the word for this machine's certificates.</summary>
internal sealed class CaBundleCompleter : WordCompleter
{
    /// <inheritdoc/>
    protected override IEnumerable<string> Words => ["System"];

    /// <inheritdoc/>
    protected override bool TakesFiles => true;
}

/// <summary>Completes the choices of a C compiler.</summary>
internal sealed class CompilerCompleter : WordCompleter
{
    /// <inheritdoc/>
    protected override IEnumerable<string> Words => ["auto", "gcc", "zig"];

    /// <inheritdoc/>
    protected override bool TakesFiles => true;
}

/// <summary>Completes the names of the Docker contexts that this user has.</summary>
internal sealed class DockerContextCompleter : WordCompleter
{
    /// <inheritdoc/>
    protected override IEnumerable<string> Words => EngineEndpointFinder.ContextNames();
}

/// <summary>
/// Completes the platforms of the image that the command line names; where it names none in a file, those that images are
/// usually made for: what Docker's official images are published for (docker-library/official-images, "Architectures other
/// than amd64").
/// </summary>
internal sealed class ImagePlatformCompleter : WordCompleter
{
    /// <inheritdoc/>
    protected override IEnumerable<string> Words =>
    [
        "linux/amd64", "linux/arm64", "linux/arm/v7", "linux/arm/v6", "linux/arm/v5", "linux/386", "linux/ppc64le",
        "linux/riscv64", "linux/s390x", "linux/mips64le", "windows/amd64",
    ];

    /// <inheritdoc/>
    protected override IEnumerable<string> WordsBeside(IDictionary bound)
    {
        string[] own = [.. ImageOutlines.Of(bound).Select(image => image.Platform.ToString()).Distinct(StringComparer.Ordinal)];
        return own.Length > 0 ? own : Words;
    }
}

/// <summary>Completes the signals that programs are asked to end with (signal(7)).</summary>
internal sealed class SignalCompleter : WordCompleter
{
    /// <inheritdoc/>
    protected override IEnumerable<string> Words => ["SIGTERM", "SIGINT", "SIGQUIT", "SIGHUP", "SIGUSR1", "SIGUSR2", "SIGWINCH"];
}

/// <summary>Completes the names of the tools that GoCross uses.</summary>
internal sealed class ToolCompleter : WordCompleter
{
    /// <inheritdoc/>
    protected override IEnumerable<string> Words => ToolProbe.Names;
}
