using System.Diagnostics.CodeAnalysis;

namespace GoCross.Shell;

/// <summary>What the shell was asked to do.</summary>
internal enum Mode
{
    Prompt,
    Command,
    File,
    StandardInput,
    Help,
    Version,
}

/// <summary>The command line, in pwsh's own terms.</summary>
internal sealed record CommandLine
{
    private static readonly Dictionary<string, string> Switches = new(StringComparer.OrdinalIgnoreCase)
    {
        ["command"] = "command", ["c"] = "command",
        ["file"] = "file", ["f"] = "file",
        ["noexit"] = "noexit", ["noe"] = "noexit",
        ["noninteractive"] = "noninteractive", ["noni"] = "noninteractive",
        ["workingdirectory"] = "workingdirectory", ["wd"] = "workingdirectory", ["wo"] = "workingdirectory",
        ["nomodule"] = "nomodule",
        ["nologo"] = "nologo", ["nol"] = "nologo",
        ["noprofile"] = "noprofile", ["nop"] = "noprofile",
        ["version"] = "version", ["v"] = "version",
        ["help"] = "help", ["h"] = "help", ["?"] = "help",
    };

    public Mode Mode { get; private init; } = Mode.Prompt;

    /// <summary>The script's text, or the script file's full path.</summary>
    public string Text { get; private init; } = string.Empty;

    /// <summary>What stood behind the script file.</summary>
    public IReadOnlyList<string> Arguments { get; private init; } = [];

    public bool NoExit { get; private init; }

    public bool NonInteractive { get; private init; }

    public bool NoModule { get; private init; }

    public bool NoLogo { get; private init; }

    /// <summary>The folder to start in; null is the process's own.</summary>
    public string? WorkingDirectory { get; private init; }

    /// <summary>Reads a command line.</summary>
    /// <param name="args">The arguments.</param>
    /// <param name="inputRedirected">Whether standard input is no terminal.</param>
    /// <param name="commandLine">What was understood.</param>
    /// <param name="error">Why it was not.</param>
    internal static bool TryParse(
        IReadOnlyList<string> args,
        bool inputRedirected,
        [NotNullWhen(true)] out CommandLine? commandLine,
        [NotNullWhen(false)] out string? error)
    {
        commandLine = null;
        error = null;
        var options = new CommandLine();
        for (int i = 0; i < args.Count; i++)
        {
            string? name = NameOf(args[i]);
            switch (name)
            {
                case "help":
                    commandLine = options with { Mode = Mode.Help };
                    return true;
                case "version":
                    commandLine = options with { Mode = Mode.Version };
                    return true;
                case "noexit":
                    options = options with { NoExit = true };
                    break;
                case "noninteractive":
                    options = options with { NonInteractive = true };
                    break;
                case "nomodule":
                    options = options with { NoModule = true };
                    break;
                case "nologo":
                    options = options with { NoLogo = true };
                    break;
                case "noprofile":
                    break;
                case "workingdirectory":
                    if (++i >= args.Count)
                    {
                        error = "-WorkingDirectory needs a folder behind it.";
                        return false;
                    }

                    options = options with { WorkingDirectory = args[i] };
                    break;
                case "command":
                    return TryParseCommand(options, [.. args.Skip(i + 1)], out commandLine, out error);
                case "file":
                    return TryParseFile(options, [.. args.Skip(i + 1)], out commandLine, out error);
                default:
                    if (args[i].Length > 1 && args[i][0] == '-')
                    {
                        error = $"There is no option {args[i]}. See -Help.";
                        return false;
                    }

                    // As in pwsh, what is no option is a script file.
                    return TryParseFile(options, [.. args.Skip(i)], out commandLine, out error);
            }
        }

        commandLine = inputRedirected ? options with { Mode = Mode.StandardInput } : options;
        return true;
    }

    private static string? NameOf(string argument)
    {
        string trimmed = argument.StartsWith("--", StringComparison.Ordinal) ? argument[2..]
            : argument.StartsWith('-') ? argument[1..]
            : string.Empty;
        return Switches.GetValueOrDefault(trimmed);
    }

    private static bool TryParseCommand(CommandLine options, string[] rest, out CommandLine? commandLine, out string? error)
    {
        error = rest.Length == 0 ? "-Command needs a script behind it, or - for standard input."
            : rest[0] == "-" && rest.Length > 1 ? "Nothing may stand behind -Command -."
            : null;
        commandLine = error is not null ? null
            : rest[0] == "-" ? options with { Mode = Mode.StandardInput }
            : options with { Mode = Mode.Command, Text = string.Join(' ', rest) };
        return error is null;
    }

    private static bool TryParseFile(CommandLine options, string[] rest, out CommandLine? commandLine, out string? error)
    {
        commandLine = null;
        error = null;
        if (rest.Length == 0)
        {
            error = "-File needs a script file behind it, or - for standard input.";
            return false;
        }

        if (rest[0] == "-")
        {
            commandLine = options with { Mode = Mode.StandardInput };
            return true;
        }

        string path = Path.GetFullPath(rest[0]);
        if (!System.IO.File.Exists(path))
        {
            error = $"There is no script file \"{rest[0]}\".";
            return false;
        }

        commandLine = options with { Mode = Mode.File, Text = path, Arguments = rest[1..] };
        return true;
    }
}
