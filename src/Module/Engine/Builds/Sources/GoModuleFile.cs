using GoCross.Errors;

namespace GoCross.Builds;

/// <summary>
/// The folders that a go.mod or a go.work names (The Go Modules Reference, "go.mod files", "go.work files"). Read here and
/// not by go, which need not be on this machine.
/// </summary>
internal static class GoModuleFile
{
    private const int MaxBytes = 16 << 20;

    /// <summary>The folders of the modules that go.work uses and of those that replace others, as full paths.</summary>
    /// <param name="path">The file's full path. One that cannot be read names nothing: go says what is wrong with it.</param>
    internal static IReadOnlyList<string> Folders(string path)
    {
        string folder = Path.GetDirectoryName(path)!;
        try
        {
            return new FileInfo(path) is { Exists: true, Length: <= MaxBytes }
                ? [.. Named(File.ReadAllLines(path)).Select(name => Path.GetFullPath(name, folder))]
                : [];
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException)
        {
            return [];
        }
    }

    /// <summary>What a go.mod or a go.work says of itself.</summary>
    /// <param name="path">The file's full path.</param>
    /// <exception cref="GoCrossException">SourceUnreadable.</exception>
    internal static GoModuleFacts Read(string path)
    {
        string[] lines;
        try
        {
            lines = File.ReadAllLines(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw GoCrossException.Create(e, ErrorKind.AccessDenied, nameof(Messages.SourceUnreadable), path, e.Message);
        }

        string module = string.Empty, version = string.Empty, toolchain = string.Empty;
        string folder = Path.GetDirectoryName(path)!;
        List<string> requirements = [];
        List<string> used = [];
        List<(string, string)> replaced = [];
        foreach (List<string> words in Directives(lines))
        {
            switch (words)
            {
                case ["module", var name]:
                    module = name;
                    break;
                case ["go", var language]:
                    version = language;
                    break;
                case ["toolchain", var name] when name != "default":
                    toolchain = name;
                    break;
                case ["require", var required, ..]:
                    requirements.Add(required);
                    break;
                case ["use", var name]:
                    used.Add(Path.TrimEndingDirectorySeparator(Path.GetFullPath(name, folder)));
                    break;
                case ["replace", var old, .., "=>", var replacement] when IsFolder(replacement):
                    replaced.Add((old, Path.TrimEndingDirectorySeparator(Path.GetFullPath(replacement, folder))));
                    break;
            }
        }

        return new GoModuleFacts(module, version, toolchain, requirements, used, replaced);
    }

    private static IEnumerable<string> Named(IEnumerable<string> lines)
    {
        foreach (List<string> words in Directives(lines))
        {
            if (words is ["use", var used])
            {
                yield return used;
            }
            else if (words is ["replace", .., "=>", var replacement] && IsFolder(replacement))
            {
                yield return replacement;
            }
        }
    }

    /// <summary>The directives, those of a block each with the block's word before it.</summary>
    private static IEnumerable<List<string>> Directives(IEnumerable<string> lines)
    {
        string block = string.Empty;
        foreach (string line in lines)
        {
            List<string> words = Words(line);
            if (block.Length > 0)
            {
                if (words is [")"])
                {
                    block = string.Empty;
                    continue;
                }

                words.Insert(0, block);
            }
            else if (words is [_, "("])
            {
                block = words[0];
                continue;
            }

            yield return words;
        }
    }

    // What is not a folder is a module path, and has a version behind it.
    private static bool IsFolder(string text) => text is "." or ".." || Path.IsPathRooted(text)
        || text.StartsWith("./", StringComparison.Ordinal) || text.StartsWith("../", StringComparison.Ordinal);

    private static List<string> Words(string line)
    {
        List<string> words = [];
        for (int i = 0; i < line.Length;)
        {
            char character = line[i];
            if (character is ' ' or '\t' or '\r')
            {
                i++;
            }
            else if (character == '/' && i + 1 < line.Length && line[i + 1] == '/')
            {
                break;
            }
            else if (character is '"' or '`')
            {
                int end = line.IndexOf(character, i + 1);
                end = end < 0 ? line.Length : end;
                words.Add(line[(i + 1)..end]);
                i = end + 1;
            }
            else if (character is '(' or ')')
            {
                words.Add(character.ToString());
                i++;
            }
            else
            {
                int end = line.AsSpan(i).IndexOfAny(" \t\r()");
                end = end < 0 ? line.Length : i + end;
                words.Add(line[i..end]);
                i = end;
            }
        }

        return words;
    }
}
