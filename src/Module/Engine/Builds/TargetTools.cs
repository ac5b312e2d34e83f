using GoCross.Targets;

namespace GoCross.Builds;

/// <summary>
/// The tools that cgo calls beside the C compilers: pkg-config, the Fortran compiler, ar. Those of this machine give what
/// is made for this machine; a target has its own, with its prefix. Where it has none, the variable gets the name that it
/// would have, so that a build that needs it fails by that name, and nothing of this machine gets into the program.
/// </summary>
internal static class TargetTools
{
    private const string PkgConfig = "pkg-config";
    private const string PkgConfigLibDir = "PKG_CONFIG_LIBDIR";

    /// <summary>Variables that a user sets for one target, where they are set at all: they count for every target.</summary>
    private static readonly string[] OfOneTarget = [PkgConfigLibDir, "PKG_CONFIG_SYSROOT_DIR"];

    /// <summary>The variables for a target whose libraries are not this machine's own.</summary>
    /// <param name="toolchain">The toolchain, which knows where programs are looked for and what is set.</param>
    /// <param name="target">The target: a Linux.</param>
    /// <param name="strategy">Musl, Glibc or GlibcStatic.</param>
    internal static Dictionary<string, string> Of(GoToolchain toolchain, BuildTarget target, BuildStrategy strategy)
    {
        Dictionary<string, string> variables = new(StringComparer.Ordinal);
        if (CrossPlatform.Of(target) is not { } platform)
        {
            return variables;
        }

        bool musl = strategy == BuildStrategy.Musl;
        string[] prefixes =
        [
            // Where the system's own library is musl, its own tools are those for musl.
            .. musl && toolchain.Runs(target) ? (string[])["musl-"] : [],
            .. (musl ? platform.Musl : [platform.Gnu]).Select(prefix => prefix + "-"),
        ];
        Choose("FC", "gfortran", required: true);
        Choose("AR", "ar", required: !toolchain.Runs(target));
        ChoosePkgConfig();
        return variables;

        void Choose(string variable, string tool, bool required)
        {
            if (IsUsers(variable, tool))
            {
                return;
            }

            // An archive is one whatever C library is in it.
            string? found = Find(tool == "ar" ? [.. prefixes, platform.Gnu + "-"] : prefixes, tool);
            if (found is not null || required)
            {
                variables[variable] = found ?? (musl ? platform.Musl[0] : platform.Gnu) + "-" + tool;
            }
        }

        void ChoosePkgConfig()
        {
            if (IsUsers("PKG_CONFIG", PkgConfig))
            {
                return;
            }

            string? own = Find(prefixes, PkgConfig);
            string? general = toolchain.Host.FindProgram(PkgConfig);
            if (own is null && general is not null && OfOneTarget.Any(name => !string.IsNullOrEmpty(toolchain.Inherited(name))))
            {
                return;
            }

            string[] folders = own is null && general is not null && !musl && toolchain.Host is LocalGoHost
                ? [.. new[] { $"/usr/lib/{platform.Gnu}/pkgconfig", $"/usr/{platform.Gnu}/lib/pkgconfig" }.Where(Directory.Exists)]
                : [];
            if (folders.Length > 0)
            {
                variables["PKG_CONFIG"] = general!;
                variables[PkgConfigLibDir] = string.Join(':', [.. folders, "/usr/share/pkgconfig"]);
            }
            else
            {
                variables["PKG_CONFIG"] = own ?? (musl ? platform.Musl[0] : platform.Gnu) + "-" + PkgConfig;
            }
        }

        string? Find(IEnumerable<string> among, string tool) =>
            among.Select(prefix => toolchain.Host.FindProgram(prefix + tool)).FirstOrDefault(path => path is not null);

        // The name that everybody's tool has says nothing of a target.
        bool IsUsers(string variable, string tool) =>
            toolchain.Given.ContainsKey(variable) || (toolchain.Inherited(variable) is { Length: > 0 } value && value != tool);
    }
}
