using GoCross.Errors;
using GoCross.Targets;
using GoCross.Toolchains;

namespace GoCross.Builds;

/// <summary>A C compiler for one target and one C library.</summary>
/// <param name="Path">The program's full path.</param>
/// <param name="Command">What CC is set to: the path, and for zig or a command with arguments all of it, quoted as Go reads it.</param>
/// <param name="CxxCommand">
/// What CXX is set to. Where there is no C++ compiler it is the name that one would have, so that C++ code fails by that name
/// and is not mixed with another target's library.
/// </param>
internal sealed record CCompiler(string Path, string Command, string CxxCommand)
{
    /// <summary>The compiler that is found: gcc by the names it has for a target, then zig.</summary>
    internal const string Auto = "auto";

    /// <summary>gcc alone.</summary>
    internal const string Gcc = "gcc";

    /// <summary>zig alone: it brings musl and glibc for all targets, but no static glibc.</summary>
    internal const string Zig = "zig";

    /// <summary>Whether it is zig.</summary>
    internal bool IsZig { get; private init; }

    /// <summary>Finds the compiler that a strategy needs for a target.</summary>
    /// <param name="toolchain">The Go toolchain, which knows where compilers are looked for and what runs there.</param>
    /// <param name="target">The target: a Linux.</param>
    /// <param name="strategy">Musl, Glibc or GlibcStatic.</param>
    /// <param name="choice">auto, gcc, zig, or a command: a path or a name on PATH, with arguments.</param>
    /// <exception cref="GoCrossException">CCompilerUnknown; CCompilerMissing; CompilerNotFound; ZigHasNoStaticGlibc.</exception>
    internal static CCompiler Find(GoToolchain toolchain, BuildTarget target, BuildStrategy strategy, string choice = Auto)
    {
        if (choice is not (Auto or Gcc or Zig))
        {
            return Given(toolchain, choice);
        }

        CrossPlatform platform = CrossPlatform.Of(target) ?? throw GoCrossException.Create(
            ErrorKind.Unsupported, nameof(Messages.CCompilerUnknown), target.Name);
        if (choice == Zig && strategy == BuildStrategy.GlibcStatic)
        {
            throw GoCrossException.Create(ErrorKind.InvalidArgument, nameof(Messages.ZigHasNoStaticGlibc), target.Name);
        }

        bool native = toolchain.Runs(target);
        string[] names = [.. NamesOf(platform, strategy, native, choice)];
        if (names.Length == 0)
        {
            throw GoCrossException.Create(ErrorKind.Unsupported, nameof(Messages.CCompilerUnknown), target.Name);
        }

        foreach (string name in names)
        {
            if (toolchain.Host.FindProgram(name) is { } path)
            {
                return name == Zig ? OfZig(path, platform, strategy) : OfGcc(toolchain, path, name);
            }
        }

        throw GoCrossException.Create(
            ErrorKind.ToolMissing,
            nameof(Messages.CCompilerMissing),
            strategy == BuildStrategy.Musl ? "musl" : "glibc",
            target.Name,
            string.Join(", ", names),
            InstallHint.For(names[0]) ?? names[0]);
    }

    private static IEnumerable<string> NamesOf(CrossPlatform platform, BuildStrategy strategy, bool native, string choice)
    {
        if (choice != Zig)
        {
            bool musl = strategy == BuildStrategy.Musl;
            if (native)
            {
                yield return musl ? "musl-gcc" : "gcc";
            }

            foreach (string prefix in musl ? platform.Musl : [platform.Gnu])
            {
                yield return prefix + "-gcc";
            }
        }

        if (choice != Gcc && strategy != BuildStrategy.GlibcStatic && platform.ZigTriple(strategy == BuildStrategy.Musl) is not null)
        {
            yield return Zig;
        }
    }

    private static CCompiler OfGcc(GoToolchain toolchain, string path, string name)
    {
        string cxx = name[..^"gcc".Length] + "g++";
        return new CCompiler(path, Quote([path]), Quote([toolchain.Host.FindProgram(cxx) ?? cxx]));
    }

    private static CCompiler OfZig(string path, CrossPlatform platform, BuildStrategy strategy)
    {
        string triple = platform.ZigTriple(strategy == BuildStrategy.Musl)!;
        return new CCompiler(path, Quote([path, "cc", "-target", triple]), Quote([path, "c++", "-target", triple])) { IsZig = true };
    }

    private static CCompiler Given(GoToolchain toolchain, string command)
    {
        // A path may hold spaces; a command with arguments is not a file.
        bool isPath = File.Exists(command);
        List<string> words = [command];
        if (!isPath && (!GoQuoting.TrySplit(command, out words) || words.Count == 0))
        {
            throw GoCrossException.Create(ErrorKind.InvalidArgument, nameof(Messages.CompilerNotFound), command);
        }

        string? path = isPath || words[0].AsSpan().ContainsAny('/', '\\') ? words[0] : toolchain.Host.FindProgram(words[0]);
        if (path is null)
        {
            throw GoCrossException.Create(ErrorKind.ToolMissing, nameof(Messages.CompilerNotFound), command);
        }

        string[] rest = [.. words.Skip(1)];
        bool isZig = System.IO.Path.GetFileNameWithoutExtension(path) == Zig && rest is ["cc", ..];
        string[] cxx = isZig ? [path, "c++", .. rest[1..]] : [CxxNameOf(path), .. rest];
        return new CCompiler(path, Quote([path, .. rest]), Quote(cxx)) { IsZig = isZig };
    }

    private static string CxxNameOf(string path) =>
        path.EndsWith("gcc", StringComparison.Ordinal) ? path[..^"gcc".Length] + "g++"
        : path.EndsWith("clang", StringComparison.Ordinal) ? path + "++"
        : path;

    private static string Quote(IReadOnlyList<string> words) => GoQuoting.TryJoin(words, out string? text)
        ? text
        : throw GoCrossException.Create(ErrorKind.InvalidArgument, nameof(Messages.CompilerNotFound), string.Join(' ', words));
}
