namespace GoCross.GoBinaries;

/// <summary>One thing that an image must hold for a program.</summary>
/// <param name="Kind">What sort of thing.</param>
/// <param name="Path">
/// Where the program looks for it: a path, or the bare name of a library that the loader searches for.
/// </param>
/// <param name="Required">
/// True: the program does not start without it. False: a function that asks for it is linked in, and fails without it
/// when it is called.
/// </param>
/// <param name="Reason">Why, in words for people.</param>
public sealed record RuntimeNeed(RuntimeNeedKind Kind, string Path, bool Required, string Reason);
