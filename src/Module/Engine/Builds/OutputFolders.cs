namespace GoCross.Builds;

/// <summary>The folders that builds make for their outputs: none is left empty where builds fail or are stopped.</summary>
internal static class OutputFolders
{
    /// <summary>The folders that are not there yet, those above others last.</summary>
    /// <param name="files">The full paths of the files that are to be written.</param>
    internal static string[] Missing(IEnumerable<string> files)
    {
        HashSet<string> missing = new(StringComparer.Ordinal);
        foreach (string file in files)
        {
            for (string? folder = Path.GetDirectoryName(file); folder is not null && !Directory.Exists(folder); folder = Path.GetDirectoryName(folder))
            {
                missing.Add(folder);
            }
        }

        return [.. missing.OrderByDescending(folder => folder.Length)];
    }

    /// <summary>Removes those that nothing is in.</summary>
    /// <param name="folders">What <see cref="Missing"/> gave.</param>
    internal static void RemoveEmpty(string[] folders)
    {
        foreach (string folder in folders)
        {
            try
            {
                if (Directory.Exists(folder) && !Directory.EnumerateFileSystemEntries(folder).Any())
                {
                    Directory.Delete(folder);
                }
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                // Somebody uses it, or it is not ours any more.
            }
        }
    }
}
