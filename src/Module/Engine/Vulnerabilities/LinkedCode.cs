using System.Text;
using GoCross.GoBinaries;

namespace GoCross.Vulnerabilities;

/// <summary>The functions and packages that are linked into a program, by the names in its function table.</summary>
internal sealed class LinkedCode
{
    private readonly HashSet<string> _functions = new(StringComparer.Ordinal);
    private readonly HashSet<string> _receivers = new(StringComparer.Ordinal);
    private readonly HashSet<string> _packages = new(StringComparer.Ordinal);
    private readonly string? _main;

    // Most names of a package, and of a type's methods, stand together: what was made of the one before serves the next.
    private string _prefix = string.Empty;
    private string _package = string.Empty;
    private string _receiver = string.Empty;

    private LinkedCode(string? main, bool hasInlined)
    {
        _main = main;
        HasInlined = hasInlined;
    }

    /// <summary>Whether functions that exist only as inlined copies are among the names: from Go 1.16 on.</summary>
    internal bool HasInlined { get; }

    /// <summary>Reads the names.</summary>
    /// <param name="table">The program's functions.</param>
    /// <param name="mainPackage">The path of the main package, which the table calls main; null where it is not known.</param>
    /// <exception cref="Errors.GoCrossException">GoFunctionTableDamaged.</exception>
    /// <exception cref="IOException">The program cannot be read.</exception>
    internal static LinkedCode Read(GoFunctionTable table, string? mainPackage)
    {
        var code = new LinkedCode(mainPackage, table.Version != GoFunctionTableVersion.Go12);
        table.ForEachName(name => code.See(Encoding.UTF8.GetString(name)));
        return code;
    }

    /// <summary>The names of a program of a test's own.</summary>
    internal static LinkedCode Of(IEnumerable<string> names, string? mainPackage)
    {
        var code = new LinkedCode(mainPackage, hasInlined: true);
        foreach (string name in names)
        {
            code.See(name);
        }

        return code;
    }

    /// <summary>Whether any code of a package is linked.</summary>
    /// <param name="path">Its import path.</param>
    internal bool HasPackage(string path) => _packages.Contains(path) || (path == _main && _packages.Contains("main"));

    /// <summary>Whether a function is linked.</summary>
    /// <param name="package">Its package's import path.</param>
    /// <param name="symbol">Its name as reports have it: F, T.M. Of a type, whether any method of it is.</param>
    internal bool HasSymbol(string package, string symbol)
    {
        string prefix = package == _main && !_packages.Contains(package) ? "main" : package;
        string name = $"{prefix}.{symbol}";
        return _functions.Contains(name) || _receivers.Contains(name);
    }

    // net/http.(*Client).Do, and its kin: Do-fm, Do.func1, Do[...], T[go.shape.int].M. Reports write Client.Do.
    private void See(string name)
    {
        int at = SymbolStart(name);
        if (!name.AsSpan(0, at).SequenceEqual(_prefix))
        {
            _prefix = name[..at];
            _package = GoFunction.PackageOf(name);
            if (_package.Length > 0)
            {
                _packages.Add(_package);
            }
        }

        if (_package.Length == 0)
        {
            return;
        }

        // A path that is written as it is has the length of what is written.
        ReadOnlySpan<char> symbol = name.AsSpan(at);
        bool isPlain = symbol.IndexOfAny("[()*-") < 0;
        string function = isPlain && _package.Length == at - 1 ? name : string.Concat(_package, ".", isPlain ? symbol : Plain(symbol));
        _functions.Add(function);
        int dot = function.IndexOf('.', _package.Length + 1);
        if (dot > _package.Length + 1 && !function.AsSpan(0, dot).SequenceEqual(_receiver))
        {
            _receiver = function[..dot];
            _receivers.Add(_receiver);
        }
    }

    // Behind the first dot after the last slash that is in no bracket.
    private static int SymbolStart(string name)
    {
        int bracket = name.IndexOf('[', StringComparison.Ordinal);
        int slash = bracket < 0 ? name.LastIndexOf('/') : name.LastIndexOf('/', bracket);
        return name.IndexOf('.', slash + 1) + 1;
    }

    private static string Plain(ReadOnlySpan<char> symbol)
    {
        const string MethodValue = "-fm";
        Span<char> text = symbol.Length <= 256 ? stackalloc char[256] : new char[symbol.Length];
        int length = 0;
        int depth = 0;
        foreach (char character in symbol)
        {
            depth += character == '[' ? 1 : 0;
            if (depth == 0 && character is not ('(' or ')' or '*'))
            {
                text[length++] = character;
            }

            depth -= character == ']' ? 1 : 0;
        }

        text = text[..length];
        return (text.EndsWith(MethodValue) ? text[..^MethodValue.Length] : text).ToString();
    }
}
