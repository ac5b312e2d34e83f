namespace GoCross.Sizes;

/// <summary>What a program's bytes are summed by.</summary>
public enum SizeDimension
{
    /// <summary>What they are for: code, tables, data, debug information.</summary>
    Kind,

    /// <summary>The section of the file that they lie in.</summary>
    Section,

    /// <summary>The Go module that they come from.</summary>
    Module,

    /// <summary>The Go package that they come from.</summary>
    Package,

    /// <summary>The source file whose code they are, inlined code included.</summary>
    File,
}
