namespace GoCross.Vulnerabilities;

/// <summary>What the functions that are linked have to do with the fault.</summary>
public enum SymbolRole
{
    /// <summary>The database does not tell, or no function is linked.</summary>
    Unknown,

    /// <summary>The fault is in one of them.</summary>
    Root,

    /// <summary>None of them has it: they are listed because they may come to call what has.</summary>
    Derived,
}
