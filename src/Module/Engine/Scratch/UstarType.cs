namespace GoCross.Scratch;

/// <summary>The sort of an entry in a ustar archive: its typeflag.</summary>
internal enum UstarType : byte
{
    /// <summary>A regular file.</summary>
    File = (byte)'0',

    /// <summary>Another name of a file that came before.</summary>
    HardLink = (byte)'1',

    /// <summary>A directory.</summary>
    Directory = (byte)'5',
}
