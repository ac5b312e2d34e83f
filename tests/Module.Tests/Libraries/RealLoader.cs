using System.Text.RegularExpressions;
using GoCross.Gates;
using GoCross.Processes;

namespace GoCross.Tests.Libraries;

/// <summary>What a real loader loads for a program, in its order. The program itself does not run.</summary>
internal static partial class RealLoader
{
    /// <summary>Asks glibc's loader, as ldd does. Only for programs that name it: a static one would run.</summary>
    internal static List<(string Name, string? Path)> Glibc(string program, string? libraryPath = null) => Parse(Programs.Run(
        program,
        [],
        folder: "/",
        new Dictionary<string, string?>
        {
            ["LD_TRACE_LOADED_OBJECTS"] = "1",
            ["LD_LIBRARY_PATH"] = libraryPath,
            ["LD_PRELOAD"] = null,
        }));

    /// <summary>Asks glibc's loader in another root.</summary>
    /// <param name="unshare">The arguments of unshare that change the root.</param>
    /// <param name="loader">The loader's path in the root.</param>
    /// <param name="program">The program's path in the root.</param>
    internal static List<(string Name, string? Path)> GlibcInRoot(string[] unshare, string loader, string program) =>
        Parse(Programs.Run("unshare", [.. unshare, loader, "--list", program], folder: "/"));

    /// <summary>Asks musl's loader.</summary>
    internal static List<(string Name, string? Path)> Musl(string loader, string program, string? libraryPath = null) => Parse(Programs.Run(
        loader,
        ["--list", program],
        folder: "/",
        new Dictionary<string, string?> { ["LD_LIBRARY_PATH"] = libraryPath }));

    private static List<(string Name, string? Path)> Parse(ProcessResult result)
    {
        var loaded = new List<(string Name, string? Path)>();
        foreach (string line in (result.StandardOutput + result.StandardError).Split('\n'))
        {
            if (LoadedPattern().Match(line) is { Success: true } found)
            {
                loaded.Add((found.Groups[1].Value, found.Groups[2].Value));
            }
            else if (PathPattern().Match(line) is { Success: true } path)
            {
                loaded.Add((path.Groups[1].Value, path.Groups[1].Value));
            }
            else if (MissingPattern().Match(line) is { Success: true } missing)
            {
                loaded.Add((missing.Groups[1].Value + missing.Groups[2].Value + missing.Groups[3].Value, null));
            }
        }

        return loaded;
    }

    [GeneratedRegex(@"^\t(\S+) => (/.*) \(0x[0-9a-f]+\)$")]
    private static partial Regex LoadedPattern();

    [GeneratedRegex(@"^\t(/.*) \(0x[0-9a-f]+\)$")]
    private static partial Regex PathPattern();

    [GeneratedRegex(@"^\t(\S+) => not found$|^Error loading shared library ([^:]+): |: error while loading shared libraries: ([^:]+): cannot open ")]
    private static partial Regex MissingPattern();
}
