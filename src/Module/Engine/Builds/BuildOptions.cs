namespace GoCross.Builds;

/// <summary>What holds for every build of a matrix.</summary>
public sealed record BuildOptions
{
    /// <summary>Build tags to add to those of the strategy and of GOFLAGS.</summary>
    public IReadOnlyList<string> Tags { get; init; } = [];

    /// <summary>Flags for the linker, as -ldflags of go build takes them.</summary>
    public string LdFlags { get; init; } = string.Empty;

    /// <summary>String variables to set at link time (-X): <c>importpath.name</c> and the value.</summary>
    public IReadOnlyList<KeyValuePair<string, string>> Defines { get; init; } = [];

    /// <summary>Whether the symbol table and the debug information are left out (-s -w).</summary>
    public bool Strip { get; init; } = true;

    /// <summary>Whether a file that has an output's name is replaced.</summary>
    public bool Overwrite { get; init; }
}
