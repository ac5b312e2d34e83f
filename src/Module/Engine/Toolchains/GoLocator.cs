using GoCross.Errors;
using GoCross.Processes;

namespace GoCross.Toolchains;

/// <summary>Finds the go command.</summary>
internal static class GoLocator
{
    private const string Go = "go";

    /// <summary>The full path of the go command.</summary>
    /// <param name="given">What the user said: the command itself or a GOROOT, as a full path; null to look for it.</param>
    /// <exception cref="GoCrossException">GoPathInvalid; GoNotFound.</exception>
    internal static string Locate(string? given) => Locate(given, WellKnownFolders());

    /// <summary>The full path of the go command, where the folders to look in after PATH are given.</summary>
    /// <exception cref="GoCrossException">GoPathInvalid; GoNotFound.</exception>
    internal static string Locate(string? given, IEnumerable<string> wellKnownFolders)
    {
        if (given is not null)
        {
            return FindAt(given)
                ?? throw GoCrossException.Create(ErrorKind.NotFound, nameof(Messages.GoPathInvalid), given);
        }

        return ProgramLookup.Find(Go)
            ?? wellKnownFolders.Select(folder => ProgramLookup.FindIn(folder, Go)).FirstOrDefault(path => path is not null)
            ?? throw GoCrossException.Create(ErrorKind.ToolMissing, nameof(Messages.GoNotFound));
    }

    private static string? FindAt(string given) => File.Exists(given)
        ? given
        : ProgramLookup.FindIn(Path.Combine(given, "bin"), Go) ?? ProgramLookup.FindIn(given, Go);

    /// <summary>
    /// Where Go is when it is not on PATH: where GOROOT says, where go.dev's installers, Debian's versioned packages,
    /// Homebrew and Snap put it.
    /// </summary>
    private static IEnumerable<string> WellKnownFolders()
    {
        if (Environment.GetEnvironmentVariable("GOROOT") is { Length: > 0 } root && Path.IsPathFullyQualified(root))
        {
            yield return Path.Combine(root, "bin");
        }

        if (OperatingSystem.IsWindows())
        {
            yield return Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.ProgramFiles), "Go", "bin");
            yield break;
        }

        yield return "/usr/local/go/bin";
        foreach (string folder in DebianFolders("/usr/lib"))
        {
            yield return folder;
        }

        yield return "/opt/homebrew/bin";
        yield return "/usr/local/bin";
        yield return "/snap/bin";
    }

    /// <summary>The folders /usr/lib/go-1.23/bin and the like, the newest first.</summary>
    internal static IEnumerable<string> DebianFolders(string parent)
    {
        if (!Directory.Exists(parent))
        {
            return [];
        }

        return Directory.EnumerateDirectories(parent, "go-*")
            .Select(folder => (Folder: folder, Version: Version.TryParse(folder[(folder.LastIndexOf('-') + 1)..], out Version? v) ? v : null))
            .Where(found => found.Version is not null)
            .OrderByDescending(found => found.Version)
            .Select(found => Path.Combine(found.Folder, "bin"));
    }
}
