using System.Globalization;
using System.Text;
using GoCross.Processes;

namespace GoCross.Builds;

/// <summary>
/// Keeps what is built out of what is stamped. go build asks git whether the checkout is as it was committed (git status
/// --porcelain); a program that lies in it and that nobody told git to ignore makes it "modified" for the next build. For
/// go's question git gets a list of files to ignore (core.excludesFile, gitignore(5)): the user's own, and the outputs.
/// </summary>
internal static class StampedSource
{
    private const string CountName = "GIT_CONFIG_COUNT";

    /// <summary>What git is not to see of a checkout; null where there is nothing to hide.</summary>
    /// <param name="toolchain">The toolchain, where git is looked for.</param>
    /// <param name="folder">The full path of a folder of the source.</param>
    /// <param name="packages">The folders of the packages that are built: none of them is hidden.</param>
    /// <param name="outputs">The full paths of outputs: files, and folders, which end in a separator.</param>
    /// <param name="cancellation">Ends the asking.</param>
    internal static async Task<string?> FindIgnoredAsync(
        GoToolchain toolchain,
        string folder,
        IReadOnlyList<string> packages,
        IReadOnlyList<string> outputs,
        CancellationToken cancellation)
    {
        string? root = VersionControl.Git.RootOf(folder);
        if (root is null || toolchain.Host.FindProgram(VersionControl.Git.Program) is not { } git)
        {
            return null;
        }

        string[] hidden =
        [
            .. outputs.Where(path => SourceFolders.IsWithin(Path.TrimEndingDirectorySeparator(path), root)
                && !packages.Any(package => (package + Path.DirectorySeparatorChar).StartsWith(path, StringComparison.Ordinal))),
        ];
        if (hidden.Length == 0)
        {
            return null;
        }

        var text = new StringBuilder(await UsersAsync(toolchain, git, folder, cancellation).ConfigureAwait(false));
        text.Append('\n');
        foreach (string path in hidden)
        {
            string pattern = Escape("/" + path[(root.Length + 1)..].Replace(Path.DirectorySeparatorChar, '/'));
            text.Append(pattern).Append('\n');
            if (!pattern.EndsWith('/'))
            {
                // What an output is called while it is written.
                int slash = pattern.LastIndexOf('/') + 1;
                text.Append(pattern, 0, slash).Append('.').Append(pattern, slash, pattern.Length - slash).Append(".*.tmp*\n");
            }
        }

        return text.ToString();
    }

    /// <summary>Has git ignore what a file lists, beside what its own files say.</summary>
    /// <param name="environment">The variables of go.</param>
    /// <param name="file">The file, where go runs.</param>
    internal static void Ignore(Dictionary<string, string?> environment, string file)
    {
        int count = int.TryParse(Environment.GetEnvironmentVariable(CountName), CultureInfo.InvariantCulture, out int given) ? given : 0;
        environment[CountName] = (count + 1).ToString(CultureInfo.InvariantCulture);
        environment[string.Create(CultureInfo.InvariantCulture, $"GIT_CONFIG_KEY_{count}")] = "core.excludesFile";
        environment[string.Create(CultureInfo.InvariantCulture, $"GIT_CONFIG_VALUE_{count}")] = file;
    }

    /// <summary>What the user has git ignore everywhere: the file is told of by git, or is where git looks by itself.</summary>
    private static async Task<string> UsersAsync(GoToolchain toolchain, string git, string folder, CancellationToken cancellation)
    {
        if (toolchain.Host is not LocalGoHost)
        {
            // A container is nobody's: its git has no such file.
            return string.Empty;
        }

        ProcessResult result = await toolchain.Host.RunAsync(
            new ProcessRequest
            {
                FileName = git,
                Arguments = ["config", "--type=path", "--get", "core.excludesFile"],
                WorkingDirectory = folder,
                Environment = toolchain.BaseEnvironment(),
            },
            cancellation).ConfigureAwait(false);
        string? file = result.ExitCode == 0
            ? result.StandardOutput.TrimEnd('\n')
            : (toolchain.Inherited("XDG_CONFIG_HOME"), toolchain.Inherited("HOME")) switch
            {
                ({ Length: > 0 } configuration, _) => Path.Combine(configuration, "git", "ignore"),
                (_, { Length: > 0 } home) => Path.Combine(home, ".config", "git", "ignore"),
                _ => null,
            };
        try
        {
            return file is null ? string.Empty : await File.ReadAllTextAsync(Path.GetFullPath(file, folder), cancellation).ConfigureAwait(false);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return string.Empty;
        }
    }

    /// <summary>A path as a pattern that stands for itself.</summary>
    private static string Escape(string path)
    {
        var text = new StringBuilder(path.Length);
        foreach (char c in path)
        {
            if (c is '*' or '?' or '[' or ']' or '\\' or ' ')
            {
                text.Append('\\');
            }

            text.Append(c);
        }

        return text.ToString();
    }
}
