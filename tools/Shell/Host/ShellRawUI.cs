using System.Management.Automation.Host;

namespace GoCross.Shell.Host;

/// <summary>The terminal as the engine measures it.</summary>
internal sealed class ShellRawUI : PSHostRawUserInterface
{
    public override Size BufferSize
    {
        get => WindowSize;
        set => throw CannotSet();
    }

    public override Size WindowSize
    {
        get
        {
            (int width, int height) = Terminal.Size;
            return new Size(width, height);
        }
        set => throw CannotSet();
    }

    public override Size MaxWindowSize => WindowSize;

    public override Size MaxPhysicalWindowSize => WindowSize;

    public override ConsoleColor BackgroundColor
    {
        get => Console.BackgroundColor;
        set => Console.BackgroundColor = value;
    }

    public override ConsoleColor ForegroundColor
    {
        get => Console.ForegroundColor;
        set => Console.ForegroundColor = value;
    }

    public override Coordinates CursorPosition
    {
        get => Terminal.IsInteractive ? new Coordinates(Console.CursorLeft, Console.CursorTop) : default;
        set => Console.SetCursorPosition(value.X, value.Y);
    }

    public override int CursorSize { get; set; } = 25;

    public override Coordinates WindowPosition
    {
        get => default;
        set => throw CannotSet();
    }

    public override string WindowTitle { get; set; } = "GoCross";

    public override bool KeyAvailable => !Console.IsInputRedirected && Console.KeyAvailable;

    public override void FlushInputBuffer()
    {
        while (KeyAvailable)
        {
            Console.ReadKey(intercept: true);
        }
    }

    public override KeyInfo ReadKey(ReadKeyOptions options)
    {
        ConsoleKeyInfo key = Console.ReadKey(intercept: (options & ReadKeyOptions.NoEcho) != 0);
        ControlKeyStates state = default;
        state |= (key.Modifiers & ConsoleModifiers.Shift) != 0 ? ControlKeyStates.ShiftPressed : default;
        state |= (key.Modifiers & ConsoleModifiers.Control) != 0 ? ControlKeyStates.LeftCtrlPressed : default;
        state |= (key.Modifiers & ConsoleModifiers.Alt) != 0 ? ControlKeyStates.LeftAltPressed : default;
        return new KeyInfo((int)key.Key, key.KeyChar, state, keyDown: true);
    }

    public override void SetBufferContents(Rectangle rectangle, BufferCell fill)
    {
        // Clear-Host fills the whole screen with blanks, which it marks by a rectangle of -1.
        if (rectangle.Left == -1 && Terminal.IsOutput)
        {
            Console.Clear();
        }
    }

    public override void SetBufferContents(Coordinates origin, BufferCell[,] contents) => throw CannotSet();

    public override BufferCell[,] GetBufferContents(Rectangle rectangle) =>
        throw new NotSupportedException("A terminal does not say what is on it.");

    public override void ScrollBufferContents(
        Rectangle source, Coordinates destination, Rectangle clip, BufferCell fill) => throw CannotSet();

    private static NotSupportedException CannotSet() => new("A terminal belongs to its user; it cannot be set from here.");
}
