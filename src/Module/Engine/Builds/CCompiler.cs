using GoCross.Errors;

namespace GoCross.Builds;

/// <summary>A C compiler for one target and one C library.</summary>
/// <param name="Path">Its full path.</param>
/// <param name="CxxPath">
/// The full path of the C++ compiler that goes with it. Where there is none it is the name that one would have, so that
/// C++ code fails by that name and is not mixed with another target's library.
/// </param>
internal sealed record CCompiler(string Path, string CxxPath)
{
    /// <summary>Finds the compiler that a strategy needs for a target.</summary>
    /// <param name="toolchain">The Go toolchain, which knows where compilers are looked for and what runs there.</param>
    /// <param name="target">The target: a Linux.</param>
    /// <param name="strategy">Musl or Glibc.</param>
    /// <exception cref="GoCrossException">CCompilerUnknown; CCompilerMissing.</exception>
    internal static CCompiler Find(GoToolchain toolchain, BuildTarget target, BuildStrategy strategy)
    {
        CrossPlatform platform = CrossPlatform.Of(target) ?? throw GoCrossException.Create(
            ErrorKind.Unsupported, nameof(Messages.CCompilerUnknown), target.Name);
        bool native = toolchain.HostOs == target.Os && toolchain.HostArchitecture == target.Architecture;
        string[] names = [.. NamesOf(platform, strategy, native)];
        foreach (string name in names)
        {
            if (toolchain.Host.FindProgram(name) is { } path)
            {
                string cxx = name[..^"gcc".Length] + "g++";
                return new CCompiler(path, toolchain.Host.FindProgram(cxx) ?? cxx);
            }
        }

        throw GoCrossException.Create(
            ErrorKind.ToolMissing,
            nameof(Messages.CCompilerMissing),
            strategy == BuildStrategy.Musl ? "musl" : "glibc",
            target.Name,
            string.Join(", ", names),
            InstallCommand(target, platform, strategy, native));
    }

    private static IEnumerable<string> NamesOf(CrossPlatform platform, BuildStrategy strategy, bool native)
    {
        if (strategy == BuildStrategy.Musl)
        {
            return (native ? ["musl-gcc"] : Array.Empty<string>()).Concat(platform.Musl.Select(prefix => prefix + "-gcc"));
        }

        return (native ? ["gcc"] : Array.Empty<string>()).Append(platform.Gnu + "-gcc");
    }

    private static string InstallCommand(BuildTarget target, CrossPlatform platform, BuildStrategy strategy, bool native) => (strategy, native) switch
    {
        (BuildStrategy.Musl, true) => "apt-get install musl-tools",
        (BuildStrategy.Musl, false) when platform.DebianArchitecture is { } debian =>
            $"dpkg --add-architecture {debian} && apt-get update && apt-get install {platform.GnuPackage} musl-dev:{debian}",
        (BuildStrategy.Musl, false) => $"the cross compiler {platform.Musl[0]}-gcc as musl.cc offers it, unpacked on PATH",
        (_, true) => "apt-get install gcc libc6-dev",

        // The compiler only recommends the headers and start files that the link needs. Where Debian does not release for
        // an architecture, its name in Debian's packages for cross compilers is Go's.
        _ => $"apt-get install {platform.GnuPackage} libc6-dev-{platform.DebianArchitecture ?? target.Architecture}-cross",
    };
}
