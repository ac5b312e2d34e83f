using System.Security.Cryptography;
using System.Text;
using GoCross.Errors;
using GoCross.Processes;
using GoCross.Targets;

namespace GoCross.Builds;

/// <summary>
/// What pkg-config says for the packages of a build that ask it. go puts C flags and linker flags of files and variables
/// into the key of its cache, but not these (cmd/go/internal/work, buildActionID): with another answer it would link what it
/// compiled for the one before, and with -trimpath even what another folder's source was compiled for.
/// </summary>
internal static class PkgConfigAnswers
{
    /// <summary>The macro that a build's C code is compiled with, whose value stands for the answers. No C code asks for it.</summary>
    private const string Macro = "GOCROSS_PKG_CONFIG";

    private const int StampLength = 16;

    /// <summary>
    /// A text that is another where the answers are others; null where no package asks, or there is no C compiler to build
    /// with, which the build itself says.
    /// </summary>
    /// <param name="toolchain">The toolchain, on this machine.</param>
    /// <param name="target">The target.</param>
    /// <param name="strategy">The strategy; one that has cgo.</param>
    /// <param name="compiler">The C compiler that was asked for, as <see cref="CCompiler.Find"/> takes it.</param>
    /// <param name="packages">All packages that are built.</param>
    /// <param name="cancellation">Ends the asking.</param>
    internal static async Task<string?> StampAsync(
        GoToolchain toolchain,
        BuildTarget target,
        BuildStrategy strategy,
        string compiler,
        IEnumerable<ListedPackage> packages,
        CancellationToken cancellation)
    {
        (string Folder, string Arguments)[] questions =
            [.. packages.Where(package => package.PkgConfig.Count > 0)
                .Select(package => (package.Directory, string.Join('\n', package.PkgConfig))).Distinct()];
        if (questions.Length == 0)
        {
            return null;
        }

        Dictionary<string, string?> environment = toolchain.BaseEnvironment();
        try
        {
            CCompiler found = CCompiler.Find(toolchain, target, strategy, compiler);
            bool ownPaths = BuildEnvironment.UsesOwnPaths(toolchain, target, strategy, found);
            foreach (string name in BuildEnvironment.Removed(toolchain, ownPaths))
            {
                environment[name] = null;
            }

            foreach ((string name, string value) in ownPaths ? [] : TargetTools.Of(toolchain, target, strategy))
            {
                environment[name] = value;
            }
        }
        catch (GoCrossException)
        {
            return null;
        }

        string program = environment.GetValueOrDefault("PKG_CONFIG") ?? toolchain.Inherited("PKG_CONFIG") ?? string.Empty;
        program = GoQuoting.TrySplit(program, out List<string> words) && words.Count > 0 ? words[0] : "pkg-config";
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach ((string folder, string arguments) in questions)
        {
            foreach (string what in (string[])["--cflags", "--libs"])
            {
                hash.AppendData(Encoding.UTF8.GetBytes(
                    $"{arguments}\n{await AskAsync(toolchain, program, folder, what, arguments.Split('\n'), environment, cancellation).ConfigureAwait(false)}\0"));
            }
        }

        return Convert.ToHexString(hash.GetHashAndReset())[..StampLength];
    }

    /// <summary>The value of CGO_CPPFLAGS for a stamp.</summary>
    /// <param name="flags">The user's own; null or empty for none.</param>
    /// <param name="stamp">The stamp.</param>
    internal static string AddTo(string? flags, string stamp) => $"{flags} -D{Macro}=0x{stamp}".TrimStart();

    /// <summary>Asks as go does (work.(*Builder).getPkgConfigFlags). What is wrong with an answer, the build says.</summary>
    private static async Task<string> AskAsync(
        GoToolchain toolchain,
        string program,
        string folder,
        string what,
        string[] arguments,
        Dictionary<string, string?> environment,
        CancellationToken cancellation)
    {
        try
        {
            ProcessResult result = await toolchain.Host.RunAsync(
                new ProcessRequest
                {
                    FileName = program,
                    Arguments =
                    [
                        what,
                        .. arguments.Where(argument => argument.StartsWith("--", StringComparison.Ordinal)),
                        "--",
                        .. arguments.Where(argument => !argument.StartsWith("--", StringComparison.Ordinal)),
                    ],
                    WorkingDirectory = folder,
                    Environment = environment,
                },
                cancellation).ConfigureAwait(false);
            return $"{result.ExitCode} {result.StandardOutput}";
        }
        catch (GoCrossException)
        {
            return string.Empty;
        }
    }
}
