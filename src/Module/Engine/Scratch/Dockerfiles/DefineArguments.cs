using System.Text;

namespace GoCross.Scratch;

/// <summary>
/// The variables that are set at link time (-X), as arguments of a Dockerfile: what was given is the default, and who
/// builds says otherwise (--build-arg VERSION=...), so that the file is not one version's. A value that neither an ARG nor go's quotes
/// around the argument can hold as it is (quotes, what begins a variable or an escape, control characters) stays where it is
/// in go build's command, and is no argument.
/// </summary>
internal sealed class DefineArguments
{
    // A space makes go's quotes stand around it, which a value with spaces needs; the rest is in no value that anybody gives.
    private const string Begin = "\u0001 ";
    private const string End = "\u0002";

    /// <summary>Names that mean something to the builder, the shell or what they start; all of Go's and of cgo's do.</summary>
    private static readonly HashSet<string> Reserved = new(StringComparer.Ordinal)
    {
        "AR", "BUILDARCH", "BUILDOS", "BUILDPLATFORM", "BUILDVARIANT", "CC", "CXX", "FC", "HOME", "HOSTNAME", "LANG", "LOGNAME",
        "PATH", "PWD", "SHELL", "TERM", "TMP", "TMPDIR", "TZ", "USER",
    };

    private readonly List<(string Name, KeyValuePair<string, string> Variable)> _all = [];
    private readonly List<KeyValuePair<string, string>> _placeholders = [];

    /// <summary>Names the arguments: main.version is VERSION, and example.com/x/meta.buildDate BUILD_DATE.</summary>
    /// <param name="defines">The variables and their values.</param>
    internal DefineArguments(IReadOnlyList<KeyValuePair<string, string>> defines)
    {
        HashSet<string> taken = new(StringComparer.Ordinal);
        foreach (KeyValuePair<string, string> define in defines)
        {
            if (define.Value.Any(c => c is '"' or '$' or '\\' || char.IsControl(c)))
            {
                _placeholders.Add(define);
                continue;
            }

            int dot = define.Key.LastIndexOf('.');
            string name = ToArgument(define.Key[(dot + 1)..]);
            if (IsReserved(name) || !taken.Add(name))
            {
                name = ToArgument(define.Key[(define.Key.LastIndexOf('/') + 1)..]);
                for (int i = 2; IsReserved(name) || !taken.Add(name); i++)
                {
                    name = $"DEFINE_{ToArgument(define.Key)}{(i > 2 ? $"_{i}" : "")}";
                }
            }

            _placeholders.Add(KeyValuePair.Create(define.Key, $"{Begin}{_all.Count}{End}"));
            _all.Add((name, define));
        }
    }

    /// <summary>What the flags of go build are made from: a placeholder for each argument, and the other values as they are.</summary>
    internal IReadOnlyList<KeyValuePair<string, string>> Placeholders => _placeholders;

    /// <summary>The instructions that declare them; null where there are none.</summary>
    internal string? Instruction => _all.Count == 0 ? null : string.Join(
        '\n', _all.Select(argument => DockerfileText.Pairs("ARG", [KeyValuePair.Create(argument.Name, argument.Variable.Value)])));

    /// <summary>Puts the shell's variables in the place of the placeholders, which stand between single quotes.</summary>
    internal string Fill(string command)
    {
        for (int i = 0; i < _all.Count; i++)
        {
            command = command.Replace($"{Begin}{i}{End}", $"'\"${_all[i].Name}\"'", StringComparison.Ordinal);
        }

        return command;
    }

    private static bool IsReserved(string name) => Reserved.Contains(name)
        || name.StartsWith("GO", StringComparison.Ordinal) || name.StartsWith("CGO_", StringComparison.Ordinal)
        || name.StartsWith("TARGET", StringComparison.Ordinal) || name.StartsWith("GIT_", StringComparison.Ordinal)
        || name.EndsWith("_PROXY", StringComparison.Ordinal) || name.Length == 0 || char.IsAsciiDigit(name[0]);

    private static string ToArgument(string name)
    {
        var text = new StringBuilder();
        for (int i = 0; i < name.Length; i++)
        {
            if (i > 0 && char.IsUpper(name[i]) && (char.IsLower(name[i - 1]) || (i + 1 < name.Length && char.IsLower(name[i + 1]) && char.IsUpper(name[i - 1]))))
            {
                text.Append('_');
            }

            text.Append(char.IsAsciiLetterOrDigit(name[i]) ? char.ToUpperInvariant(name[i]) : '_');
        }

        return text.ToString();
    }
}
