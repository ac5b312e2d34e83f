namespace GoCross.Processes;

/// <summary>Finds programs as a shell does, but for the current directory, which is nobody's business here.</summary>
public static class ProgramLookup
{
    private static readonly string[] Extensions = OperatingSystem.IsWindows() ? [".exe", ".cmd", ".bat"] : [string.Empty];

    /// <summary>The full path of a program on PATH, or null.</summary>
    /// <param name="name">The program's name, without a directory and without .exe.</param>
    public static string? Find(string name) => Folders().Select(folder => FindIn(folder, name)).FirstOrDefault(path => path is not null);

    /// <summary>The full path of a program in a folder, or null.</summary>
    /// <param name="folder">A full path.</param>
    /// <param name="name">The program's name, without .exe.</param>
    public static string? FindIn(string folder, string name) =>
        Extensions.Select(extension => Path.Combine(folder, name + extension)).FirstOrDefault(IsProgram);

    private static IEnumerable<string> Folders() =>
        (Environment.GetEnvironmentVariable("PATH") ?? string.Empty)
            .Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)
            .Where(Path.IsPathFullyQualified);

    private static bool IsProgram(string path)
    {
        const UnixFileMode Execute = UnixFileMode.UserExecute | UnixFileMode.GroupExecute | UnixFileMode.OtherExecute;
        return File.Exists(path) && (OperatingSystem.IsWindows() || (File.GetUnixFileMode(path) & Execute) != 0);
    }
}
