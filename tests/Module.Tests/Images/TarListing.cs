using GoCross.Images;

namespace GoCross.Tests.Images;

/// <summary>What GNU tar lists of an archive, and the same of an image's files, line for line.</summary>
internal static class TarListing
{
    /// <summary>
    /// What tar -tv says: kind and mode, owner, size, path, target. Of a path that is there twice the last counts; a hard
    /// link reads as the file that it names. Whiteouts are left out.
    /// </summary>
    internal static string[] Of(string archive)
    {
        var entries = new Dictionary<string, string[]>(StringComparer.Ordinal);
        foreach (string line in Programs.Output("tar", ["-tvf", archive, "--numeric-owner"]).Split('\n', StringSplitOptions.RemoveEmptyEntries))
        {
            // -rw-r--r-- 0/0 5 2024-01-02 03:04 etc/passwd [-> target | link to target]
            string[] words = line.Split(' ', StringSplitOptions.RemoveEmptyEntries);
            string path = Clean(words[5]);
            if (!path[(path.LastIndexOf('/') + 1)..].StartsWith(".wh.", StringComparison.Ordinal) && path != "/")
            {
                entries[path] = words;
            }
        }

        return [.. entries.Select(pair => Line(pair.Key, pair.Value)).Order(StringComparer.Ordinal)];

        string Line(string path, string[] words)
        {
            string[] file = words;
            while (file[0][0] == 'h')
            {
                file = entries[Clean(file[^1])];
            }

            return $"{path} {file[0]} {file[1]} {file[2]}{(file[0][0] == 'l' ? " -> " + file[^1] : "")}";
        }
    }

    /// <summary>The same of an image's files.</summary>
    internal static string[] Of(IEnumerable<ImageFile> files) =>
    [
        .. files.Where(file => file.Path != "/" && file.Change != FileChangeKind.Removed)
            .Select(file => $"{file.Path} {Mode(file)} {file.UserId}/{file.GroupId} {file.Size}{(file.LinkTarget is null ? "" : " -> " + file.LinkTarget)}")
            .Order(StringComparer.Ordinal),
    ];

    private static string Clean(string path) => "/" + (path.StartsWith("./", StringComparison.Ordinal) ? path[2..] : path == "." ? "" : path).Trim('/');

    // As ls(1) has it; none of the tests' files has a special bit without the right to execute.
    private static string Mode(ImageFile file)
    {
        char[] letters = [.. Enumerable.Range(0, 9).Select(i => (file.Mode!.Value & (0x100 >> i)) != 0 ? "rwx"[i % 3] : '-')];
        letters[2] = (file.Mode & 0x800) != 0 ? 's' : letters[2];
        letters[5] = (file.Mode & 0x400) != 0 ? 's' : letters[5];
        letters[8] = (file.Mode & 0x200) != 0 ? 't' : letters[8];
        return file.Type switch { ImageFileType.Directory => 'd', ImageFileType.SymbolicLink => 'l', _ => '-' } + new string(letters);
    }
}
