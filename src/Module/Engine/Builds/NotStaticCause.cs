using GoCross.Elf;
using GoCross.Formatting;
using GoCross.GoBinaries;
using GoCross.Targets;

namespace GoCross.Builds;

/// <summary>Why a program that was to be static is not. It is looked for only where one is not.</summary>
internal sealed class NotStaticCause(GoToolchain toolchain, BuildRequest build, BuildCommand command, GoFlags flags)
{
    private const string Pragma = "//go:cgo_import_dynamic";
    private const string Pie = "-buildmode=pie";

    /// <summary>The cause in a sentence, or null where none of the known ones applies.</summary>
    /// <param name="report">What the program is.</param>
    /// <param name="info">What Go wrote into it.</param>
    /// <param name="cancellation">Ends the looking.</param>
    internal async Task<string?> FindAsync(ElfReport report, GoBuildInfo? info, CancellationToken cancellation)
    {
        if (info?.Setting("-buildmode") == "pie" || report.Pie)
        {
            return TextFormat.Fill(Texts.BuildCausePie, WhoAskedForPie());
        }

        if (build.Strategy == BuildStrategy.Static && info?.CgoEnabled == true)
        {
            return Texts.BuildCauseCgo;
        }

        if (await FindDynamicImportAsync(cancellation).ConfigureAwait(false) is { } import)
        {
            return TextFormat.Fill(Texts.BuildCauseDynamicImport, import.Package, import.File);
        }

        return build.Strategy == BuildStrategy.Static && flags.AsksForExternalLinker(build.Package) ? Texts.BuildCauseExternal : null;
    }

    private string WhoAskedForPie() =>
        toolchain.Flags.Contains(Pie, StringComparison.Ordinal) || toolchain.Flags.Contains("-buildmode pie", StringComparison.Ordinal)
            ? $"GOFLAGS={toolchain.Flags}"
            : command.CommandLine.Contains(Pie) ? Pie : "-LdFlags";

    /// <summary>A package outside Go's library whose source tells the linker to import from a shared library, and the file.</summary>
    private async Task<(string Package, string File)?> FindDynamicImportAsync(CancellationToken cancellation)
    {
        // The files of a container are not here to be read.
        if (toolchain.Host is not LocalGoHost)
        {
            return null;
        }

        var reference = new PackageReference(build.Package.Argument, build.Package.WorkingDirectory, build.Package.Argument);
        List<ListedPackage> packages = await GoListing.AskAsync(
            toolchain,
            reference,
            build.Target,
            build.Strategy,
            flags.ForQuestion(build.Strategy),
            withDependencies: true,
            cancellation).ConfigureAwait(false);
        foreach (ListedPackage package in packages.Where(package => !package.Standard && Directory.Exists(package.Directory)))
        {
            foreach (string file in Directory.EnumerateFiles(package.Directory, "*.go").Order(StringComparer.Ordinal))
            {
                // Files for other systems import other libraries.
                if (IsForTarget(file) && File.ReadLines(file).Any(line => line.StartsWith(Pragma, StringComparison.Ordinal)))
                {
                    return (package.ImportPath, Path.GetFileName(file));
                }
            }
        }

        return null;
    }

    private bool IsForTarget(string file)
    {
        string[] parts = Path.GetFileNameWithoutExtension(file).Split('_');
        return parts.Skip(1).All(part => toolchain.Targets.All(target => target.Os != part) || part == build.Target.Os);
    }
}
