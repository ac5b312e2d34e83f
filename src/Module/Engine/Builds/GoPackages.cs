using System.Text;
using System.Text.Json;
using GoCross.Errors;
using GoCross.GoBinaries;
using GoCross.Processes;

namespace GoCross.Builds;

/// <summary>Asks go which packages are meant (<c>go list</c>).</summary>
public static class GoPackages
{
    private const string Main = "main";
    private const int SuggestedPrograms = 5;

    /// <summary>
    /// The main packages that a reference stands for, each with the targets and strategies it is there for: go is asked
    /// once for each, as build constraints, cgo and build tags decide which files count. A pattern stands for what each
    /// of them has. A package that is named stands for itself, also where it has no files: building it there says so.
    /// </summary>
    /// <param name="toolchain">The toolchain, as it is in the reference's working directory.</param>
    /// <param name="reference">What the user typed.</param>
    /// <param name="targets">The targets.</param>
    /// <param name="strategies">The strategies.</param>
    /// <param name="tags">Build tags to add to those of GOFLAGS.</param>
    /// <param name="cancellation">Ends the asking.</param>
    /// <returns>The matches: those of a package side by side, and among them those of a strategy.</returns>
    /// <exception cref="GoCrossException">PackageNoModule; PackageNoGoFiles; PackageNotMain; PackageNoneMatched;
    /// PackageUnresolved; GoTooOld; FlagsUnclosed.</exception>
    public static async Task<IReadOnlyList<PackageMatch>> ResolveAsync(
        GoToolchain toolchain,
        PackageReference reference,
        IReadOnlyList<BuildTarget> targets,
        IReadOnlyList<BuildStrategy> strategies,
        IReadOnlyList<string> tags,
        CancellationToken cancellation)
    {
        var flags = new GoFlags(new BuildOptions { Tags = tags }, toolchain.Flags);
        Setting[] settings =
        [
            .. from strategy in strategies.Distinct()
               from target in targets.Distinct()
               select new Setting(target, strategy, string.Join(',', flags.TagsFor(strategy))),
        ];
        ProcessResult[] answers = await AskAsync(toolchain, reference, settings, cancellation).ConfigureAwait(false);
        (Setting Setting, Listed Package)[] found =
        [
            .. settings.SelectMany((setting, i) => Read(reference, answers[i]).Select(package => (setting, package))),
        ];
        if (reference.IsPattern)
        {
            PackageMatch[] programs =
            [
                .. found.Where(match => match.Package.Name == Main)
                    .Select(match => new PackageMatch(
                        ToPackage(match.Package, reference.WorkingDirectory, match.Package.ImportPath),
                        match.Setting.Target,
                        match.Setting.Strategy))
                    .GroupBy(match => match.Package)
                    .SelectMany(matches => matches),
            ];
            return programs.Length > 0
                ? programs
                : throw GoCrossException.Create(
                    ErrorKind.NotFound, nameof(Messages.PackageNoneMatched), reference.Text, reference.WorkingDirectory);
        }

        foreach ((Setting setting, Listed package) in found)
        {
            if (package.Name != Main && !package.ExcludedByConstraints)
            {
                throw await ExplainAsync(toolchain, reference, setting, package, cancellation).ConfigureAwait(false);
            }
        }

        // What a target leaves out altogether, go may not know the import path of.
        Listed known = found.Select(match => match.Package).FirstOrDefault(package => package.Name == Main, found[0].Package);
        GoPackage one = ToPackage(known, reference.WorkingDirectory, reference.Pattern);
        return [.. settings.Select(setting => new PackageMatch(one, setting.Target, setting.Strategy))];
    }

    /// <summary>Asks for each setting, as many at once as there are processors.</summary>
    private static async Task<ProcessResult[]> AskAsync(
        GoToolchain toolchain, PackageReference reference, Setting[] settings, CancellationToken cancellation)
    {
        var answers = new ProcessResult[settings.Length];
        await Parallel.ForAsync(
            0,
            settings.Length,
            new ParallelOptions { CancellationToken = cancellation, MaxDegreeOfParallelism = Environment.ProcessorCount },
            async (i, stop) => answers[i] = await ListAsync(
                toolchain,
                reference,
                settings[i],
                ["-json=Dir,ImportPath,Name,Error", "--", reference.Pattern],
                stop).ConfigureAwait(false)).ConfigureAwait(false);
        return answers;
    }

    private static List<Listed> Read(PackageReference reference, ProcessResult answer)
    {
        string said = GoErrorText.Of(answer.StandardError, answer.ExitCode);
        if (answer.ExitCode != 0)
        {
            bool noModule = said.Contains("go.mod file not found", StringComparison.Ordinal)
                || said.Contains("cannot find main module", StringComparison.Ordinal);
            bool tooOld = said.Contains("requires go >=", StringComparison.Ordinal);
            throw noModule
                ? GoCrossException.Create(ErrorKind.NotFound, nameof(Messages.PackageNoModule), reference.WorkingDirectory)
                : tooOld ? GoCrossException.Create(ErrorKind.ToolMissing, nameof(Messages.GoTooOld), reference.Text, said)
                : GoCrossException.Create(ErrorKind.InvalidData, nameof(Messages.PackageUnresolved), reference.Text, said);
        }

        List<Listed> packages = Read(answer.StandardOutput);
        return reference.IsPattern || packages.Count == 1
            ? packages
            : throw GoCrossException.Create(ErrorKind.InvalidData, nameof(Messages.PackageUnresolved), reference.Text, said);
    }

    private static async Task<GoCrossException> ExplainAsync(
        GoToolchain toolchain,
        PackageReference reference,
        Setting setting,
        Listed package,
        CancellationToken cancellation)
    {
        bool isFolder = reference.Pattern == ".";
        string subject = isFolder ? reference.WorkingDirectory : reference.Text;
        if (package.Name.Length > 0)
        {
            return GoCrossException.Create(
                ErrorKind.InvalidArgument,
                nameof(Messages.PackageNotMain),
                subject,
                package.Name,
                await ProgramsBeneathAsync(toolchain, reference, setting, cancellation).ConfigureAwait(false));
        }

        return package.Error.StartsWith("no Go files in", StringComparison.Ordinal)
            ? GoCrossException.Create(
                ErrorKind.NotFound,
                nameof(Messages.PackageNoGoFiles),
                subject,
                await ProgramsBeneathAsync(toolchain, reference, setting, cancellation).ConfigureAwait(false))
            : GoCrossException.Create(ErrorKind.NotFound, nameof(Messages.PackageUnresolved), reference.Text, package.Error);
    }

    /// <summary>The programs beneath a folder, as a remedy names them, or how to find them.</summary>
    private static async Task<string> ProgramsBeneathAsync(
        GoToolchain toolchain, PackageReference reference, Setting setting, CancellationToken cancellation)
    {
        if (reference.Pattern != ".")
        {
            return Texts.ProgramsNone;
        }

        ProcessResult result = await ListAsync(
            toolchain,
            reference,
            setting,
            ["-f", "{{if eq .Name \"main\"}}{{.Dir}}{{end}}", "./..."],
            cancellation).ConfigureAwait(false);
        string[] folders = [.. result.StandardOutput.Split('\n', StringSplitOptions.RemoveEmptyEntries).Take(SuggestedPrograms)];
        return folders.Length == 0
            ? Texts.ProgramsNone
            : TextFormat.Fill(Texts.Programs, string.Join(", ", folders));
    }

    private static Task<ProcessResult> ListAsync(
        GoToolchain toolchain,
        PackageReference reference,
        Setting setting,
        IReadOnlyList<string> arguments,
        CancellationToken cancellation)
    {
        Dictionary<string, string?> environment = GoToolchain.EnvironmentOf(toolchain.Host, toolchain.Command);
        foreach ((string name, string value) in setting.Target.Variables())
        {
            environment[name] = value;
        }

        // Else go decides by whether it finds a C compiler, and never has cgo for another system.
        environment["CGO_ENABLED"] = setting.Strategy == BuildStrategy.Static ? "0" : "1";
        string[] tags = setting.Tags.Length > 0 ? ["-tags=" + setting.Tags] : [];
        return toolchain.Host.RunAsync(
            new ProcessRequest
            {
                FileName = toolchain.Command,
                Arguments = ["list", "-e", "-find", .. tags, .. arguments],
                WorkingDirectory = toolchain.Host.PathOf(reference.WorkingDirectory),
                Environment = environment,
            },
            cancellation);
    }

    private static GoPackage ToPackage(Listed package, string workingDirectory, string argument) =>
        new(package.ImportPath, ProgramName(package.ImportPath, workingDirectory), package.Directory, workingDirectory, argument);

    private static string ProgramName(string importPath, string workingDirectory)
    {
        string name = GoProgramName.Of(importPath);

        // go list -e gives a folder that it cannot place for what it was called with.
        return name is "." or ".." ? Path.GetFileName(Path.TrimEndingDirectorySeparator(workingDirectory)) : name;
    }

    /// <summary>Reads the objects that go list writes one after another.</summary>
    private static List<Listed> Read(string json)
    {
        List<Listed> packages = [];
        ReadOnlySpan<byte> rest = Encoding.UTF8.GetBytes(json.TrimEnd());
        while (rest.Length > 0)
        {
            var reader = new Utf8JsonReader(rest);
            using JsonDocument document = JsonDocument.ParseValue(ref reader);
            JsonElement root = document.RootElement;
            packages.Add(new Listed(
                StringOf(root, "Dir"),
                StringOf(root, "ImportPath"),
                StringOf(root, "Name"),
                root.TryGetProperty("Error", out JsonElement error) ? StringOf(error, "Err") : string.Empty));
            rest = rest[(int)reader.BytesConsumed..];
        }

        return packages;
    }

    private static string StringOf(JsonElement element, string name) =>
        element.TryGetProperty(name, out JsonElement value) ? value.GetString() ?? string.Empty : string.Empty;

    /// <summary>What decides on files.</summary>
    private readonly record struct Setting(BuildTarget Target, BuildStrategy Strategy, string Tags);

    private readonly record struct Listed(string Directory, string ImportPath, string Name, string Error)
    {
        /// <summary>Whether there are files, but none for the target that was asked for. Another target may have some.</summary>
        internal bool ExcludedByConstraints => Error.Contains("build constraints exclude all Go files", StringComparison.Ordinal);
    }
}
