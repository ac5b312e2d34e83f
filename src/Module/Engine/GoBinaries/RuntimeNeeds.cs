using GoCross.Elf;
using GoCross.Formatting;

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

    /// <summary>Where a user's files are: the value of HOME.</summary>
    public const string HomePath = "$HOME";

    /// <summary>The content types of files, where Go looks for them and Debian has them (package mime).</summary>
    public const string MimeTypesPath = "/etc/mime.types";

    /// <summary>The names of ports (services(5)).</summary>
    public const string ServicesPath = "/etc/services";

    /// <summary>The names of protocols (protocols(5)).</summary>
    public const string ProtocolsPath = "/etc/protocols";

    /// <summary>The path of a program whose name is not in the file as a literal.</summary>
    public const string AnyProgram = "$PATH";

    /// <summary>The path of a library whose name is not known: the function that loads it.</summary>
    public const string AnyLibrary = "dlopen";

    /// <summary>Says what a program needs whose facts were read before.</summary>
    /// <param name="elf">What its headers tell.</param>
    /// <param name="go">What its functions tell; null for a program that is not Go's.</param>
    /// <returns>In the order in which a start would fail.</returns>
    public static IReadOnlyList<RuntimeNeed> Of(ElfReport elf, GoRuntimeFacts? go)
    {
        var needs = new List<RuntimeNeed>();
        if (elf.Interpreter is { } loader)
        {
            needs.Add(new RuntimeNeed(RuntimeNeedKind.Loader, loader, true, Texts.NeedLoader));
        }

        foreach (string library in elf.Needed)
        {
            needs.Add(new RuntimeNeed(
                RuntimeNeedKind.SharedLibrary, library, true, Texts.NeedLibrary));
        }

        foreach (ElfDlopenNeed need in elf.DlopenNeeds.Where(need => need.SoNames.Count > 0))
        {
            needs.Add(new RuntimeNeed(
                RuntimeNeedKind.SharedLibrary,
                need.SoNames[0],
                false,
                TextFormat.Fill(Texts.NeedDlopen, need.Priority, need.Description ?? need.Feature ?? string.Empty)));
        }

        if (go is not null)
        {
            AddFiles(elf, go, needs);
        }

        if (elf.CallsDlopen == true || go is { CallsDlopen: true })
        {
            needs.Add(new RuntimeNeed(
                RuntimeNeedKind.LoadedLibrary,
                AnyLibrary,
                false,
                elf.Linkage.IsStatic() && elf.LibC == LibC.Musl ? Texts.NeedDlopenStub : Texts.NeedDlopenCalled)
            {
                ProvidedBy = NeedProvider.User,
            });
        }

        return [.. needs.DistinctBy(need => (need.Kind, need.Path)).OrderBy(need => need.Required ? 0 : 1 + (int)need.Kind)];
    }

    private static void AddFiles(ElfReport elf, GoRuntimeFacts go, List<RuntimeNeed> needs)
    {
        if (go.UserLookup is GoLookup.PureGo or GoLookup.Cgo)
        {
            needs.Add(new RuntimeNeed(RuntimeNeedKind.UserDatabase, UsersPath, false, UsersReason(elf, go)));
            if (go.LooksUpGroups)
            {
                needs.Add(new RuntimeNeed(RuntimeNeedKind.UserDatabase, GroupsPath, false, Texts.NeedGroups));
            }
        }

        needs.AddRange(LibraryNeeds.In(go.LibraryNeeds)
            .Where(row => row.Kind switch
            {
                RuntimeNeedKind.CaCertificates => !go.EmbedsCaCertificates,
                RuntimeNeedKind.TimeZones => !go.EmbedsTimeZones,
                RuntimeNeedKind.Program => go.Programs.Count == 0 || go.StartsOthers,
                _ => true,
            })
            .Select(row => new RuntimeNeed(row.Kind, row.Path, false, row.Reason) { Variable = row.Variable, ProvidedBy = row.ProvidedBy }));
        needs.AddRange(go.Programs.Select(program => program.StartsWith("/proc/", StringComparison.Ordinal)
            ? new RuntimeNeed(RuntimeNeedKind.ProcessFiles, program, false, Texts.NeedProgramItself) { ProvidedBy = NeedProvider.ContainerEngine }
            : new RuntimeNeed(RuntimeNeedKind.Program, program, false, Texts.NeedProgramByName) { Variable = "PATH", ProvidedBy = NeedProvider.User }));
        if (go.HasOwnCCode)
        {
            needs.Add(new RuntimeNeed(RuntimeNeedKind.TemporaryDirectory, TemporaryDirectoryPath, false, Texts.NeedTemporaryDirectoryOfC)
            {
                Variable = "TMPDIR",
            });
        }
    }

    private static string UsersReason(ElfReport elf, GoRuntimeFacts go) => (go.UserLookup, elf.LibC, elf.Linkage.IsStatic()) switch
    {
        (GoLookup.PureGo, _, _) => Texts.NeedUsersPureGo,
        (_, LibC.Musl, _) => Texts.NeedUsersMusl,
        (_, LibC.Glibc, true) => Texts.NeedUsersStaticGlibc,
        _ => Texts.NeedUsersCgo,
    };
}
