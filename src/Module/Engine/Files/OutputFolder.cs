namespace GoCross.Files;

/// <summary>
/// The folder of a file in the making. It is made where it is missing, and taken away again where nothing came of any of
/// the files that were to be in it.
/// </summary>
internal sealed class OutputFolder : IDisposable
{
    private static readonly object Gate = new();

    // Folders that were made here and are empty as far as one knows; and how many files in the making each folder has.
    private static readonly HashSet<string> Made = new(StringComparer.Ordinal);
    private static readonly Dictionary<string, int> Users = new(StringComparer.Ordinal);

    private readonly string _path;
    private bool _isKept;

    private OutputFolder(string path) => _path = path;

    /// <summary>Makes the folder, with its parents, where it is missing.</summary>
    /// <param name="path">Its full path.</param>
    /// <exception cref="IOException">It cannot be made.</exception>
    /// <exception cref="UnauthorizedAccessException">It may not be made.</exception>
    internal static OutputFolder Open(string path)
    {
        lock (Gate)
        {
            List<string> missing = [];
            for (string? at = path; at is not null && !Directory.Exists(at); at = Path.GetDirectoryName(at))
            {
                missing.Add(at);
            }

            // Where it fails halfway, what was made goes away like all that stays empty.
            Made.UnionWith(missing);
            var folder = new OutputFolder(path);
            Users[path] = Users.GetValueOrDefault(path) + 1;
            try
            {
                Directory.CreateDirectory(path);
            }
            catch
            {
                folder.Dispose();
                throw;
            }

            return folder;
        }
    }

    /// <summary>Says that a file came into it: the folder and its parents stay.</summary>
    internal void Keep()
    {
        _isKept = true;
        lock (Gate)
        {
            for (string? at = _path; at is not null && Made.Remove(at); at = Path.GetDirectoryName(at))
            {
            }
        }
    }

    /// <summary>Takes the folder away if it was made here, nothing came into it, and no other file is in the making there.</summary>
    public void Dispose()
    {
        lock (Gate)
        {
            if (--Users[_path] > 0)
            {
                return;
            }

            Users.Remove(_path);
            for (string? at = _path;
                !_isKept && at is not null && Made.Contains(at) && !Users.ContainsKey(at);
                at = Path.GetDirectoryName(at))
            {
                try
                {
                    Directory.Delete(at);
                }
                catch (Exception e) when (e is IOException or UnauthorizedAccessException)
                {
                    // Not empty, or gone already: whatever it is, nothing here has to undo it.
                    if (Directory.Exists(at))
                    {
                        return;
                    }
                }

                Made.Remove(at);
            }
        }
    }
}
