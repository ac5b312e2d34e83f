using System.Collections;
using System.Management.Automation;
using System.Management.Automation.Language;

namespace GoCross.Cmdlets.Completion;

/// <summary>Completes the platforms that images are usually made for.</summary>
public sealed class ImagePlatformCompleter : IArgumentCompleter
{
    // What Docker's official images are published for (docker-library/official-images, "Architectures other than amd64").
    private static readonly string[] Platforms =
    [
        "linux/amd64", "linux/arm64", "linux/arm/v7", "linux/arm/v6", "linux/arm/v5", "linux/386", "linux/ppc64le",
        "linux/riscv64", "linux/s390x", "linux/mips64le", "windows/amd64",
    ];

    /// <inheritdoc/>
    public IEnumerable<CompletionResult> CompleteArgument(
        string commandName, string parameterName, string wordToComplete, CommandAst commandAst, IDictionary fakeBoundParameters) =>
        Platforms
            .Where(platform => platform.StartsWith((wordToComplete ?? string.Empty).Trim('\'', '"'), StringComparison.OrdinalIgnoreCase))
            .Select(platform => new CompletionResult(platform));
}
