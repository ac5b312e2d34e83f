using System.Globalization;
using System.Text;
using GoCross.Certificates;
using GoCross.Elf;
using GoCross.Errors;
using GoCross.Formatting;
using GoCross.GoBinaries;
using GoCross.Oci;
using GoCross.Roots;

namespace GoCross.Scratch;

/// <summary>Decides what goes into an image beside the program: what the program asks for, and nothing else.</summary>
internal sealed record ScratchContents
{
    private const int HomeMode = 0x1C0; // 0700
    private const int StickyMode = 0x3FF; // 1777
    private const int VolumeMode = 0x1ED; // 0755
    private const string AskedFor = "they were asked for.";

    /// <summary>What is a directory at the root of systems, or of our own images.</summary>
    private static readonly string[] ReservedNames =
    [
        ".", "..", "bin", "boot", "dev", "etc", "home", "lib", "lib32", "lib64", "libx32", "media", "mnt", "opt", "proc", "root", "run",
        "sbin", "srv", "sys", "tmp", "usr", "var",
    ];

    /// <summary>
    /// The parts that every platform's image has, in the order in which they change least: a layer below stays when one
    /// above changes.
    /// </summary>
    internal required IReadOnlyList<RootPart> Parts { get; init; }

    /// <summary>The loader and the libraries of each dynamic program, by its platform, of which there is one program each.</summary>
    internal required IReadOnlyDictionary<ImagePlatform, RootPart> Libraries { get; init; }

    /// <summary>Why each program starts in its image, by its platform.</summary>
    internal required IReadOnlyDictionary<ImagePlatform, string> StartReasons { get; init; }

    /// <summary>The variables that the container starts with, sorted.</summary>
    internal required IReadOnlyList<KeyValuePair<string, string>> Environment { get; init; }

    /// <summary>The labels, sorted.</summary>
    internal required IReadOnlyList<KeyValuePair<string, string>> Labels { get; init; }

    /// <summary>The program's path in the image, and its arguments.</summary>
    internal required IReadOnlyList<string> Entrypoint { get; init; }

    /// <summary>What the program needs, and what could not be told.</summary>
    internal required IReadOnlyList<RuntimeNeed> Needs { get; init; }

    /// <summary>What the user should know.</summary>
    internal required IReadOnlyList<string> Warnings { get; init; }

    /// <summary>The program's name in the image.</summary>
    internal required string Name { get; init; }

    /// <summary>Plans the contents for a program, or for one program's builds for several platforms.</summary>
    /// <param name="programs">The programs.</param>
    /// <param name="options">What the user said.</param>
    /// <param name="cancellation">Ends it.</param>
    /// <exception cref="GoCrossException">
    /// ScratchNameUnusable; ScratchNamesDiffer; ScratchLabelInvalid; ScratchVariableInvalid; ScratchPortInvalid and its
    /// like; CaBundleMissing and its like; ZoneDataMissing and its like; ProgramCannotStart.
    /// </exception>
    /// <exception cref="IOException">A library cannot be read.</exception>
    /// <exception cref="UnauthorizedAccessException">A library may not be read.</exception>
    internal static ScratchContents Plan(
        IReadOnlyList<ScratchProgram> programs, ScratchOptions options, CancellationToken cancellation = default)
    {
        string name = ChooseName(programs, options);
        ScratchOptionRules.Check(options);
        if (options is { IncludesLibraries: true, HealthCheck: [var check, ..] } && check != "/" + name)
        {
            throw GoCrossException.Create(
                ErrorKind.InvalidArgument, nameof(Messages.ScratchHealthCheckMissing), check, "/" + name);
        }

        IReadOnlyList<RuntimeNeed> needs = Combine(programs);
        List<string> warnings = [.. programs.SelectMany(program => program.Warnings)];
        RootPart[] parts = [.. PlanParts(needs, options, warnings)];
        if (options.User.IsRoot)
        {
            warnings.Add("The container runs as root. Give a user number other than 0 unless the program has to be root.");
        }

        var libraries = new Dictionary<ImagePlatform, RootPart>();
        var starts = new Dictionary<ImagePlatform, string>();
        foreach (ScratchProgram program in programs)
        {
            starts[program.Platform] = program.ScratchReason;
            if (program.IsDynamic && options.IncludesLibraries)
            {
                var closure = LibraryClosure.Find(program, "/" + name, options, cancellation);
                starts[program.Platform] = closure.Start.Reason;
                libraries[program.Platform] = PlanLibraries(program, closure);
                warnings.AddRange(closure.Warnings);
                RequireStart(program, closure.Start, options, warnings);
            }
        }

        if (options.IncludesLibraries)
        {
            warnings.AddRange(LeftOut(programs, options));
        }

        warnings.AddRange(ForTheUser(programs, needs, options));
        return new ScratchContents
        {
            Parts = parts,
            Libraries = libraries,
            StartReasons = starts,
            Environment = PlanEnvironment(
                options,
                users: ReasonOf(needs, RuntimeNeedKind.UserDatabase) is not null,
                home: ReasonOf(needs, RuntimeNeedKind.HomeDirectory) is not null),
            Labels = PlanLabels(programs, options, name),
            Entrypoint = options.Arguments.Prepend("/" + name).ToArray(),
            Needs = needs,
            Warnings = warnings.Distinct(StringComparer.Ordinal).ToArray(),
            Name = name,
        };
    }

    /// <summary>How the image runs: what the user said, over what the program asks for, over the base image.</summary>
    /// <param name="options">What the user said.</param>
    /// <param name="baseImage">How the base image runs; null for none.</param>
    internal ImageConfiguration Configure(ScratchOptions options, ImageConfiguration? baseImage)
    {
        baseImage ??= new ImageConfiguration();
        return baseImage with
        {
            Created = options.Created,
            User = options.User.ToString(),
            WorkingDirectory = baseImage.WorkingDirectory.Length == 0 ? "/" : baseImage.WorkingDirectory,
            Entrypoint = Entrypoint,
            Command = [],
            Environment = Merge(baseImage.Environment, Environment),
            Labels = Merge(baseImage.Labels, Labels),
            ExposedPorts =
            [
                .. baseImage.ExposedPorts
                    .Concat(options.Ports.Order().Select(port => string.Create(CultureInfo.InvariantCulture, $"{port}/tcp")))
                    .Distinct(StringComparer.Ordinal),
            ],
            Volumes = [.. baseImage.Volumes.Concat(options.Volumes.Order(StringComparer.Ordinal)).Distinct(StringComparer.Ordinal)],
            StopSignal = options.StopSignal ?? baseImage.StopSignal,
            HealthCheck = options.HealthCheck.Count == 0 ? baseImage.HealthCheck : new ImageHealthCheck
            {
                Test = [.. options.HealthCheck.Prepend("CMD")],
                Interval = options.HealthCheckInterval,
                Timeout = options.HealthCheckTimeout,
            },
            OnBuild = [],

            // Of a command line that is not taken over.
            ArgsEscaped = false,
        };
    }

    /// <summary>Fails for a program that does not start in its image, or warns where it is made all the same.</summary>
    /// <param name="program">The program.</param>
    /// <param name="verdict">Whether it starts.</param>
    /// <param name="options">What the user said.</param>
    /// <param name="warnings">Where to warn.</param>
    /// <exception cref="GoCrossException">ProgramCannotStart.</exception>
    internal static void RequireStart(
        ScratchProgram program, RootStart verdict, ScratchOptions options, ICollection<string> warnings)
    {
        if (verdict.RunsInRoot == Verdict.Yes)
        {
            return;
        }

        GoCrossException failure = GoCrossException.Create(
            ErrorKind.VerificationFailed, nameof(Messages.ProgramCannotStart), program.Path, verdict.Reason);
        if (verdict.RunsInRoot == Verdict.No && !options.AllowsFailure)
        {
            throw failure;
        }

        warnings.Add(verdict.RunsInRoot == Verdict.No
            ? failure.Message
            : TextFormat.Fill(Texts.ScratchStartUnknown, program.Path, verdict.Reason));
    }

    private static SortedDictionary<string, string> Merge(
        IReadOnlyDictionary<string, string> baseImage, IReadOnlyList<KeyValuePair<string, string>> own)
    {
        var merged = new SortedDictionary<string, string>(StringComparer.Ordinal);
        foreach ((string name, string value) in baseImage.Concat(own))
        {
            merged[name] = value;
        }

        return merged;
    }

    // Why an image has to hold something; null where it need not.
    private static string? ReasonOf(IReadOnlyList<RuntimeNeed> needs, RuntimeNeedKind kind) =>
        needs.FirstOrDefault(need => need.Kind == kind && need.ProvidedBy == NeedProvider.Image)?.Reason;

    private static IEnumerable<RootPart> PlanParts(
        IReadOnlyList<RuntimeNeed> needs, ScratchOptions options, List<string> warnings)
    {
        if (ReasonOf(needs, RuntimeNeedKind.TemporaryDirectory) is { } temporary)
        {
            yield return new RootPart(
                RuntimeNeedKind.TemporaryDirectory,
                "/tmp",
                $"/tmp, mode 1777: {temporary}",
                [new RootEntry("tmp", UstarType.Directory, StickyMode)]);
        }

        if (ReasonOf(needs, RuntimeNeedKind.UserDatabase) is { } users)
        {
            yield return PlanUsers(options.User, users, needs.Any(need => need.Path == RuntimeNeeds.GroupsPath));
        }
        else if (ReasonOf(needs, RuntimeNeedKind.HomeDirectory) is { } home)
        {
            yield return PlanHome(options.User, home);
        }

        // A zone that the container starts with is looked up by every program that asks what time it is.
        string? zones = ReasonOf(needs, RuntimeNeedKind.TimeZones)
            ?? (options.Environment.ContainsKey("TZ") && needs.Any(need => need.Kind == RuntimeNeedKind.LocalTime) ? Texts.ScratchZoneIsSet : null);
        if (options.ZoneDataPath is not null || zones is not null)
        {
            yield return PlanZones(options.ZoneDataPath, zones ?? AskedFor);
        }

        string? certificates = ReasonOf(needs, RuntimeNeedKind.CaCertificates);
        if (options.CaBundlePath is not null || certificates is not null)
        {
            yield return PlanCertificates(options.CaBundlePath, certificates ?? AskedFor);
        }

        foreach (RootPart part in MachineFiles.Plan(needs, warnings))
        {
            yield return part;
        }

        if (options.Volumes.Count > 0)
        {
            yield return PlanVolumes(options);
        }
    }

    private static RootPart PlanZones(string? given, string reason)
    {
        var zones = ZoneData.Read(given);
        return new RootPart(
            RuntimeNeedKind.TimeZones,
            "time zones",
            string.Create(CultureInfo.InvariantCulture, $"/{ZoneData.ImagePath}, {zones.Zones.Count} zones: {reason}"),
            [.. zones.ToEntries()])
        {
            IsWanted = given is not null,
        };
    }

    private static RootPart PlanCertificates(string? given, string reason)
    {
        var bundle = CaBundle.Read(given);
        return new RootPart(
            RuntimeNeedKind.CaCertificates,
            "CA certificates",
            string.Create(CultureInfo.InvariantCulture, $"/{CaBundle.ImagePath}, {bundle.Count} certificates: {reason}"),
            [RootEntry.File(CaBundle.ImagePath, bundle.Content)])
        {
            IsWanted = given is not null,
        };
    }

    private static RootPart PlanVolumes(ScratchOptions options) => new(
        RuntimeNeedKind.TemporaryDirectory,
        Texts.ScratchVolumesPart,
        TextFormat.Fill(Texts.ScratchVolumes, string.Join(", ", options.Volumes), options.User),
        [.. options.Volumes.Select(volume => new RootEntry(volume[1..], UstarType.Directory, VolumeMode)
        {
            UserId = options.User.UserId,
            GroupId = options.User.GroupId,
        })])
    {
        FileName = "volumes.tar",
        IsWanted = true,
    };

    private static RootPart PlanLibraries(ScratchProgram program, LibraryClosure closure)
    {
        string reason = TextFormat.Fill(Texts.ScratchLibraries, closure.Entries.Count, closure.Root, closure.Start.Reason);
        if (closure.Included.Count > 0)
        {
            reason += " " + TextFormat.Fill(Texts.ScratchLibrariesByName, string.Join(", ", closure.Included));
        }

        return new RootPart(RuntimeNeedKind.SharedLibrary, Texts.ScratchLibrariesPart, reason, closure.Entries)
        {
            FileName = $"libraries-{program.Platform.Architecture}{program.Platform.Variant}.tar",
        };
    }

    // What a header says may be loaded, and nobody asked for.
    private static IEnumerable<string> LeftOut(IReadOnlyList<ScratchProgram> programs, ScratchOptions options) => programs
        .SelectMany(program => program.DlopenLibraries(all: true)
            .Except(program.DlopenLibraries(options.IncludesDlopened))
            .Except(options.Libraries.Select(library => Path.GetFileName(library))))
        .Distinct(StringComparer.Ordinal)
        .Select(library => TextFormat.Fill(Texts.ScratchDlopenedLeftOut, library));

    private static RootPart PlanUsers(ContainerUser user, string reason, bool groups)
    {
        string passwd = "root:x:0:0:root:/root:/sbin/nologin\n";
        if (!user.IsRoot)
        {
            passwd += string.Create(
                CultureInfo.InvariantCulture,
                $"{user.Name}:x:{user.UserId}:{user.GroupId}:{user.Name}:{user.Home}:/sbin/nologin\n");
        }

        List<RootEntry> entries =
        [
            RootEntry.File("etc/passwd", Encoding.ASCII.GetBytes(passwd)),
            new RootEntry(user.Home[1..], UstarType.Directory, HomeMode) { UserId = user.UserId, GroupId = user.GroupId },
        ];
        if (groups)
        {
            string group = "root:x:0:\n";
            if (user.GroupId != 0)
            {
                group += string.Create(CultureInfo.InvariantCulture, $"{user.GroupName}:x:{user.GroupId}:\n");
            }

            entries.Add(RootEntry.File("etc/group", Encoding.ASCII.GetBytes(group)));
        }

        string files = groups ? "/etc/passwd and /etc/group" : "/etc/passwd";
        return new RootPart(
            RuntimeNeedKind.UserDatabase,
            "users",
            $"{files}: {reason} The user {user} is called {user.Name} and is at home in {user.Home}.",
            entries);
    }

    // Without a list of users an engine says HOME=/, where only root may write.
    private static RootPart PlanHome(ContainerUser user, string reason) => new(
        RuntimeNeedKind.HomeDirectory,
        Texts.ScratchHomePart,
        TextFormat.Fill(Texts.ScratchHome, user.Home, user, reason),
        [new RootEntry(user.Home[1..], UstarType.Directory, HomeMode) { UserId = user.UserId, GroupId = user.GroupId }]);

    // What a program asks of its surroundings that no image from scratch has by itself, and nobody but the user can give.
    private static IEnumerable<string> ForTheUser(
        IReadOnlyList<ScratchProgram> programs, IReadOnlyList<RuntimeNeed> needs, ScratchOptions options)
    {
        string[] started = [.. needs.Where(need => need.Kind == RuntimeNeedKind.Program).Select(need => need.Path)];
        if (started.Length > 0 && options.IncludesLibraries)
        {
            yield return started is [RuntimeNeeds.AnyProgram]
                ? TextFormat.Fill(Texts.ScratchStartsPrograms, programs[0].Path)
                : TextFormat.Fill(
                    Texts.ScratchStartsProgramsNamed,
                    programs[0].Path,
                    string.Join(", ", started.OrderBy(name => name == RuntimeNeeds.AnyProgram).Select(name => name == RuntimeNeeds.AnyProgram ? Texts.ScratchStartsOthers : name)));
        }

        if (needs.FirstOrDefault(need => need.Kind == RuntimeNeedKind.LoadedLibrary) is { } loaded && options.Libraries.Count == 0)
        {
            yield return TextFormat.Fill(Texts.ScratchLoadsLibraries, programs[0].Path, loaded.Reason);
        }

        if (needs.FirstOrDefault(need => need.Kind == RuntimeNeedKind.Syslog) is { } log)
        {
            yield return TextFormat.Fill(Texts.ScratchWritesToLog, programs[0].Path, log.Path);
        }
    }

    private static KeyValuePair<string, string>[] PlanEnvironment(ScratchOptions options, bool users, bool home)
    {
        var variables = new SortedDictionary<string, string>(StringComparer.Ordinal);
        if (users || home)
        {
            variables["HOME"] = options.User.Home;
        }

        if (users)
        {
            variables["USER"] = options.User.Name;
        }

        foreach ((string name, string value) in options.Environment)
        {
            variables[name] = value;
        }

        return [.. variables];
    }

    /// <summary>The labels of the OCI image specification (annotations.md) that the build information can fill.</summary>
    private static KeyValuePair<string, string>[] PlanLabels(
        IReadOnlyList<ScratchProgram> programs, ScratchOptions options, string name)
    {
        const string Prefix = "org.opencontainers.image.";
        var labels = new SortedDictionary<string, string>(StringComparer.Ordinal) { [Prefix + "title"] = name };

        // (devel) is what Go says of a version it does not know.
        Add("version", program => program.BuildInfo?.Main?.Version is { Length: > 0 } version && version != "(devel)" ? version : null);

        // A tree with changes is not what the revision names.
        Add("revision", program => program.BuildInfo?.Vcs is { Modified: false, Revision: { Length: > 0 } revision } ? revision : null);
        foreach ((string key, string value) in options.Labels)
        {
            labels[key] = value;
        }

        return [.. labels];

        // A label holds for the image of every platform, so all programs have to agree on it.
        void Add(string key, Func<ScratchProgram, string?> read)
        {
            if (read(programs[0]) is { } value && !HasControl(value) && programs.All(program => read(program) == value))
            {
                labels[Prefix + key] = value;
            }
        }
    }

    private static RuntimeNeed[] Combine(IReadOnlyList<ScratchProgram> programs) =>
        [.. programs.SelectMany(program => program.Needs).DistinctBy(need => (need.Kind, need.Path)).OrderBy(need => need.Kind)];

    private static string ChooseName(IReadOnlyList<ScratchProgram> programs, ScratchOptions options)
    {
        string[] names = [.. programs.Select(program => program.Name).Distinct(StringComparer.Ordinal)];
        string name = options.Name ?? names[0];
        if (options.Name is null && names.Length > 1)
        {
            throw GoCrossException.Create(
                ErrorKind.InvalidArgument, nameof(Messages.ScratchNamesDiffer), string.Join(", ", names));
        }

        if (ReservedNames.Contains(name)
            || name.Length == 0
            || name.Contains('/', StringComparison.Ordinal)
            || HasControl(name)
            || Encoding.UTF8.GetByteCount(name) > Ustar.MaxNameLength)
        {
            throw GoCrossException.Create(
                ErrorKind.InvalidArgument, nameof(Messages.ScratchNameUnusable), name, Ustar.MaxNameLength);
        }

        return name;
    }

    private static bool HasControl(string text) => text.Any(char.IsControl);
}
