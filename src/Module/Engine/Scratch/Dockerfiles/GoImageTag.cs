using System.Globalization;
using System.Text.RegularExpressions;
using GoCross.Builds;

namespace GoCross.Scratch;

/// <summary>
/// The tag of Docker's official golang image that has the toolchain that go.mod and go.work ask for: the newest patch of
/// the newest that their go and toolchain lines name (Go Toolchains, "Go toolchain selection"), which is the least.
/// </summary>
internal static partial class GoImageTag
{
    /// <summary>The image where no file names a version: the newest Go 1.</summary>
    internal const string Newest = "golang:1";

    /// <summary>The image's name.</summary>
    /// <param name="files">What the files say.</param>
    internal static string Of(IEnumerable<GoModuleFacts> files)
    {
        Match? newest = files
            .SelectMany(file => new[] { file.Version, file.Toolchain })
            .Select(text => VersionPattern().Match(text))
            .Where(match => match.Success)
            .MaxBy(Order);
        return newest is null ? Newest
            : newest.Groups["stage"].Success ? "golang:" + newest.Groups["version"].Value
            : "golang:1." + newest.Groups["minor"].Value;
    }

    // 1.21 is a language and before its first release candidate 1.21rc1, which is before 1.21.0.
    private static (int Minor, int Stage, int Number) Order(Match match) => (
        Number(match.Groups["minor"]),
        match.Groups["patch"].Success ? 3 : match.Groups["stage"].Value switch { "rc" => 2, "beta" => 1, _ => 0 },
        Number(match.Groups["patch"].Success ? match.Groups["patch"] : match.Groups["number"]));

    private static int Number(Group group) => int.TryParse(group.Value, CultureInfo.InvariantCulture, out int number) ? number : 0;

    [GeneratedRegex(
        @"\A(?:go)?(?<version>1\.(?<minor>[0-9]{1,4})(?:\.(?<patch>[0-9]{1,4})|(?<stage>rc|beta)(?<number>[0-9]{1,4}))?)(?:-.*)?\z",
        RegexOptions.CultureInvariant)]
    private static partial Regex VersionPattern();
}
