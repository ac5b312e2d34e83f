namespace GoCross.Tests.Scratch;

/// <summary>Folders with a Go module, for Dockerfiles that build it.</summary>
internal static class SourceFolder
{
    /// <summary>Writes a module example.test/program with one main package.</summary>
    /// <param name="folder">The module's folder.</param>
    /// <param name="source">The text of main.go.</param>
    /// <param name="package">The package's folder in it.</param>
    internal static void Write(string folder, string source, string package)
    {
        File.WriteAllText(Path.Combine(folder, "go.mod"), "module example.test/program\n\ngo 1.21\n");
        string there = Directory.CreateDirectory(Path.Combine(folder, package)).FullName;
        File.WriteAllText(Path.Combine(there, "main.go"), source);
    }

    /// <summary>Puts all that is in a folder into a repository there, and gives the revision.</summary>
    internal static string Commit(string folder)
    {
        Programs.Output("git", ["init", "--quiet"], folder);
        Programs.Output("git", ["add", "--all"], folder);
        Programs.Output("git", ["-c", "user.name=Test", "-c", "user.email=test@example.test", "commit", "--quiet", "--message", "all"], folder);
        return Programs.Output("git", ["rev-parse", "HEAD"], folder).Trim();
    }
}
