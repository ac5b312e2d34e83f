namespace GoCross.Shell.Prompt;

/// <summary>A line that is being typed, and the cursor in it.</summary>
internal sealed class LineBuffer
{
    /// <summary>The line.</summary>
    internal string Text { get; private set; } = string.Empty;

    /// <summary>The cursor: how many characters are before it.</summary>
    internal int Cursor { get; private set; }

    internal void Set(string text) => Set(text, text.Length);

    internal void Set(string text, int cursor) => (Text, Cursor) = (text, cursor);

    internal void Insert(string text) => Set(Text.Insert(Cursor, text), Cursor + text.Length);

    /// <summary>Puts a text in the place of another, and the cursor behind it.</summary>
    internal void Replace(int start, int length, string text) =>
        Set(Text.Remove(start, length).Insert(start, text), start + text.Length);

    internal void DeleteBefore() => Delete(Previous(), Cursor);

    internal void DeleteAfter() => Delete(Cursor, Next());

    internal void DeleteWordBefore() => Delete(PreviousWord(), Cursor);

    internal void DeleteToStart() => Delete(0, Cursor);

    internal void DeleteToEnd() => Delete(Cursor, Text.Length);

    internal void MoveLeft() => Cursor = Previous();

    internal void MoveRight() => Cursor = Next();

    internal void MoveWordLeft() => Cursor = PreviousWord();

    internal void MoveWordRight()
    {
        int at = Cursor;
        while (at < Text.Length && !char.IsLetterOrDigit(Text[at]))
        {
            at++;
        }

        while (at < Text.Length && char.IsLetterOrDigit(Text[at]))
        {
            at++;
        }

        Cursor = at;
    }

    internal void MoveToStart() => Cursor = 0;

    internal void MoveToEnd() => Cursor = Text.Length;

    private void Delete(int start, int end) => Set(Text.Remove(start, end - start), start);

    // A character outside the basic plane is two of UTF-16's and one of the user's.
    private int Previous() => Cursor == 0 ? 0
        : Cursor >= 2 && char.IsSurrogatePair(Text[Cursor - 2], Text[Cursor - 1]) ? Cursor - 2
        : Cursor - 1;

    private int Next() => Cursor == Text.Length ? Cursor
        : Cursor + 1 < Text.Length && char.IsSurrogatePair(Text[Cursor], Text[Cursor + 1]) ? Cursor + 2
        : Cursor + 1;

    private int PreviousWord()
    {
        int at = Cursor;
        while (at > 0 && !char.IsLetterOrDigit(Text[at - 1]))
        {
            at--;
        }

        while (at > 0 && char.IsLetterOrDigit(Text[at - 1]))
        {
            at--;
        }

        return at;
    }
}
