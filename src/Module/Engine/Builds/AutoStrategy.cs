using GoCross.Formatting;
using GoCross.Targets;

namespace GoCross.Builds;

/// <summary>What Auto stands for, told from what a program imports.</summary>
internal static class AutoStrategy
{
    private const int NamedPackages = 3;

    /// <summary>Packages of Go's library whose C code Go can do without, and the one that cgo itself brings.</summary>
    private static readonly string[] Dispensable = ["net", "os/user", "runtime/cgo"];

    /// <summary>Decides.</summary>
    /// <param name="target">The target.</param>
    /// <param name="program">The main package, with its dependencies, as it is with cgo.</param>
    /// <param name="listed">All packages that were listed, by import path.</param>
    /// <param name="flags">Whether the race detector, a sanitizer or position-independent code is wanted.</param>
    /// <returns>A strategy other than Auto, and why.</returns>
    internal static (BuildStrategy Strategy, string Reason) Decide(
        BuildTarget target, ListedPackage program, IReadOnlyDictionary<string, ListedPackage> listed, GoFlags flags)
    {
        if (target.Os == "linux" && (flags.IsRace || flags.HasSanitizer || flags.IsPie))
        {
            return (BuildStrategy.Glibc, flags.IsRace ? Texts.BuildAutoRace : flags.HasSanitizer ? Texts.BuildAutoSanitizer : Texts.BuildAutoPie);
        }

        if (target.Os == "linux" && program.Dependencies.Contains("plugin") && CrossPlatform.Of(target) is not null)
        {
            return (BuildStrategy.Glibc, Texts.BuildAutoPlugin);
        }

        string[] withC =
        [
            .. program.Dependencies.Append(program.ImportPath)
                .Where(path => listed.TryGetValue(path, out ListedPackage? package) && package.UsesC && !IsDispensable(package)),
        ];
        if (withC.Length == 0)
        {
            return (BuildStrategy.Static, Texts.BuildAutoStatic);
        }

        if (target.Os == "linux" && CrossPlatform.Of(target) is not null
            && withC.FirstOrDefault(path => listed[path] is { Standard: false } package && package.LoadsByName()) is { } loader)
        {
            return (BuildStrategy.Glibc, TextFormat.Fill(Texts.BuildAutoDlopen, loader));
        }

        string named = string.Join(", ", withC.Take(NamedPackages)) + (withC.Length > NamedPackages ? ", ..." : string.Empty);
        return target.Os == "linux" && target.Platform.CgoSupported && CrossPlatform.Of(target) is not null
            ? (BuildStrategy.Musl, TextFormat.Fill(Texts.BuildAutoMusl, named))
            : (BuildStrategy.Static, TextFormat.Fill(Texts.BuildAutoStaticWithoutC, named, target.Name));
    }

    private static bool IsDispensable(ListedPackage package) => package.Standard && Dispensable.Contains(package.ImportPath);
}
