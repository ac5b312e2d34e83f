namespace GoCross.GoBinaries;

/// <summary>One thing that a program needs while it runs.</summary>
/// <param name="Kind">What sort of thing.</param>
/// <param name="Path">
/// Where the program looks for it: a path, the bare name of a library that the loader searches for or of a program that is
/// looked for on PATH, or a variable ($HOME) whose value is the path.
/// </param>
/// <param name="Required">
/// True: the program does not start without it. False: a function that asks for it is linked in, and fails without it, or
/// does with less, when it is called.
/// </param>
/// <param name="Reason">Why, in words for people.</param>
public sealed record RuntimeNeed(RuntimeNeedKind Kind, string Path, bool Required, string Reason)
{
    /// <summary>The variable that names another place, or without which it is not asked for; null where there is none.</summary>
    public string? Variable { get; init; }

    /// <summary>Who brings it.</summary>
    public NeedProvider ProvidedBy { get; init; } = NeedProvider.Image;
}
