using System.Text.RegularExpressions;

namespace GoCross.Toolchains;

/// <summary>A tool that something in GoCross uses.</summary>
/// <param name="Name">What users call it: the first of its programs' names.</param>
/// <param name="Kind">What it is for.</param>
/// <param name="Programs">The names that its program goes by, in the order in which they are looked for.</param>
/// <param name="NeededFor">What in GoCross needs it.</param>
/// <param name="Installation">How it is installed.</param>
internal sealed partial record ToolDefinition(
    string Name, ToolKind Kind, IReadOnlyList<string> Programs, string NeededFor, ToolInstallation Installation)
{
    /// <summary>The target that it is for, such as linux/arm64; null for a tool that is for all.</summary>
    internal string? Target { get; init; }

    /// <summary>The arguments with which it tells its version and ends.</summary>
    internal IReadOnlyList<string> VersionArguments { get; init; } = ["--version"];

    /// <summary>
    /// The version in what a tool says of itself: the first number with a dot on the first line, the maker's own one in
    /// parentheses left out; null where there is none. "gcc (Debian 12.2.0-14) 12.2.0" is 12.2.0.
    /// </summary>
    internal static string? ReadVersion(string output)
    {
        string line = output.Split('\n', 2)[0];
        Match match = VersionNumber().Match(InParentheses().Replace(line, " "));
        return match.Success ? match.Groups["version"].Value : null;
    }

    [GeneratedRegex(@"\([^)]*\)")]
    private static partial Regex InParentheses();

    // Go's own begins with go: go1.23.5.
    [GeneratedRegex(@"(?<![\w.])(go)?(?<version>[0-9]+\.[0-9][\w.+~-]*)", RegexOptions.ExplicitCapture)]
    private static partial Regex VersionNumber();
}
