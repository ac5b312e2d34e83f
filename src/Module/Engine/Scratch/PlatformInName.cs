using System.Text.RegularExpressions;
using GoCross.Errors;
using GoCross.Names;
using GoCross.Oci;

namespace GoCross.Scratch;

/// <summary>
/// The platform that a binary's name claims, as release tools write it: api_linux_arm64, linux-armv7/api, linux/amd64/api.
/// A binary that is something else was built or copied wrongly, and its image would be as well.
/// </summary>
internal static partial class PlatformInName
{
    private const int Parts = 3;

    /// <summary>Fails for a binary whose name claims another platform than its own.</summary>
    /// <param name="path">The binary's full path.</param>
    /// <param name="platform">Its platform.</param>
    /// <exception cref="GoCrossException">BinaryPlatformMisnamed.</exception>
    internal static void Require(string path, ImagePlatform platform)
    {
        string name = string.Join('/', path.Replace('\\', '/').Split('/').TakeLast(Parts));
        if (Pattern().Matches(name).LastOrDefault() is not { } claim)
        {
            return;
        }

        string claimed = claim.Groups["architecture"].Value.ToLowerInvariant();
        claimed = ArchitectureNames.Normalize(claimed).Architecture;
        string number = claim.Groups["variant"].Value;
        bool isOther = claim.Groups["system"].Value != platform.Os
            || claimed != platform.Architecture
            || (claimed == "arm" && number.Length > 0 && platform.Variant is not null && platform.Variant != "v" + number);
        if (isOther)
        {
            throw GoCrossException.Create(
                ErrorKind.VerificationFailed, nameof(Messages.BinaryPlatformMisnamed), path, claim.Value.Trim('/', '_', '-', '.'), platform);
        }
    }

    [GeneratedRegex(
        @"(?<![a-zA-Z0-9])(?<system>linux|darwin|windows|freebsd|netbsd|openbsd|dragonfly|solaris|illumos|aix|android)[/_.-](?<architecture>386|i386|amd64|x86_64|arm64|aarch64|arm|loong64|mips64le|mips64|mipsle|mips|ppc64le|ppc64|riscv64|s390x)(?:[/_.-]?v?(?<variant>[5-9]))?(?![a-zA-Z0-9])",
        RegexOptions.CultureInvariant | RegexOptions.IgnoreCase,
        matchTimeoutMilliseconds: 1000)]
    private static partial Regex Pattern();
}
