using System.Text.RegularExpressions;

namespace GoCross.Builds;

/// <summary>
/// An image that people cross-compile cgo in, and the compilers it has. Those for Linux are found by their names without
/// this; it tells what an image does not have before one searches it.
/// </summary>
/// <param name="Name">What the image is called.</param>
/// <param name="Compilers">Its compilers.</param>
internal sealed partial record KnownBuildImage(string Name, IReadOnlyList<string> Compilers)
{
    // techknowlogick/xgo, docker/build/build.sh.
    private static readonly KnownBuildImage Xgo = new(
        "xgo",
        [
            "x86_64-linux-gnu-gcc", "aarch64-linux-gnu-gcc", "arm-linux-gnueabi-gcc", "arm-linux-gnueabihf-gcc", "mips-linux-gnu-gcc",
            "mipsel-linux-gnu-gcc", "mips64-linux-gnuabi64-gcc", "mips64el-linux-gnuabi64-gcc", "powerpc64le-linux-gnu-gcc",
            "riscv64-linux-gnu-gcc", "s390x-linux-gnu-gcc", "x86_64-w64-mingw32-gcc-posix", "i686-w64-mingw32-gcc-posix",
            "aarch64-w64-mingw32-clang", "o64-clang",
        ]);

    // goreleaser/goreleaser-cross, README, "Supported toolchains/platforms".
    private static readonly KnownBuildImage GoreleaserCross = new(
        "goreleaser-cross",
        [
            "x86_64-linux-gnu-gcc", "aarch64-linux-gnu-gcc", "arm-linux-gnueabihf-gcc", "s390x-linux-gnu-gcc", "x86_64-w64-mingw32-gcc",
            "aarch64-w64-mingw32-gcc", "o64-clang", "oa64-clang",
        ]);

    /// <summary>The image of a name, in whatever registry and of whatever fork; null for one that is not known.</summary>
    /// <param name="reference">The name as a user gives it: registry.example/goreleaser/goreleaser-cross:v1.23.</param>
    internal static KnownBuildImage? Of(string reference) => Pattern().Match(reference).Groups["name"].Value switch
    {
        "xgo" => Xgo,
        { Length: > 0 } => GoreleaserCross,
        _ => null,
    };

    [GeneratedRegex(@"(?:^|/)(?<name>xgo|goreleaser-cross(?:-pro|-base|-toolchains)?)(?:[:@][^/]*)?$")]
    private static partial Regex Pattern();
}
