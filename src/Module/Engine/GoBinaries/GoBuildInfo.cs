using System.Globalization;

namespace GoCross.GoBinaries;

/// <summary>
/// What the Go linker wrote into a program about its build. The names are those of Go's
/// <c>runtime/debug.BuildInfo</c>.
/// </summary>
public sealed record GoBuildInfo
{
    /// <summary>The toolchain's version, for example <c>go1.23.5</c>, with any experiments after a space.</summary>
    public required string GoVersion { get; init; }

    /// <summary>The main package's import path; empty in a program built without modules by a Go before 1.18.</summary>
    public string Path { get; init; } = "";

    /// <summary>The module that holds the main package; null where the build recorded none.</summary>
    public GoModule? Main { get; init; }

    /// <summary>The modules that contributed packages to the program, in the order recorded.</summary>
    public IReadOnlyList<GoModule> Deps { get; init; } = [];

    /// <summary>The settings of the build, in the order recorded. A Go before 1.18 recorded none.</summary>
    public IReadOnlyList<GoBuildSetting> Settings { get; init; } = [];

    /// <summary>The operating system the program is for; null where the build did not record it.</summary>
    public string? GoOS => Setting("GOOS");

    /// <summary>The architecture the program is for; null where the build did not record it.</summary>
    public string? GoArch => Setting("GOARCH");

    /// <summary>
    /// Whether cgo was allowed in the build; null where the build did not record it. This is a setting and no statement
    /// about linkage: with cgo allowed, a program that imports no package with C code is as static as without it.
    /// </summary>
    public bool? CgoEnabled => Setting("CGO_ENABLED") is { } value ? value == "1" : null;

    /// <summary>The state of the source tree; null where the build did not record it.</summary>
    public GoVcs? Vcs => Setting("vcs") is { } system
        ? new GoVcs(
            system,
            Setting("vcs.revision"),
            DateTimeOffset.TryParse(
                Setting("vcs.time"), CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out DateTimeOffset time)
                ? time
                : null,
            Setting("vcs.modified") is { } modified ? modified == "true" : null)
        : null;

    /// <summary>The value of a setting, or null where the build did not record it.</summary>
    /// <param name="key">The setting's name, in its own case.</param>
    public string? Setting(string key)
    {
        foreach (GoBuildSetting setting in Settings)
        {
            if (setting.Key == key)
            {
                return setting.Value;
            }
        }

        return null;
    }
}
