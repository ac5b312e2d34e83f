using GoCross.Errors;

namespace GoCross.Builds;

/// <summary>
/// GOFLAGS: what the user set for all go commands, read as go reads it (cmd/go/internal/base, goflags.go). Each word is
/// -name or -name=value, with one dash or two; where a flag stands there twice, the last one counts, but for the flags
/// that take a pattern of packages.
/// </summary>
internal sealed class GoFlagsVariable
{
    /// <summary>What stands for no flags where an empty value would let go's configuration file speak.</summary>
    internal const string None = " ";

    private const string Name = "GOFLAGS";

    /// <summary>Flags that decide which files and modules a question is about; all others would spoil its answer or cost time.</summary>
    private static readonly string[] OfQuestions =
    [
        "asan", "compiler", "installsuffix", "mod", "modcacherw", "modfile", "msan", "overlay", "race", "tags",
    ];

    private readonly List<(string Name, string? Value, string Word)> _flags = [];

    /// <summary>Reads the variable.</summary>
    /// <param name="text">Its value.</param>
    /// <exception cref="GoCrossException">FlagsUnclosed.</exception>
    internal GoFlagsVariable(string text)
    {
        if (!GoQuoting.TrySplit(text, out List<string> words))
        {
            throw GoCrossException.Create(ErrorKind.InvalidArgument, nameof(Messages.FlagsUnclosed), Name, text);
        }

        foreach (string word in words)
        {
            string flag = word.StartsWith("--", StringComparison.Ordinal) ? word[2..] : word.TrimStart('-');
            int equals = flag.IndexOf('=', StringComparison.Ordinal);
            if (equals != 0 && flag.Length > 0)
            {
                _flags.Add((equals < 0 ? flag : flag[..equals], equals < 0 ? null : flag[(equals + 1)..], word));
            }
        }

        ForCompiled = Join(_flags.Where(flag => flag.Name is not ("json" or "f" or "n" or "x" or "v" or "o" or "work")));
        ForQuestions = Join(_flags.Where(flag => OfQuestions.Contains(flag.Name)));

        // go build -json says the same in another form, which is none that is read here (Go 1.24).
        ForBuilds = Join(_flags.Where(flag => flag.Name != "json"));
    }

    /// <summary>The words, in order, each with the name of its flag.</summary>
    internal IEnumerable<(string Name, string Word)> Words => _flags.Select(flag => (flag.Name, flag.Word));

    /// <summary>The variable for questions to go: what decides on files and modules.</summary>
    internal string ForQuestions { get; }

    /// <summary>The variable for questions to go about what it compiled: what decides on files, modules and code.</summary>
    internal string ForCompiled { get; }

    /// <summary>The variable for go build.</summary>
    internal string ForBuilds { get; }

    /// <summary>Whether a flag is there.</summary>
    internal bool Has(string name) => _flags.Exists(flag => flag.Name == name);

    /// <summary>A flag's value, the last one; null where it is not there.</summary>
    internal string? Last(string name) => _flags.FindLast(flag => flag.Name == name) is { Name: not null } last ? last.Value ?? "true" : null;

    /// <summary>A flag's values, in order.</summary>
    internal IEnumerable<string> All(string name) => _flags.Where(flag => flag.Name == name).Select(flag => flag.Value ?? string.Empty);

    /// <summary>Whether a flag is set that says yes or no; null where it is not there.</summary>
    internal bool? IsSet(string name) => Last(name) switch
    {
        null => null,

        // strconv.ParseBool
        "1" or "t" or "T" or "TRUE" or "true" or "True" => true,
        _ => false,
    };

    private static string Join(IEnumerable<(string Name, string? Value, string Word)> flags)
    {
        string[] words = [.. flags.Select(flag => flag.Word)];

        // What could be read can be written: no word holds both marks.
        return words.Length == 0 || !GoQuoting.TryJoin(words, out string? text) ? None : text;
    }
}
