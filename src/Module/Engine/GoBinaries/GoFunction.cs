namespace GoCross.GoBinaries;

/// <summary>A function of a Go program.</summary>
/// <param name="Name">Its full name as the linker has it, for example <c>net/http.(*Client).Do</c>.</param>
/// <param name="TextOffset">Where it starts, in bytes from the first function.</param>
/// <param name="Size">The bytes from its start to the next function's, padding included.</param>
public readonly record struct GoFunction(string Name, ulong TextOffset, ulong Size)
{
    /// <summary>
    /// The path of the package it belongs to: the name up to the first dot after the last slash; empty for what
    /// belongs to none, such as the linker's <c>go:buildid</c> and C code.
    /// </summary>
    public string Package => PackageOf(Name);

    /// <summary>The path of the package that a function of a name belongs to.</summary>
    /// <param name="name">The function's full name.</param>
    public static string PackageOf(string name)
    {
        // Type arguments, in brackets, hold paths of their own.
        int bracket = name.IndexOf('[', StringComparison.Ordinal);
        ReadOnlySpan<char> head = bracket < 0 ? name : name.AsSpan(0, bracket);
        int slash = head.LastIndexOf('/');

        // What the compiler generates: go:buildid, type:.eq.T; before Go 1.20 go.buildid, type..eq.T. A path that begins
        // with go. (go.uber.org/zap) goes on with a slash.
        if (head.StartsWith("go:") || head.StartsWith("type:") || head.StartsWith("type..")
            || (slash < 0 && head.StartsWith("go.")))
        {
            return "";
        }

        int dot = head[(slash + 1)..].IndexOf('.');
        return dot < 0 ? "" : Unescape(head[..(slash + 1 + dot)].ToString());
    }

    /// <summary>The linker writes the dots of a path's last element, and what is not plain text, as <c>%2e</c>.</summary>
    private static string Unescape(string path) =>
        path.Contains('%', StringComparison.Ordinal) ? Uri.UnescapeDataString(path) : path;
}
