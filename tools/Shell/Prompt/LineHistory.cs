namespace GoCross.Shell.Prompt;

/// <summary>The lines that were entered, and a walk through them.</summary>
internal sealed class LineHistory
{
    private readonly List<string> _lines = [];
    private int _at;
    private string _draft = string.Empty;

    /// <summary>Keeps a line, unless it is the last one again, and ends the walk.</summary>
    internal void Add(string line)
    {
        if (_lines.Count == 0 || _lines[^1] != line)
        {
            _lines.Add(line);
        }

        _at = _lines.Count;
    }

    /// <summary>Starts a walk at the newest line.</summary>
    internal void Start() => _at = _lines.Count;

    /// <summary>The line before; null at the oldest. The first step keeps what stood in the line.</summary>
    internal string? Older(string current)
    {
        if (_at == 0)
        {
            return null;
        }

        if (_at == _lines.Count)
        {
            _draft = current;
        }

        return _lines[--_at];
    }

    /// <summary>The line after, at the end what stood there before the walk; null when not on a walk.</summary>
    internal string? Newer()
    {
        if (_at >= _lines.Count)
        {
            return null;
        }

        _at++;
        return _at == _lines.Count ? _draft : _lines[_at];
    }
}
