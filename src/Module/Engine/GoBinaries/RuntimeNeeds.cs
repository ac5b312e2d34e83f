using System.Globalization;
using System.Text;
using GoCross.Elf;
using GoCross.Errors;
using GoCross.Files;

namespace GoCross.GoBinaries;

/// <summary>
/// Sums up what an image must hold for a program to start and to work. Only what the file tells is said: what a program
/// reads by its own code, and what a C library loads by configuration, is in no file's headers.
/// </summary>
public static class RuntimeNeeds
{
    /// <summary>The first file of certificates that Go looks for, and where Debian and Alpine have it (crypto/x509).</summary>
    public const string CaCertificatesPath = "/etc/ssl/certs/ca-certificates.crt";

    /// <summary>The first directory of time zones that Go looks for (package time).</summary>
    public const string TimeZonesPath = "/usr/share/zoneinfo";

    /// <summary>The list of users (passwd(5)).</summary>
    public const string UsersPath = "/etc/passwd";

    /// <summary>The list of groups (group(5)).</summary>
    public const string GroupsPath = "/etc/group";

    /// <summary>Where Go makes temporary files if TMPDIR does not say otherwise (os.TempDir).</summary>
    public const string TemporaryDirectoryPath = "/tmp";

    private static readonly Lazy<CompositeFormat> DlopenReason = new(() => CompositeFormat.Parse(Reasons.Dlopen));

    /// <summary>Reads what a program for Linux or another Unix with ELF needs.</summary>
    /// <param name="fullPath">The file's full path.</param>
    /// <returns>In the order in which a start would fail; empty for files that are no ELF files.</returns>
    /// <exception cref="GoCrossException">
    /// The file's ELF headers or its table of Go functions are damaged. PathNotFound, PathIsDirectory, FileEmpty.
    /// </exception>
    /// <exception cref="IOException">The file cannot be read.</exception>
    /// <exception cref="UnauthorizedAccessException">This user may not read it.</exception>
    public static IReadOnlyList<RuntimeNeed> Read(string fullPath)
    {
        using RandomAccessFile source = RandomAccessFile.Open(fullPath);
        return Read(source);
    }

    /// <summary>Reads what a program needs.</summary>
    /// <param name="source">The file's bytes. The caller keeps it.</param>
    /// <returns>In the order in which a start would fail; empty for a source that is no ELF file.</returns>
    /// <exception cref="GoCrossException">The file's ELF headers or its table of Go functions are damaged.</exception>
    /// <exception cref="IOException">The source cannot be read.</exception>
    public static IReadOnlyList<RuntimeNeed> Read(IRandomAccessSource source)
    {
        using ElfFile? file = ElfFile.TryOpen(source);
        return file is null
            ? []
            : Of(ElfInspector.Inspect(file, ElfFacts.Linkage), GoRuntimeFactsReader.TryRead(source, file));
    }

    /// <summary>Says what a program needs whose facts were read before.</summary>
    /// <param name="elf">What its headers tell.</param>
    /// <param name="go">What its functions tell; null for a program that is not Go's.</param>
    /// <returns>In the order in which a start would fail.</returns>
    public static IReadOnlyList<RuntimeNeed> Of(ElfReport elf, GoRuntimeFacts? go)
    {
        var needs = new List<RuntimeNeed>();
        if (elf.Interpreter is { } loader)
        {
            needs.Add(new RuntimeNeed(RuntimeNeedKind.Loader, loader, true, Reasons.Loader));
        }

        foreach (string library in elf.Needed)
        {
            needs.Add(new RuntimeNeed(
                RuntimeNeedKind.SharedLibrary, library, true, Reasons.Library));
        }

        foreach (ElfDlopenNeed need in elf.DlopenNeeds.Where(need => need.SoNames.Count > 0))
        {
            needs.Add(new RuntimeNeed(
                RuntimeNeedKind.SharedLibrary,
                need.SoNames[0],
                false,
                string.Format(
                    CultureInfo.CurrentCulture,
                    DlopenReason.Value,
                    need.Priority,
                    need.Description ?? need.Feature ?? "")));
        }

        if (go is not null)
        {
            AddFiles(elf, go, needs);
        }

        return needs;
    }

    private static void AddFiles(ElfReport elf, GoRuntimeFacts go, List<RuntimeNeed> needs)
    {
        if (go.NeedsCaCertificates && !go.EmbedsCaCertificates)
        {
            needs.Add(new RuntimeNeed(
                RuntimeNeedKind.CaCertificates,
                CaCertificatesPath,
                false,
                Reasons.CaCertificates));
        }

        if (go.NeedsTimeZones && !go.EmbedsTimeZones)
        {
            needs.Add(new RuntimeNeed(
                RuntimeNeedKind.TimeZones, TimeZonesPath, false, Reasons.TimeZones));
        }

        if (go.UserLookup is GoLookup.PureGo or GoLookup.Cgo)
        {
            needs.Add(new RuntimeNeed(RuntimeNeedKind.UserDatabase, UsersPath, false, UsersReason(elf, go)));
            if (go.LooksUpGroups)
            {
                needs.Add(new RuntimeNeed(
                    RuntimeNeedKind.UserDatabase, GroupsPath, false, Reasons.Groups));
            }
        }

        if (go.MakesTemporaryFiles)
        {
            needs.Add(new RuntimeNeed(
                RuntimeNeedKind.TemporaryDirectory,
                TemporaryDirectoryPath,
                false,
                Reasons.TemporaryDirectory));
        }
    }

    private static string UsersReason(ElfReport elf, GoRuntimeFacts go) => (go.UserLookup, elf.LibC, elf.Linkage) switch
    {
        (GoLookup.PureGo, _, _) => Reasons.UsersPureGo,
        (_, LibC.Musl, _) => Reasons.UsersMusl,
        (_, LibC.Glibc, ElfLinkage.Static or ElfLinkage.StaticPie) => Reasons.UsersStaticGlibc,
        _ => Reasons.UsersCgo,
    };
}
