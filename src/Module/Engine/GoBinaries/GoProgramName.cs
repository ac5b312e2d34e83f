namespace GoCross.GoBinaries;

/// <summary>What go build calls a program.</summary>
public static class GoProgramName
{
    /// <summary>
    /// The name of the program that a main package makes: the last element of its import path, or the one before a
    /// major version, so that example.com/tool/v2 makes tool (cmd/go, load.DefaultExecName).
    /// </summary>
    /// <param name="importPath">The package's import path.</param>
    public static string Of(string importPath)
    {
        string[] elements = importPath.Split('/');
        string last = elements[^1];
        bool isVersion = last.Length > 1 && last[0] == 'v' && last.AsSpan(1).IndexOfAnyExceptInRange('0', '9') < 0
            && last is not ("v0" or "v1") && last[1] != '0';
        return isVersion && elements.Length > 1 ? elements[^2] : last;
    }
}
