using GoCross.Files;
using GoCross.Processes;

namespace GoCross.Tests.Elf;

/// <summary>Starts a program in a root that holds nothing else, as an image FROM scratch does.</summary>
internal static class EmptyRoot
{
    private static readonly Lazy<bool> MayChangeRoot = new(() =>
        Programs.Run("unshare", [.. Unshare, "/bin/true"]).ExitCode == 0);

    // A user namespace makes it work for those who are not root, where the kernel lets them.
    internal static string[] Unshare => Environment.IsPrivilegedProcess ? ["--mount"] : ["--mount", "--map-root-user"];

    /// <summary>Whether this user may change the root at all.</summary>
    internal static bool IsPossible => MayChangeRoot.Value;

    /// <summary>Whether the program starts and ends well.</summary>
    internal static bool Starts(string program)
    {
        using var root = new TemporaryDirectory();
        string copy = Path.Combine(root.Path, "program");
        File.Copy(program, copy);
        Programs.Output("chmod", ["755", copy]);
        ProcessResult result = Programs.Run("unshare", [.. Unshare, $"--root={root.Path}", "/program"]);
        return result.ExitCode == 0 && result.StandardOutput.Contains("ready", StringComparison.Ordinal);
    }
}
