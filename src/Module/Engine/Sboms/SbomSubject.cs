namespace GoCross.Sboms;

/// <summary>What a bill of materials is of.</summary>
public enum SbomSubject
{
    /// <summary>One program.</summary>
    Program,

    /// <summary>A folder with what is in it.</summary>
    Folder,

    /// <summary>An image.</summary>
    Image,

    /// <summary>A bill of materials that was read; what it is of, it may say itself.</summary>
    Document,
}
