namespace GoCross.Builds;

/// <summary>Which folders go reads where it builds in one: the module, or all modules of the workspace, and what replaces others.</summary>
internal static class SourceFolders
{
    /// <summary>The file that makes a folder a workspace.</summary>
    internal const string WorkFile = "go.work";

    /// <summary>The file that makes a folder a module.</summary>
    internal const string ModuleFile = "go.mod";

    /// <summary>The folders, as full paths, none within another; none at all where the folder is in no module.</summary>
    /// <param name="workingDirectory">The full path of the folder that go is to run in.</param>
    /// <param name="goWork">The caller's GOWORK: off, a file, or null to look for one.</param>
    internal static IReadOnlyList<string> Of(string workingDirectory, string? goWork)
    {
        string? work = WorkspaceOf(workingDirectory, goWork);
        List<string> folders = [];
        if (work is not null)
        {
            folders.Add(Path.GetDirectoryName(work)!);
            folders.AddRange(GoModuleFile.Folders(work));
        }

        if (FindAbove(workingDirectory, ModuleFile) is { } module)
        {
            folders.Add(Path.GetDirectoryName(module)!);
        }

        string[] modules = [.. folders];
        foreach (string folder in modules)
        {
            folders.AddRange(GoModuleFile.Folders(Path.Combine(folder, ModuleFile)));
        }

        string[] there = [.. folders.Select(Path.TrimEndingDirectorySeparator).Distinct(StringComparer.Ordinal).Where(Directory.Exists)];
        return [.. there.Where(folder => !there.Any(other => IsWithin(folder, other)))];
    }

    /// <summary>Whether a folder lies in another, and is not that one.</summary>
    internal static bool IsWithin(string folder, string other) =>
        folder.StartsWith(other + Path.DirectorySeparatorChar, StringComparison.Ordinal);

    /// <summary>The full path of the go.work that go takes; null for none.</summary>
    /// <param name="workingDirectory">The full path of the folder that go is to run in.</param>
    /// <param name="goWork">The caller's GOWORK: off, a file, or null to look for one.</param>
    internal static string? WorkspaceOf(string workingDirectory, string? goWork) => goWork switch
    {
        "off" => null,
        { Length: > 0 } given => given,
        _ => FindAbove(workingDirectory, WorkFile),
    };

    /// <summary>The nearest file of a name, in a folder or above it; null for none.</summary>
    internal static string? FindAbove(string folder, string name) => FindAbove(folder, name, File.Exists);

    /// <summary>The nearest folder of a name, in a folder or above it; null for none.</summary>
    internal static string? FindFolderAbove(string folder, string name) => FindAbove(folder, name, Directory.Exists);

    /// <summary>A folder and those above it, the nearest first.</summary>
    internal static IEnumerable<string> Upward(string folder)
    {
        for (string? current = folder; current is not null; current = Path.GetDirectoryName(current))
        {
            yield return current;
        }
    }

    private static string? FindAbove(string folder, string name, Func<string, bool> exists) =>
        Upward(folder).Select(current => Path.Combine(current, name)).FirstOrDefault(exists);
}
