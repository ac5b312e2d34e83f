using System.Collections;
using System.Management.Automation;
using GoCross.Builds;
using GoCross.Certificates;
using GoCross.Cmdlets.Completion;

namespace GoCross.Cmdlets.Foundation;

/// <summary>A cmdlet that builds Go programs: what a user can say about how they are built.</summary>
public abstract class GoBuildCmdlet : GoCrossCmdlet
{
    private const string SystemBundle = "System";

    /// <summary>Only this assembly has cmdlets of GoCross.</summary>
    private protected GoBuildCmdlet()
    {
    }

    /// <summary>The C compiler: auto, gcc, zig, or a command.</summary>
    [Parameter]
    [ArgumentCompleter(typeof(CompilerCompleter))]
    [ValidateNotNullOrEmpty]
    public string Compiler { get; set; } = "auto";

    /// <summary>Build tags, in the place of those in GOFLAGS.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string[] Tags { get; set; } = [];

    /// <summary>Flags for Go's linker, in the place of those in GOFLAGS.</summary>
    [Parameter]
    [ValidateNotNull]
    public string? LdFlags { get; set; }

    /// <summary>Flags for Go's compiler.</summary>
    [Parameter]
    [ValidateNotNull]
    public string? GcFlags { get; set; }

    /// <summary>String variables to set at link time.</summary>
    [Parameter]
    [ValidateNotNull]
    public IDictionary? Define { get; set; }

    /// <summary>Whether symbols and debug information stay in the programs.</summary>
    [Parameter]
    public SwitchParameter NoStrip { get; set; }

    /// <summary>Whether the machine's paths are left out of the programs. They are, unless this or GOFLAGS says no.</summary>
    [Parameter]
    public SwitchParameter TrimPath { get; set; } = true;

    /// <summary>Whether the version control's state is stamped into the programs.</summary>
    [Parameter]
    [ValidateSet("auto", "true", "false")]
    public string? BuildVcs { get; set; }

    /// <summary>How go finds modules.</summary>
    [Parameter]
    [ValidateSet("readonly", "vendor", "mod")]
    public string? Mod { get; set; }

    /// <summary>Whether the programs are position-independent.</summary>
    [Parameter]
    [ValidateSet("exe", "pie")]
    public string? BuildMode { get; set; }

    /// <summary>Whether the race detector is built in.</summary>
    [Parameter]
    public SwitchParameter Race { get; set; }

    /// <summary>Variables to set for go and what it runs.</summary>
    [Parameter]
    [ValidateNotNull]
    public IDictionary? Environment { get; set; }

    /// <summary>Certificates to build in, for where the system has none: a PEM file, or System for this machine's.</summary>
    [Parameter]
    [ArgumentCompleter(typeof(CaBundleCompleter))]
    [ValidateNotNullOrEmpty]
    public string? EmbedCaBundle { get; set; }

    /// <summary>Whether the data of time zones is built in, for where the system has none.</summary>
    [Parameter]
    public SwitchParameter EmbedTimeZone { get; set; }

    /// <summary>The go command, its folder, or a GOROOT.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string? GoPath { get; set; }

    /// <summary>What the parameters say. One that was not given leaves its word to GOFLAGS.</summary>
    /// <param name="ownCompiler">Whether a compiler that is a path is one of this machine.</param>
    /// <exception cref="GoCross.Errors.GoCrossException">CaBundleMissing and its like; ProviderNotSupported; DriveMissing.</exception>
    private protected BuildOptions BuildOptions(bool ownCompiler) => new()
    {
        Tags = Tags,
        EmbedsTimeZones = EmbedTimeZone,
        LdFlags = LdFlags,
        GcFlags = GcFlags,
        Defines = [.. Tables.Texts(Define).OrderBy(pair => pair.Key, StringComparer.Ordinal)],
        Strip = !NoStrip,
        TrimPath = Given(nameof(TrimPath), TrimPath),
        BuildVcs = BuildVcs,
        Mod = Mod,
        BuildMode = BuildMode,
        Race = Given(nameof(Race), Race),
        Compiler = ownCompiler ? CompilerCommand() : Compiler,
        Environment = Tables.Texts(Environment),
        CaBundle = EmbedCaBundle is null ? null : ReadCaBundle(),
    };

    private bool? Given(string name, SwitchParameter value) => MyInvocation.BoundParameters.ContainsKey(name) ? value.ToBool() : null;

    /// <summary>The choice of a compiler, or the full path of the one that was given as a path.</summary>
    private string CompilerCommand()
    {
        if (!Compiler.AsSpan().ContainsAny('/', '\\'))
        {
            return Compiler;
        }

        string full = SessionPaths.Resolve(this, Compiler);
        return File.Exists(full) ? full : Compiler;
    }

    private CaBundle ReadCaBundle() => CaBundle.Read(
        string.Equals(EmbedCaBundle, SystemBundle, StringComparison.OrdinalIgnoreCase)
            ? null
            : SessionPaths.Resolve(this, EmbedCaBundle!));
}
