using System.Text;

namespace GoCross.Isolated;

/// <summary>The text of a stream that comes in parts, a line at a time.</summary>
/// <param name="onLine">Gets each line without its end; null for nobody.</param>
internal sealed class OutputLines(Action<string>? onLine)
{
    private readonly Decoder _decoder = Encoding.UTF8.GetDecoder();
    private readonly StringBuilder _text = new();
    private readonly StringBuilder _line = new();

    /// <summary>All lines, each ended by a line feed.</summary>
    internal string Text => _text.ToString();

    /// <summary>Takes the next part.</summary>
    internal void Add(ReadOnlySpan<byte> bytes)
    {
        char[] characters = new char[_decoder.GetCharCount(bytes, flush: false)];
        ReadOnlySpan<char> rest = characters.AsSpan(0, _decoder.GetChars(bytes, characters, flush: false));
        for (int end = rest.IndexOf('\n'); end >= 0; end = rest.IndexOf('\n'))
        {
            _line.Append(rest[..end]);
            EndLine();
            rest = rest[(end + 1)..];
        }

        _line.Append(rest);
    }

    /// <summary>The stream has ended, perhaps within a line.</summary>
    internal void Complete()
    {
        if (_line.Length > 0)
        {
            EndLine();
        }
    }

    private void EndLine()
    {
        string line = _line.ToString().TrimEnd('\r');
        _line.Clear();
        _text.Append(line).Append('\n');
        onLine?.Invoke(line);
    }
}
