using GoCross.Errors;
using GoCross.Targets;

namespace GoCross.Builds;

/// <summary>
/// The variables of a build: the target's and cgo's, which are always set and never inherited, those of the caller's that
/// change the result, and those that the caller gave for this call.
/// </summary>
internal static class BuildEnvironment
{
    /// <summary>What stands for a value that may be a secret.</summary>
    internal const string Masked = "***";

    /// <summary>
    /// Variables of the caller's that change the result, each with what go env gives for it where the caller set nothing,
    /// which is not worth telling. GOPROXY, GOPRIVATE and their kin, which may hold a secret, change where modules come
    /// from and not what comes out.
    /// </summary>
    private static readonly (string Name, string Default)[] Honoured =
    [
        ("CGO_CFLAGS", "-O2 -g"),
        ("CGO_CPPFLAGS", ""),
        ("CGO_CXXFLAGS", "-O2 -g"),
        ("CGO_FFLAGS", "-O2 -g"),
        ("CGO_LDFLAGS", "-O2 -g"),
        ("GO111MODULE", ""),
        ("GO_EXTLINK_ENABLED", ""),
        ("GOEXPERIMENT", ""),
        ("GOFIPS140", "off"),
        ("GOFLAGS", ""),
        ("GOTOOLCHAIN", "auto"),
        ("GOWORK", ""),
    ];

    /// <summary>The same for variables that matter only where there is C to compile.</summary>
    private static readonly (string Name, string Default)[] HonouredForC =
    [
        ("AR", "ar"),
        ("CGO_CFLAGS_ALLOW", ""),
        ("CGO_CFLAGS_DISALLOW", ""),
        ("CGO_CPPFLAGS_ALLOW", ""),
        ("CGO_CPPFLAGS_DISALLOW", ""),
        ("CGO_CXXFLAGS_ALLOW", ""),
        ("CGO_CXXFLAGS_DISALLOW", ""),
        ("CGO_FFLAGS_ALLOW", ""),
        ("CGO_FFLAGS_DISALLOW", ""),
        ("CGO_LDFLAGS_ALLOW", ""),
        ("CGO_LDFLAGS_DISALLOW", ""),
        ("FC", "gfortran"),
        ("PKG_CONFIG", "pkg-config"),
        ("PKG_CONFIG_LIBDIR", ""),
        ("PKG_CONFIG_SYSROOT_DIR", ""),
    ];

    /// <summary>
    /// Where C compilers and pkg-config look before their own folders (GCC manual, "Environment Variables"). What is there is made for
    /// this machine and its C library, and would be mixed into a program for another.
    /// </summary>
    private static readonly string[] CSearchPaths =
    [
        "CPATH", "CPLUS_INCLUDE_PATH", "C_INCLUDE_PATH", "LIBRARY_PATH", "OBJC_INCLUDE_PATH", "PKG_CONFIG_PATH",
    ];

    /// <summary>What GoCross sets itself, and the parameter that the caller has for it.</summary>
    private static readonly Dictionary<string, string> Reserved = new(StringComparer.OrdinalIgnoreCase)
    {
        ["CGO_ENABLED"] = "-Strategy",
        ["CC"] = "-Compiler",
        ["CXX"] = "-Compiler",
        ["GOOS"] = "-Target",
        ["GOARCH"] = "-Target",
        ["GOMAXPROCS"] = "-ThrottleLimit",
        ["GOROOT"] = "-GoPath",
        ["GOTMPDIR"] = "TMPDIR in PowerShell's own environment",
        ["TMPDIR"] = "TMPDIR in PowerShell's own environment",
        ["TMP"] = "TMP in PowerShell's own environment",
    };

    /// <summary>Refuses variables that GoCross sets.</summary>
    /// <param name="names">The names that the caller gave.</param>
    /// <exception cref="GoCrossException">EnvironmentReserved.</exception>
    internal static void RequireFree(IEnumerable<string> names)
    {
        foreach (string name in names)
        {
            string? instead = Reserved.GetValueOrDefault(name) ?? (GoVariants.IsVariable(name) ? "-Target with a variant" : null);
            if (instead is not null)
            {
                throw GoCrossException.Create(ErrorKind.InvalidArgument, nameof(Messages.EnvironmentReserved), name, instead);
            }
        }
    }

    /// <summary>The variables that decide the result of a build.</summary>
    /// <param name="toolchain">The toolchain.</param>
    /// <param name="target">The target.</param>
    /// <param name="strategy">The strategy.</param>
    /// <param name="compiler">The C compiler; null for CGO_ENABLED=0.</param>
    /// <param name="jobs">GOMAXPROCS, or null for go's own choice.</param>
    /// <param name="ownPaths">Whether what C compilers find on this machine is made for the target.</param>
    /// <param name="flags">The flags of the build; null for those of another command than go build.</param>
    internal static SortedDictionary<string, string> Of(
        GoToolchain toolchain, BuildTarget target, BuildStrategy strategy, CCompiler? compiler, int? jobs, bool ownPaths, GoFlags? flags = null)
    {
        var environment = new SortedDictionary<string, string>(StringComparer.Ordinal);
        foreach (string name in toolchain.Given.Keys)
        {
            environment[name] = Masked;
        }

        IEnumerable<(string Name, string Default)> honoured = compiler is null ? Honoured : Honoured.Concat(HonouredForC);
        if (compiler is not null)
        {
            honoured = honoured.Concat(CSearchPaths
                .Where(name => ownPaths || toolchain.Given.ContainsKey(name)).Select(name => (name, string.Empty)));
        }

        foreach ((string name, string unset) in honoured)
        {
            // go env tells of its own variables, those of its configuration file among them, but not of all that it reads.
            string value = toolchain.Variable(name) is { Length: > 0 } told ? told : toolchain.Inherited(name) ?? string.Empty;
            if (name == "GOFLAGS" && value.Length > 0 && flags is not null)
            {
                value = flags.VariableForBuilds;
            }

            if (value.Length > 0 && value != unset)
            {
                environment[name] = value;
            }
        }

        foreach ((string name, string value) in target.Variables())
        {
            environment[name] = value;
        }

        environment["CGO_ENABLED"] = compiler is null ? "0" : "1";
        if (compiler is not null)
        {
            environment["CC"] = compiler.Command;
            environment["CXX"] = compiler.CxxCommand;
            foreach ((string name, string value) in ownPaths ? [] : TargetTools.Of(toolchain, target, strategy))
            {
                environment[name] = value;
            }
        }

        if (jobs is { } count)
        {
            environment["GOMAXPROCS"] = $"{count}";
        }

        return environment;
    }

    /// <summary>Whether what C compilers find on this machine by themselves is made for the target.</summary>
    /// <param name="toolchain">The toolchain.</param>
    /// <param name="target">The target.</param>
    /// <param name="strategy">The strategy.</param>
    /// <param name="compiler">The C compiler; null for none. zig brings all of its own.</param>
    internal static bool UsesOwnPaths(GoToolchain toolchain, BuildTarget target, BuildStrategy strategy, CCompiler? compiler) =>
        compiler is { IsZig: false }
        && strategy is BuildStrategy.Glibc or BuildStrategy.GlibcStatic
        && toolchain.Runs(target);

    /// <summary>What is taken out of the inherited environment.</summary>
    /// <param name="toolchain">The toolchain, which has what the caller gave for this call.</param>
    /// <param name="ownPaths">Whether what C compilers find on this machine is made for the target.</param>
    internal static IReadOnlyList<string> Removed(GoToolchain toolchain, bool ownPaths) =>
        ownPaths ? [] : [.. CSearchPaths.Where(name => !toolchain.Given.ContainsKey(name))];
}
