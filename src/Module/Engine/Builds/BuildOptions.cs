using GoCross.Certificates;

namespace GoCross.Builds;

/// <summary>What holds for every build of a matrix.</summary>
public sealed record BuildOptions
{
    /// <summary>Build tags, in the place of those in GOFLAGS; none for those. The strategy's own are added.</summary>
    public IReadOnlyList<string> Tags { get; init; } = [];

    /// <summary>Whether the data of time zones is built in (the build tag timetzdata).</summary>
    public bool EmbedsTimeZones { get; init; }

    /// <summary>
    /// Flags for the linker, as -ldflags of go build takes them, in the place of those in GOFLAGS; null for those. Those of
    /// the strategy and of <see cref="Defines"/> are added.
    /// </summary>
    public string? LdFlags { get; init; }

    /// <summary>Flags for the compiler, as -gcflags of go build takes them, a package pattern before them included; null for those of GOFLAGS.</summary>
    public string? GcFlags { get; init; }

    /// <summary>String variables to set at link time (-X): <c>importpath.name</c> and the value.</summary>
    public IReadOnlyList<KeyValuePair<string, string>> Defines { get; init; } = [];

    /// <summary>Whether the symbol table and the debug information are left out (-s -w).</summary>
    public bool Strip { get; init; } = true;

    /// <summary>Whether the machine's paths are left out (-trimpath); null for what GOFLAGS says, and yes where that is silent.</summary>
    public bool? TrimPath { get; init; }

    /// <summary>Whether the version control's state is stamped in: auto, true or false (-buildvcs); null for what GOFLAGS says.</summary>
    public string? BuildVcs { get; init; }

    /// <summary>How modules are found: readonly, vendor or mod (-mod); null for what GOFLAGS says, or go's own choice.</summary>
    public string? Mod { get; init; }

    /// <summary>exe or pie (-buildmode); null for what GOFLAGS says, or go's own choice.</summary>
    public string? BuildMode { get; init; }

    /// <summary>Whether the race detector is built in (-race); null for what GOFLAGS says.</summary>
    public bool? Race { get; init; }

    /// <summary>Which C compiler: auto, gcc, zig, or a command.</summary>
    public string Compiler { get; init; } = CCompiler.Auto;

    /// <summary>Variables to set for go and what it runs, over those that decide the result.</summary>
    public IReadOnlyDictionary<string, string> Environment { get; init; } = new Dictionary<string, string>();

    /// <summary>The roots of trust to build in, for where the system has none; null for none.</summary>
    public CaBundle? CaBundle { get; init; }

    /// <summary>Whether a program is built a second time, with a cache of its own, and both have to be the same.</summary>
    public bool Reproducible { get; init; }

    /// <summary>Where the provenance statements go; null for nowhere.</summary>
    public OutputTemplate? Provenance { get; init; }

    /// <summary>Whether any file that has an output's name is replaced, and not only a program.</summary>
    public bool Overwrite { get; init; }
}
