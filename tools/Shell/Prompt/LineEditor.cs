using System.Globalization;
using System.Management.Automation;
using System.Management.Automation.Host;

namespace GoCross.Shell.Prompt;

/// <summary>How the reading of a line ended.</summary>
internal enum LineEnd
{
    Entered,
    Cancelled,
    EndOfInput,
}

/// <summary>Reads a line from a terminal: editing, history, completion.</summary>
/// <param name="readKey">The next key; it is not echoed.</param>
/// <param name="output">The terminal.</param>
/// <param name="width">How many columns it has now.</param>
/// <param name="complete">The completions of a line at a cursor.</param>
internal sealed class LineEditor(
    Func<ConsoleKeyInfo> readKey, TextWriter output, Func<int> width, Func<string, int, CommandCompletion> complete)
{
    private readonly LineHistory _history = new();
    private readonly LineBuffer _line = new();
    private CompletionCycle? _cycle;
    private string _prompt = string.Empty;
    private int _promptColumns;
    private int _cursorRow;

    /// <summary>Shows a prompt and reads a line.</summary>
    internal LineEnd Read(string prompt, out string line)
    {
        // A prompt of several lines: only the last one is drawn again and again.
        int lastLine = prompt.LastIndexOf('\n') + 1;
        output.Write(prompt[..lastLine]);
        _prompt = prompt[lastLine..];
        _promptColumns = PSHostUserInterface.GetOutputString(_prompt, supportsVirtualTerminal: false).Length;
        _line.Set(string.Empty);
        _history.Start();
        _cycle = null;
        _cursorRow = 0;
        while (true)
        {
            Draw();
            if (Handle(readKey()) is { } end)
            {
                _line.MoveToEnd();
                Draw();
                output.Write("\r\n");
                line = _line.Text;
                if (end == LineEnd.Entered && !string.IsNullOrWhiteSpace(line))
                {
                    _history.Add(line);
                }

                return end;
            }
        }
    }

    private LineEnd? Handle(ConsoleKeyInfo key)
    {
        if (key.Key == ConsoleKey.Tab)
        {
            _cycle ??= CompletionCycle.Start(_line, complete);
            _cycle?.Step(_line, back: (key.Modifiers & ConsoleModifiers.Shift) != 0);
            return null;
        }

        _cycle = null;
        bool control = (key.Modifiers & ConsoleModifiers.Control) != 0;
        return control ? HandleControl(key.Key) : HandlePlain(key);
    }

    private LineEnd? HandlePlain(ConsoleKeyInfo key)
    {
        switch (key.Key)
        {
            case ConsoleKey.Enter:
                return LineEnd.Entered;
            case ConsoleKey.Backspace:
                _line.DeleteBefore();
                break;
            case ConsoleKey.Delete:
                _line.DeleteAfter();
                break;
            case ConsoleKey.LeftArrow:
                _line.MoveLeft();
                break;
            case ConsoleKey.RightArrow:
                _line.MoveRight();
                break;
            case ConsoleKey.Home:
                _line.MoveToStart();
                break;
            case ConsoleKey.End:
                _line.MoveToEnd();
                break;
            case ConsoleKey.UpArrow:
                Take(_history.Older(_line.Text));
                break;
            case ConsoleKey.DownArrow:
                Take(_history.Newer());
                break;
            case ConsoleKey.Escape:
                _line.Set(string.Empty);
                break;
            default:
                if (!char.IsControl(key.KeyChar))
                {
                    _line.Insert(key.KeyChar.ToString());
                }

                break;
        }

        return null;
    }

    private LineEnd? HandleControl(ConsoleKey key)
    {
        switch (key)
        {
            case ConsoleKey.C:
                return LineEnd.Cancelled;
            case ConsoleKey.D when _line.Text.Length == 0:
                return LineEnd.EndOfInput;
            case ConsoleKey.D:
                _line.DeleteAfter();
                break;
            case ConsoleKey.J or ConsoleKey.M or ConsoleKey.Enter:
                return LineEnd.Entered;
            case ConsoleKey.A:
                _line.MoveToStart();
                break;
            case ConsoleKey.E:
                _line.MoveToEnd();
                break;
            case ConsoleKey.B:
                _line.MoveLeft();
                break;
            case ConsoleKey.F:
                _line.MoveRight();
                break;
            case ConsoleKey.H:
                _line.DeleteBefore();
                break;
            case ConsoleKey.K:
                _line.DeleteToEnd();
                break;
            case ConsoleKey.U:
                _line.DeleteToStart();
                break;
            case ConsoleKey.W or ConsoleKey.Backspace:
                _line.DeleteWordBefore();
                break;
            case ConsoleKey.LeftArrow:
                _line.MoveWordLeft();
                break;
            case ConsoleKey.RightArrow:
                _line.MoveWordRight();
                break;
            case ConsoleKey.P:
                Take(_history.Older(_line.Text));
                break;
            case ConsoleKey.N:
                Take(_history.Newer());
                break;
            case ConsoleKey.L:
                output.Write("\e[H\e[2J");
                _cursorRow = 0;
                break;
        }

        return null;
    }

    private void Take(string? line)
    {
        if (line is not null)
        {
            _line.Set(line);
        }
    }

    // The line may take several rows of the terminal: go to its first, clear from there, write it, go to the cursor.
    private void Draw()
    {
        int columns = Math.Max(1, width());
        string up = _cursorRow > 0 ? Escape(_cursorRow, 'A') : string.Empty;
        output.Write($"{up}\r\e[J{_prompt}{_line.Text}");
        int end = _promptColumns + _line.Text.Length;
        int at = _promptColumns + _line.Cursor;
        if (end > 0 && end % columns == 0)
        {
            // A terminal goes to the next row only when something is to stand there.
            output.Write(" \r");
        }

        int rowsBack = (end / columns) - (at / columns);
        string back = rowsBack > 0 ? Escape(rowsBack, 'A') : string.Empty;
        string right = at % columns > 0 ? Escape(at % columns, 'C') : string.Empty;
        output.Write($"{back}\r{right}");
        _cursorRow = at / columns;
    }

    private static string Escape(int count, char command) =>
        string.Create(CultureInfo.InvariantCulture, $"\e[{count}{command}");
}
