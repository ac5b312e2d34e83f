namespace GoCross.Toolchains;

/// <summary>What to do about a program that is not there.</summary>
public static class InstallHint
{
    /// <summary>
    /// The command that installs a program on this machine's system, or where the system has no package of it a sentence
    /// on what else one can do.
    /// </summary>
    /// <param name="program">The program's name, such as aarch64-linux-musl-gcc; any of the names that a tool goes by.</param>
    /// <returns>The text for an error's Fix; null for a program that nothing in GoCross uses.</returns>
    public static string? For(string program) => For(program, Distribution.Current);

    /// <summary>The same for another system.</summary>
    /// <param name="program">The program's name.</param>
    /// <param name="distribution">The system.</param>
    public static string? For(string program, Distribution distribution) =>
        ToolCatalogue.Find(program)?.Installation is { } installation
            ? installation.CommandFor(distribution) ?? installation.Otherwise
            : null;
}
