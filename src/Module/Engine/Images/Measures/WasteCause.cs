namespace GoCross.Images;

/// <summary>Why nobody sees what a layer stores under a path.</summary>
public enum WasteCause
{
    /// <summary>A layer above removes the file, or puts a directory in its place.</summary>
    Removed,

    /// <summary>The path has another file in a layer above, or later in the same layer.</summary>
    Replaced,

    /// <summary>
    /// A layer above stores the same content under the path once more: its mode, owner, times or attributes were
    /// changed, or it was copied again.
    /// </summary>
    Repeated,
}
