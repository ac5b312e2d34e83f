using System.Text.RegularExpressions;
using GoCross.Errors;
using GoCross.Targets;
using GoCross.Toolchains;

namespace GoCross.Builds;

/// <summary>Tells from what go printed which failure it is, and what can be done about it.</summary>
internal static partial class BuildFailure
{
    /// <summary>Words of go where it has no place for its caches (cmd/go/internal/cache, default.go; modload/init.go).</summary>
    private static readonly string[] CacheWords =
    [
        "failed to initialize build cache", "build cache is required", "build cache is disabled by GOCACHE=off", "module cache not found",
    ];

    /// <summary>Words of go where it cannot begin: with its settings, the files of modules, or their folders.</summary>
    private static readonly (string ErrorId, string[] Words)[] Unready =
    [
        (nameof(Messages.GoSettingInvalid), ["parsing $GOFLAGS", "(from $GOFLAGS)", "GOPATH entry is relative"]),
        (nameof(Messages.GoModuleFileInvalid), ["errors parsing "]),
        (nameof(Messages.VendorInconsistent), ["inconsistent vendoring"]),
        (nameof(Messages.ReplacementMissing), ["replacement directory"]),
    ];

    /// <summary>Words of go, of the programs that it runs, and of libc, and the errors that they stand for; the first that is found counts.</summary>
    private static readonly (string ErrorId, string[] Words)[] Known =
    [
        (nameof(Messages.BuildDiskFull), ["no space left on device", "disk quota exceeded"]),
        (nameof(Messages.GoCacheUnusable), CacheWords),
        (nameof(Messages.BuildKilled), ["signal: killed"]),
        (nameof(Messages.BuildVcsFailed), ["error obtaining VCS status"]),
        (nameof(Messages.GoTooOld), ["requires go >="]),
        (
            nameof(Messages.BuildModuleRefused),
            [
                "401 Unauthorized", "403 Forbidden", "terminal prompts disabled", "could not read Username", "Authentication failed for",
                "Permission denied (publickey", "Host key verification failed",
            ]),
        (
            nameof(Messages.BuildModuleMissing),
            [
                "no required module provides package", "cannot find module providing package", "missing go.sum entry",
                "module lookup disabled by GOPROXY", "dial tcp", "unrecognized import path", "unknown revision", "404 Not Found", "410 Gone",
            ]),
        (nameof(Messages.CLibraryMissing), ["cannot find -l", "unable to find library", "was not found in the pkg-config search path"]),
        (nameof(Messages.CSymbolMissing), ["undefined reference to", "undefined symbol: "]),
    ];

    /// <summary>Folders of headers that are the kernel's and no C library's (linux-libc-dev).</summary>
    private static readonly string[] KernelHeaders = ["asm/", "asm-generic/", "drm/", "linux/", "misc/", "mtd/", "rdma/", "scsi/", "sound/", "video/", "xen/"];

    /// <summary>The error of a build that failed.</summary>
    /// <param name="errors">What go printed; at least one.</param>
    /// <param name="build">The build.</param>
    /// <param name="toolchain">The toolchain.</param>
    internal static GoCrossException Of(IReadOnlyList<BuildDiagnostic> errors, BuildRequest build, GoToolchain toolchain)
    {
        if (errors.Select(error => OfUnready(build.Package.ImportPath, error.Message)).FirstOrDefault(failure => failure is not null) is { } unready)
        {
            return unready;
        }

        foreach ((string errorId, string[] words) in Known)
        {
            if (errors.FirstOrDefault(error => Array.Exists(words, word => error.Message.Contains(word, StringComparison.OrdinalIgnoreCase)))
                is { } cause)
            {
                return errorId == nameof(Messages.GoTooOld)
                    ? TooOld(build.Package.ImportPath, cause.Message, toolchain)
                    : Create(ErrorKind.ToolFailed, errorId, cause);
            }
        }

        if (errors.Select(error => (Error: error, Tool: MissingTool().Match(error.Message))).FirstOrDefault(found => found.Tool.Success)
            is { Tool: { } missing, Error: { } told })
        {
            string name = missing.Groups["name"].Value;
            (string errorId, string remedy) = RemedyFor(name, build);
            return Create(ErrorKind.ToolMissing, errorId, told, Path.GetFileName(name), remedy);
        }

        if (errors.Select(error => (Error: error, Header: MissingHeader().Match(error.Message))).FirstOrDefault(found => found.Header.Success)
            is { Header: { } header, Error: { } including })
        {
            string name = header.Groups["name"].Value;
            return build.Strategy == BuildStrategy.Musl && KernelHeaders.Any(folder => name.StartsWith(folder, StringComparison.Ordinal))
                ? Create(ErrorKind.ToolFailed, nameof(Messages.KernelHeaderMissing), including, name, string.Join(' ', KernelFolders(build.Target, toolchain).Select(folder => $"-idirafter {folder}")))
                : Create(ErrorKind.ToolFailed, nameof(Messages.CHeaderMissing), including, name);
        }

        // Build constraints rule all files out, or cgo is off and all use C.
        return Create(
            ErrorKind.ToolFailed,
            errors[0].Message.Contains("build constraints exclude all Go files", StringComparison.Ordinal) ? nameof(Messages.BuildExcluded)
                : errors.Any(error => error.File is not null || error.Message.StartsWith("package ", StringComparison.Ordinal)) ? nameof(Messages.BuildFailed)
                : nameof(Messages.GoBuildFailed),
            errors[0]);

        GoCrossException Create(ErrorKind kind, string errorId, BuildDiagnostic cause, params string[] more) => GoCrossException.Create(
            kind, errorId, [build.Package.ImportPath, build.Target.Name, build.Strategy, cause, .. more]);
    }

    /// <summary>The error where go cannot begin; null where it is another.</summary>
    /// <param name="subject">What was to be built, or asked about.</param>
    /// <param name="said">What go said.</param>
    internal static GoCrossException? OfUnready(string subject, string said) =>
        Array.Find(Unready, known => Array.Exists(known.Words, word => said.Contains(word, StringComparison.Ordinal))) is { ErrorId: { } errorId }
            ? GoCrossException.Create(ErrorKind.ToolFailed, errorId, subject, said)
            : null;

    /// <summary>Whether go said that it has no build cache to work with.</summary>
    /// <param name="said">What it said.</param>
    internal static bool IsOfCache(string said) => Array.Exists(CacheWords, word => said.Contains(word, StringComparison.OrdinalIgnoreCase));

    /// <summary>Whether go said that a newer go is wanted, or could not fetch it.</summary>
    /// <param name="said">What it said.</param>
    internal static bool IsTooOld(string said) => WantedVersion().IsMatch(said);

    /// <summary>The error where go.mod or go.work want a newer go.</summary>
    /// <param name="subject">What was to be built, or asked about.</param>
    /// <param name="said">What go said.</param>
    /// <param name="toolchain">The toolchain that is here.</param>
    internal static GoCrossException TooOld(string subject, string said, GoToolchain toolchain)
    {
        string choice = toolchain.Variable("GOTOOLCHAIN") is { Length: > 0 } told ? told : toolchain.Inherited("GOTOOLCHAIN") ?? "auto";
        Match running = RunningVersion().Match(said);
        string here = running.Success ? running.Groups["version"].Value : toolchain.Version is { Length: > 0 } version ? version : toolchain.Command;
        return GoCrossException.Create(
            ErrorKind.ToolMissing, nameof(Messages.GoTooOld), subject, said, WantedVersion().Match(said).Groups["version"].Value, here, choice);
    }

    private static (string ErrorId, string Remedy) RemedyFor(string tool, BuildRequest build)
    {
        string name = Path.GetFileName(tool);
        if (name.EndsWith("pkg-config", StringComparison.Ordinal))
        {
            return (nameof(Messages.PkgConfigMissing), string.Empty);
        }

        bool isCxx = name.Contains("++", StringComparison.Ordinal);
        bool isFortran = name.EndsWith("gfortran", StringComparison.Ordinal);
        string install = InstallHint.For(name) is { } hint ? $" Or install it: {hint}" : string.Empty;
        return !isCxx && !isFortran ? (nameof(Messages.BuildToolMissing), install)
            : build.Strategy != BuildStrategy.Musl ? (nameof(Messages.CxxCompilerMissing), GnuHint(isCxx ? "g++" : "gfortran", build))
            : (nameof(Messages.CxxCompilerMissing), isCxx
                ? "musl's own wrapper has none. zig has (-Compiler zig), and so has an image of Alpine with g++ (-Container, where an "
                    + "image with Go and g++ is named); -Strategy GlibcStatic or Glibc takes the g++ of this machine."
                : "musl's own wrapper has none. An image of Alpine with gfortran has (-Container); -Strategy GlibcStatic or Glibc takes "
                    + "that of this machine.");
    }

    private static string GnuHint(string tool, BuildRequest build) => CrossPlatform.Of(build.Target) is { } platform
        ? $"Install it: apt-get install {tool}-{platform.Gnu.Replace('_', '-')} (for this machine's own architecture: {tool}), or give a "
            + "compiler with -Compiler."
        : "Install it, or give a compiler with -Compiler.";

    /// <summary>Where the kernel's headers of this machine are, for a compiler of musl to look in last.</summary>
    internal static string[] KernelFolders(BuildTarget target, GoToolchain toolchain) => CrossPlatform.Of(target) is not { } platform ? []
        : toolchain.Runs(target) ? ["/usr/include", $"/usr/include/{platform.Gnu}"]
        : [$"/usr/{platform.Gnu}/include"];

    [GeneratedRegex("""(?:exec: |compiler )"(?<name>[^"]+)"(?:: executable file not found| not found)""")]
    private static partial Regex MissingTool();

    [GeneratedRegex(@"(?<name>[\w./+-]+\.(?:h|hh|hpp|hxx)): No such file or directory|'(?<name>[\w./+-]+)' file not found")]
    private static partial Regex MissingHeader();

    [GeneratedRegex(@"requires go >= ?(?<version>[0-9][\w.]*)|download go(?<version>[0-9][\w.]*)[: ]")]
    private static partial Regex WantedVersion();

    [GeneratedRegex(@"running (?:go )?(?<version>[\w.]+)[;)]")]
    private static partial Regex RunningVersion();
}
