using System.Buffers;
using System.Text;

namespace GoCross.Images;

/// <summary>
/// A path with * for any text, slashes included, ? for one character, and \ before either for itself. With a slash it is
/// compared with the whole path, without with the name at the end. With a slash at its end it means what is below. Or
/// PowerShell's wildcards, for a whole path.
/// </summary>
/// <remarks>
/// It is an automaton whose state is the places in the pattern that may come next, in order. So a tree can be walked with
/// it: what no path can match from a directory on is not entered, and where a link leads back the state tells whether
/// anything new can come.
/// </remarks>
internal sealed class PathPattern
{
    private const int AnyText = -1;
    private const int AnyCharacter = -2;

    // From here downwards the sets, by their places in the list.
    private const int FirstSet = -3;

    private readonly int[] _parts;
    private readonly IReadOnlyList<(int First, int Last)[]> _sets = [];
    private readonly bool _ignoresCase;

    /// <summary>Reads a pattern.</summary>
    /// <param name="text">What the user wrote.</param>
    /// <param name="isWindows">
    /// Whether it is for a Windows image: case does not matter, a drive in front is left out, and \ parts names as / does.
    /// </param>
    internal PathPattern(string text, bool isWindows = false)
    {
        Text = text;
        _ignoresCase = isWindows;
        string pattern = isWindows ? WithoutDrive(text).Replace('\\', '/') : text;
        IsName = !pattern.Contains('/', StringComparison.Ordinal);
        string whole = pattern.EndsWith('/') ? pattern + "*" : pattern;
        _parts = PartsOf(
            IsName || whole[0] is '/' or '*' ? whole
            : pattern.IndexOf('/', StringComparison.Ordinal) == pattern.Length - 1 ? "*/" + whole
            : "/" + whole);
        Start = StartOf();
    }

    private PathPattern(string text, int[] parts, IReadOnlyList<(int First, int Last)[]> sets)
    {
        Text = text;
        _parts = parts;
        _sets = sets;
        Start = StartOf();
    }

    /// <summary>What the user wrote.</summary>
    internal string Text { get; }

    /// <summary>Whether it is compared with names alone.</summary>
    internal bool IsName { get; }

    /// <summary>The state before anything was read.</summary>
    internal string Start { get; }

    /// <summary>The most places that a state has.</summary>
    internal int MaxState => _parts.Length + 1;

    /// <summary>Reads PowerShell's notation for a whole path: [a-z] is one of some characters, and ` takes one as it is.</summary>
    internal static PathPattern OfWildcard(string text)
    {
        var parts = new List<int>(text.Length);
        var sets = new List<(int First, int Last)[]>();
        ReadOnlySpan<char> rest = text;
        while (!rest.IsEmpty)
        {
            int end = rest[0] == '[' ? rest[1..].IndexOf(']') + 1 : 0;
            if (end > 1)
            {
                parts.Add(FirstSet - sets.Count);
                sets.Add(SetOf(rest[1..end]));
                rest = rest[(end + 1)..];
            }
            else
            {
                AddPart(parts, ref rest, escape: '`');
            }
        }

        return new PathPattern(text, [.. parts], sets);
    }

    /// <summary>Whether what was read up to a state matches.</summary>
    internal bool Accepts(ReadOnlySpan<char> state) => !state.IsEmpty && state[^1] == _parts.Length;

    /// <summary>Whether a name matches, or for a pattern with slashes a whole path.</summary>
    internal bool Matches(ReadOnlySpan<char> text)
    {
        char[] state = new char[MaxState];
        return Accepts(state.AsSpan(0, Advance(Start, text, state)));
    }

    /// <summary>Reads some text.</summary>
    /// <param name="state">The state before it.</param>
    /// <param name="text">The text.</param>
    /// <param name="result">Room for <see cref="MaxState"/> places: is filled with the state after it.</param>
    /// <returns>The length of that state; 0 where nothing can match any more.</returns>
    internal int Advance(ReadOnlySpan<char> state, ReadOnlySpan<char> text, Span<char> result)
    {
        const int FewPlaces = 256;
        Span<char> before = MaxState <= FewPlaces ? stackalloc char[FewPlaces] : new char[MaxState];
        state.CopyTo(result);
        int count = state.Length;
        while (!text.IsEmpty && count > 0)
        {
            int character = Next(ref text);
            result[..count].CopyTo(before);
            int old = count;
            count = 0;
            foreach (char place in before[..old])
            {
                if (place == _parts.Length)
                {
                    continue;
                }

                if (_parts[place] == AnyText)
                {
                    count = Close(result, count, place);
                }
                else if (Matches(_parts[place], character))
                {
                    count = Close(result, count, place + 1);
                }
            }
        }

        return count;
    }

    // Adds a place to a state, and with a * the place behind it. What lies before the last * is of no more use: whatever
    // would match from there matches from the * on.
    private int Close(Span<char> state, int count, int place)
    {
        if (place < _parts.Length && _parts[place] == AnyText)
        {
            state[0] = (char)place;
            state[1] = (char)(place + 1);
            return 2;
        }

        if (count == 0 || state[count - 1] < place)
        {
            state[count++] = (char)place;
        }

        return count;
    }

    private string StartOf()
    {
        Span<char> start = stackalloc char[2];
        return start[..Close(start, 0, place: 0)].ToString();
    }

    private bool Matches(int part, int character) => part switch
    {
        AnyCharacter => true,
        <= FirstSet => Array.Exists(_sets[FirstSet - part], range => character >= range.First && character <= range.Last),
        _ => part == character || (_ignoresCase && Upper(part) == Upper(character)),
    };

    private static int Upper(int character) =>
        Rune.IsValid(character) ? Rune.ToUpperInvariant(new Rune(character)).Value : character;

    // A lone surrogate, which stands for a byte that is not UTF-8, is a character of its own.
    private static int Next(ref ReadOnlySpan<char> text)
    {
        bool isRune = Rune.DecodeFromUtf16(text, out Rune rune, out int length) == OperationStatus.Done;
        int character = isRune ? rune.Value : text[0];
        text = text[(isRune ? length : 1)..];
        return character;
    }

    private static int[] PartsOf(ReadOnlySpan<char> expression)
    {
        var parts = new List<int>(expression.Length);
        while (!expression.IsEmpty)
        {
            AddPart(parts, ref expression, escape: '\\');
        }

        return [.. parts];
    }

    private static void AddPart(List<int> parts, ref ReadOnlySpan<char> rest, char escape)
    {
        if (rest[0] == '*')
        {
            rest = rest[1..];
            if (parts.Count == 0 || parts[^1] != AnyText)
            {
                parts.Add(AnyText);
            }
        }
        else if (rest[0] == '?')
        {
            rest = rest[1..];
            parts.Add(AnyCharacter);
        }
        else
        {
            rest = rest[0] == escape && rest.Length > 1 ? rest[1..] : rest;
            parts.Add(Next(ref rest));
        }
    }

    private static (int First, int Last)[] SetOf(ReadOnlySpan<char> text)
    {
        var ranges = new List<(int First, int Last)>();
        while (!text.IsEmpty)
        {
            int first = Next(ref text);
            bool isRange = text is ['-', _, ..];
            text = isRange ? text[1..] : text;
            ranges.Add((first, isRange ? Next(ref text) : first));
        }

        return [.. ranges];
    }

    private static string WithoutDrive(string text) =>
        text.Length >= 2 && char.IsAsciiLetter(text[0]) && text[1] == ':' ? text[2..] : text;
}
