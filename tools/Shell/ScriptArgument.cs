using System.Management.Automation.Language;
using System.Text.RegularExpressions;

namespace GoCross.Shell;

/// <summary>Makes an argument of the command line into one of a script, as pwsh -File does.</summary>
internal static partial class ScriptArgument
{
    /// <summary>
    /// -Name stays a parameter's name and -Name:value a parameter with a value, where true and false, with or without
    /// a $, are truth values; all else is a text.
    /// </summary>
    internal static string Quote(string argument)
    {
        Match named = Named().Match(argument);
        if (!named.Success)
        {
            return Text(argument);
        }

        string name = named.Groups["name"].Value;
        string value = named.Groups["value"].Value;
        return !named.Groups["colon"].Success || value.Length == 0 ? argument
            : bool.TryParse(value.TrimStart('$'), out bool truth) ? $"{name}:${truth}"
            : $"{name}:{Text(value)}";
    }

    private static string Text(string value) => $"'{CodeGeneration.EscapeSingleQuotedStringContent(value)}'";

    [GeneratedRegex(@"^(?<name>-[\p{L}_?][\p{L}\p{N}_]*)((?<colon>:)(?<value>.*))?$", RegexOptions.Singleline)]
    private static partial Regex Named();
}
