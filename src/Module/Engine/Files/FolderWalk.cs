using System.IO.Enumeration;

namespace GoCross.Files;

/// <summary>Goes through a folder and its folders, as Get-ChildItem -Recurse does: it follows no link to a folder.</summary>
public static class FolderWalk
{
    /// <summary>The full paths of all that is not a folder, each folder's in the order of their names, and before those of
    /// its folders.</summary>
    /// <param name="folder">A full path.</param>
    /// <param name="hidden">Whether to take hidden files and go into hidden folders: on Unix, those with a leading dot.</param>
    /// <param name="onUnreadable">Gets each folder that cannot be read; the walk goes on without it.</param>
    public static IEnumerable<string> Files(string folder, bool hidden, Action<string, Exception> onUnreadable)
    {
        var folders = new Stack<string>();
        folders.Push(folder);
        while (folders.TryPop(out string? current))
        {
            List<(string Path, bool IsFolder)> entries;
            try
            {
                entries = Entries(current, hidden);
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                onUnreadable(current, e);
                continue;
            }

            entries.Sort((a, b) => string.CompareOrdinal(a.Path, b.Path));
            for (int i = entries.Count - 1; i >= 0; i--)
            {
                if (entries[i].IsFolder)
                {
                    folders.Push(entries[i].Path);
                }
            }

            foreach ((string path, bool isFolder) in entries)
            {
                if (!isFolder)
                {
                    yield return path;
                }
            }
        }
    }

    private static List<(string Path, bool IsFolder)> Entries(string folder, bool hidden)
    {
        var options = new EnumerationOptions
        {
            AttributesToSkip = hidden ? 0 : FileAttributes.Hidden,
            IgnoreInaccessible = false,
        };
        var entries = new FileSystemEnumerable<(string Path, bool IsFolder)>(
            folder, (ref FileSystemEntry entry) => (entry.ToFullPath(), entry.IsDirectory), options)
        {
            ShouldIncludePredicate = (ref FileSystemEntry entry) =>
                !entry.IsDirectory || !entry.Attributes.HasFlag(FileAttributes.ReparsePoint),
        };
        return [.. entries];
    }
}
