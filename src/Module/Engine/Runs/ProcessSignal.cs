using System.Globalization;
using System.Runtime.InteropServices;

namespace GoCross.Runs;

/// <summary>A signal of Linux, with the numbers that it has on all architectures but MIPS (signal(7)).</summary>
/// <param name="Number">Its number, 1 to 64.</param>
public readonly record struct ProcessSignal(int Number)
{
    /// <summary>The highest number of a signal, of the real-time ones.</summary>
    internal const int Last = 64;

    private const string Prefix = "SIG";

    private static readonly string[] Names =
    [
        "SIGHUP", "SIGINT", "SIGQUIT", "SIGILL", "SIGTRAP", "SIGABRT", "SIGBUS", "SIGFPE", "SIGKILL", "SIGUSR1", "SIGSEGV",
        "SIGUSR2", "SIGPIPE", "SIGALRM", "SIGTERM", "SIGSTKFLT", "SIGCHLD", "SIGCONT", "SIGSTOP", "SIGTSTP", "SIGTTIN",
        "SIGTTOU", "SIGURG", "SIGXCPU", "SIGXFSZ", "SIGVTALRM", "SIGPROF", "SIGWINCH", "SIGIO", "SIGPWR", "SIGSYS",
    ];

    /// <summary>SIGTERM, with which container engines ask a program to end.</summary>
    public static ProcessSignal Terminate => new(15);

    /// <summary>Reads a signal's name, with SIG or without, or its number.</summary>
    /// <returns>Null for what is not a signal.</returns>
    public static ProcessSignal? TryParse(string text)
    {
        string name = text.Trim().ToUpperInvariant();
        if (int.TryParse(name, NumberStyles.None, CultureInfo.InvariantCulture, out int number))
        {
            return number is >= 1 and <= Last ? new ProcessSignal(number) : null;
        }

        int index = Array.IndexOf(Names, name.StartsWith(Prefix, StringComparison.Ordinal) ? name : Prefix + name);
        return index < 0 ? null : new ProcessSignal(index + 1);
    }

    /// <summary>Its name, such as SIGTERM.</summary>
    public override string ToString() =>
        Number <= Names.Length ? Names[Number - 1] : string.Create(CultureInfo.InvariantCulture, $"signal {Number}");

    /// <summary>Sends it to a child process that has not been waited for: its number is nobody else's until then.</summary>
    /// <returns>Whether there was such a process. Always false on Windows, which has no signals.</returns>
    internal bool Send(int processId) => !OperatingSystem.IsWindows() && Kill(processId, Number) == 0;

    [DllImport("libc", EntryPoint = "kill")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int Kill(int processId, int signal);
}
