namespace GoCross.Shell.Host;

/// <summary>What the process's standard streams are connected to, and what may be sent there.</summary>
internal static class Terminal
{
    private const int DefaultWidth = 80;
    private const int DefaultHeight = 40;

    /// <summary>Whether output is seen by a person who can see lines change.</summary>
    internal static bool IsOutput { get; } =
        !Console.IsOutputRedirected && Environment.GetEnvironmentVariable("TERM") != "dumb";

    /// <summary>Whether a person can answer.</summary>
    internal static bool IsInteractive { get; } = !Console.IsInputRedirected && !Console.IsOutputRedirected;

    /// <summary>Whether the user asked for no colours anywhere: the convention of NO_COLOR.</summary>
    internal static bool IsNoColor { get; } = !string.IsNullOrEmpty(Environment.GetEnvironmentVariable("NO_COLOR"));

    /// <summary>The columns and rows. Where there is no terminal to ask, 80 by 40.</summary>
    internal static (int Width, int Height) Size
    {
        get
        {
            try
            {
                (int width, int height) = (Console.BufferWidth, Console.WindowHeight);
                return width > 0 && height > 0 ? (width, height) : (DefaultWidth, DefaultHeight);
            }
            catch (IOException)
            {
                // Windows, with the output redirected: there is no console to measure.
                return (DefaultWidth, DefaultHeight);
            }
        }
    }
}
