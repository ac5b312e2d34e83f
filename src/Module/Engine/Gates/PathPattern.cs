using System.IO.Enumeration;

namespace GoCross.Gates;

/// <summary>
/// A path with * for any text, slashes included, and ? for one character. With a slash it is compared with the whole
/// path, without with the name at the end. With a slash at its end it means what is below. Case matters.
/// </summary>
internal sealed class PathPattern
{
    private readonly string _expression;
    private readonly bool _isName;

    internal PathPattern(string text)
    {
        Text = text;
        string end = text.EndsWith('/') ? text + "*" : text;
        _isName = !text.Contains('/', StringComparison.Ordinal);
        _expression = _isName || end[0] is '/' or '*' ? end
            : text.IndexOf('/', StringComparison.Ordinal) == text.Length - 1 ? "*/" + end
            : "/" + end;
    }

    /// <summary>What the user wrote.</summary>
    internal string Text { get; }

    /// <param name="path">A path from the root: /usr/bin/env.</param>
    internal bool Matches(ReadOnlySpan<char> path) => FileSystemName.MatchesSimpleExpression(
        _expression, _isName ? path[(path.LastIndexOf('/') + 1)..] : path, ignoreCase: false);
}
