using System.Globalization;
using System.Text;
using GoCross.Certificates;
using GoCross.Errors;
using GoCross.GoBinaries;

namespace GoCross.Containers;

/// <summary>Decides what goes into an image beside the program: what the program asks for, and nothing else.</summary>
internal sealed record ScratchContents
{
    private const int HomeMode = 0x1C0; // 0700
    private const int StickyMode = 0x3FF; // 1777

    /// <summary>The parts, in the order in which they change least: a layer below stays when one above changes.</summary>
    internal required IReadOnlyList<RootPart> Parts { get; init; }

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
    /// <exception cref="GoCrossException">
    /// ScratchNameReserved; ScratchNamesDiffer; ScratchLabelInvalid; ScratchVariableInvalid; ScratchPortInvalid;
    /// CaBundleMissing and its like; ZoneDataMissing and its like.
    /// </exception>
    internal static ScratchContents Plan(IReadOnlyList<ScratchProgram> programs, ScratchOptions options)
    {
        string name = ChooseName(programs, options);
        CheckTexts(options);
        IReadOnlyList<RuntimeNeed> needs = Combine(programs);
        List<RootPart> parts = [];
        List<string> warnings = [.. programs.SelectMany(program => program.Warnings)];
        if (Reason(RuntimeNeedKind.TemporaryDirectory) is { } temporary)
        {
            parts.Add(new RootPart(
                RuntimeNeedKind.TemporaryDirectory,
                "/tmp",
                $"/tmp, mode 1777: {temporary}",
                [new RootEntry("tmp", UstarType.Directory, StickyMode)]));
        }

        string? usersReason = Reason(RuntimeNeedKind.UserDatabase);
        if (usersReason is not null)
        {
            parts.Add(PlanUsers(options.User, usersReason, needs.Any(need => need.Path == RuntimeNeeds.GroupsPath)));
        }

        if (options.ZoneDataPath is not null || Reason(RuntimeNeedKind.TimeZones) is not null)
        {
            var zones = ZoneData.Read(options.ZoneDataPath);
            string reason = Reason(RuntimeNeedKind.TimeZones) ?? "they were asked for.";
            parts.Add(new RootPart(
                RuntimeNeedKind.TimeZones,
                "time zones",
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"/{ZoneData.ImagePath}, {zones.Zones.Count} zones: {reason}"),
                [.. zones.ToEntries()]));
        }

        if (options.CaBundlePath is not null || Reason(RuntimeNeedKind.CaCertificates) is not null)
        {
            var bundle = CaBundle.Read(options.CaBundlePath);
            string reason = Reason(RuntimeNeedKind.CaCertificates) ?? "they were asked for.";
            parts.Add(new RootPart(
                RuntimeNeedKind.CaCertificates,
                "CA certificates",
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"/{CaBundle.ImagePath}, {bundle.Count} certificates: {reason}"),
                [RootEntry.File(CaBundle.ImagePath, bundle.Content)]));
        }

        if (options.User.IsRoot)
        {
            warnings.Add("The container runs as root. Give a user number other than 0 unless the program has to be root.");
        }

        warnings.AddRange(needs
            .Where(need => need.Kind == RuntimeNeedKind.SharedLibrary)
            .Select(need => $"{need.Path} is not in the image: {need.Reason}"));

        return new ScratchContents
        {
            Parts = parts,
            Environment = PlanEnvironment(options, usersReason is not null),
            Labels = PlanLabels(programs, options, name),
            Entrypoint = options.Arguments.Prepend("/" + name).ToArray(),
            Needs = needs,
            Warnings = warnings.Distinct(StringComparer.Ordinal).ToArray(),
            Name = name,
        };

        string? Reason(RuntimeNeedKind kind) => needs.FirstOrDefault(need => need.Kind == kind)?.Reason;
    }

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

    private static KeyValuePair<string, string>[] PlanEnvironment(ScratchOptions options, bool users)
    {
        var variables = new SortedDictionary<string, string>(StringComparer.Ordinal);
        if (users)
        {
            variables["HOME"] = options.User.Home;
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

        if (name is "etc" or "home" or "root" or "tmp" or "usr" or "dev" or "proc" or "sys" or "run" or "." or ".."
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

    private static void CheckTexts(ScratchOptions options)
    {
        foreach ((string key, string value) in options.Labels)
        {
            if (key.Length == 0 || key.Any(c => char.IsControl(c) || char.IsWhiteSpace(c) || c is '"' or '=' or '$' or '\\') || HasControl(value))
            {
                throw GoCrossException.Create(ErrorKind.InvalidArgument, nameof(Messages.ScratchLabelInvalid), key);
            }
        }

        foreach ((string key, string value) in options.Environment)
        {
            if (key.Length == 0 || char.IsAsciiDigit(key[0]) || !key.All(c => char.IsAsciiLetterOrDigit(c) || c == '_') || HasControl(value))
            {
                throw GoCrossException.Create(ErrorKind.InvalidArgument, nameof(Messages.ScratchVariableInvalid), key);
            }
        }

        foreach (int port in options.Ports)
        {
            if (port is < 1 or > ushort.MaxValue)
            {
                throw GoCrossException.Create(ErrorKind.InvalidArgument, nameof(Messages.ScratchPortInvalid), port);
            }
        }

        foreach (string argument in options.Arguments)
        {
            if (argument.Contains('\0', StringComparison.Ordinal))
            {
                throw GoCrossException.Create(ErrorKind.InvalidArgument, nameof(Messages.ScratchArgumentInvalid), argument);
            }
        }

        if (options.Created.ToUnixTimeSeconds() is < 0 or > Ustar.MaxTime)
        {
            throw GoCrossException.Create(
                ErrorKind.InvalidArgument, nameof(Messages.SourceDateInvalid), options.Created.ToUnixTimeSeconds(), Ustar.MaxTime);
        }
    }

    private static bool HasControl(string text) => text.Any(char.IsControl);
}
