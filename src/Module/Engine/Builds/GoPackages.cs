using GoCross.Errors;
using GoCross.Formatting;
using GoCross.GoBinaries;
using GoCross.Processes;
using GoCross.Targets;

namespace GoCross.Builds;

/// <summary>Asks go which packages are meant (<c>go list</c>).</summary>
public static class GoPackages
{
    private const string Main = "main";
    private const int SuggestedPrograms = 5;

    /// <summary>
    /// The main packages that a reference stands for, each with the targets and strategies it is there for: go is asked
    /// once for each, as build constraints, cgo and build tags decide which files count. A pattern stands for what each
    /// of them has. A package that is named stands for itself, also where it has no files: building it there says so, and
    /// go is asked once, unless the answer decides on more than the name.
    /// </summary>
    /// <param name="toolchain">The toolchain, as it is in the reference's working directory.</param>
    /// <param name="reference">What the user typed.</param>
    /// <param name="cells">The targets and strategies.</param>
    /// <param name="options">The flags that decide on files, and what decides for Auto.</param>
    /// <param name="output">Where the programs go.</param>
    /// <param name="cancellation">Ends the asking.</param>
    /// <returns>The builds: those of a package side by side, and among them those of a strategy.</returns>
    /// <exception cref="GoCrossException">PackageNoModule; PackageNoGoFiles; PackageNotMain; PackageNoneMatched;
    /// PackageUnresolved; GoSettingInvalid; GoModuleFileInvalid; VendorInconsistent; ReplacementMissing; GoTooOld; FlagsUnclosed; CaBundleTwice.</exception>
    public static async Task<IReadOnlyList<BuildRequest>> ResolveAsync(
        GoToolchain toolchain,
        PackageReference reference,
        IReadOnlyList<(BuildTarget Target, BuildStrategy Strategy)> cells,
        BuildOptions options,
        OutputTemplate output,
        CancellationToken cancellation)
    {
        var flags = new GoFlags(options, toolchain.Flags);
        Question[] questions =
        [
            // The first of several downloads the modules that are missing, before many builds would at once.
            .. cells.Distinct().Select((cell, i) => new Question(
                cell.Target,
                cell.Strategy,
                flags.ForQuestion(cell.Strategy),
                WithDependencies: cell.Strategy == BuildStrategy.Auto || options.CaBundle is not null || (i == 0 && cells.Count > 1)
                    || AsksPkgConfig(toolchain, cell.Strategy))),
        ];
        List<ListedPackage>[] answers = await AskAsync(toolchain, reference, questions, cancellation).ConfigureAwait(false);
        Found[] found = [.. questions.SelectMany((question, i) => FoundIn(answers[i], question, flags))];
        await StampAsync(toolchain, found, options, cancellation).ConfigureAwait(false);
        if (reference.IsPattern)
        {
            BuildRequest[] programs =
            [
                .. found.Where(match => match.Package.Name == Main)
                    .Select(match => match.ToRequest(ToPackage(match.Package, reference.WorkingDirectory, match.Package.ImportPath), output))
                    .GroupBy(build => build.Package)
                    .SelectMany(builds => builds),
            ];
            return programs.Length > 0
                ? programs
                : throw GoCrossException.Create(
                    ErrorKind.NotFound, nameof(Messages.PackageNoneMatched), reference.Text, reference.WorkingDirectory);
        }

        foreach (Found match in found)
        {
            if (match.Package.Name != Main && !match.Package.ExcludedByConstraints)
            {
                throw await ExplainAsync(toolchain, reference, match.Question, match.Package, cancellation).ConfigureAwait(false);
            }

            if (options.CaBundle is not null && match.Package.Dependencies.Contains(EmbeddedRoots.FallbackPackage))
            {
                throw GoCrossException.Create(
                    ErrorKind.InvalidArgument, nameof(Messages.CaBundleTwice), match.Package.ImportPath, EmbeddedRoots.FallbackPackage);
            }
        }

        // What a target leaves out altogether, go may not know the import path of.
        ListedPackage known = found.Select(match => match.Package).FirstOrDefault(package => package.Name == Main, found[0].Package);
        GoPackage one = ToPackage(known, reference.WorkingDirectory, reference.Pattern);
        return [.. found.Select(match => match.ToRequest(one, output))];
    }

    /// <summary>
    /// Asks for each setting, as many at once as there are processors. The first is asked alone: what it downloads, the
    /// others find.
    /// </summary>
    private static async Task<List<ListedPackage>[]> AskAsync(
        GoToolchain toolchain, PackageReference reference, Question[] questions, CancellationToken cancellation)
    {
        var answers = new List<ListedPackage>[questions.Length];
        async ValueTask Ask(int i, CancellationToken stop) => answers[i] = await GoListing.AskAsync(
            toolchain, reference, questions[i].Target, questions[i].Strategy, questions[i].Flags, questions[i].WithDependencies, stop).ConfigureAwait(false);
        if (questions.Length > 0)
        {
            await Ask(0, cancellation).ConfigureAwait(false);
        }

        int[] open = [.. Enumerable.Range(0, questions.Length).Skip(1)];
        if (!reference.IsPattern && questions.Length > 0 && answers[0].Find(package => !package.DependencyOnly) is { Name: Main } program)
        {
            foreach (int i in open.Where(i => !questions[i].WithDependencies))
            {
                answers[i] = [program];
            }

            open = [.. open.Where(i => questions[i].WithDependencies)];
        }

        await Parallel.ForEachAsync(
            open,
            new ParallelOptions { CancellationToken = cancellation, MaxDegreeOfParallelism = Environment.ProcessorCount },
            Ask).ConfigureAwait(false);
        return answers;
    }

    /// <summary>Whether pkg-config can have a say in a build whose cache is older than it: that of a container is not.</summary>
    private static bool AsksPkgConfig(GoToolchain toolchain, BuildStrategy strategy) =>
        strategy != BuildStrategy.Static && toolchain.Host is LocalGoHost;

    /// <summary>Asks pkg-config for what was found: once for all programs of a setting, so that they stay one go build.</summary>
    private static async Task StampAsync(GoToolchain toolchain, Found[] found, BuildOptions options, CancellationToken cancellation)
    {
        foreach (IGrouping<(Question Question, BuildStrategy Strategy), Found> setting in found
            .Where(match => AsksPkgConfig(toolchain, match.Strategy)).GroupBy(match => (match.Question, match.Strategy)))
        {
            string? stamp = await PkgConfigAnswers.StampAsync(
                toolchain, setting.Key.Question.Target, setting.Key.Strategy, options.Compiler, setting.First().Listed, cancellation).ConfigureAwait(false);
            foreach (Found match in setting)
            {
                match.PkgConfigStamp = stamp;
            }
        }
    }

    private static IEnumerable<Found> FoundIn(List<ListedPackage> listed, Question question, GoFlags flags)
    {
        IEnumerable<ListedPackage> asked = listed.Where(package => !package.DependencyOnly);
        if (question.Strategy != BuildStrategy.Auto)
        {
            return asked.Select(package => new Found(question, package, question.Strategy, null, listed));
        }

        Dictionary<string, ListedPackage> byPath = listed.DistinctBy(package => package.ImportPath)
            .ToDictionary(package => package.ImportPath, StringComparer.Ordinal);
        return asked.Select(package =>
        {
            (BuildStrategy strategy, string reason) = AutoStrategy.Decide(question.Target, package, byPath, flags);
            return new Found(question, package, strategy, reason, listed);
        });
    }

    private static async Task<GoCrossException> ExplainAsync(
        GoToolchain toolchain,
        PackageReference reference,
        Question question,
        ListedPackage package,
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
                await ProgramsBeneathAsync(toolchain, reference, question, cancellation).ConfigureAwait(false));
        }

        return package.Error.StartsWith("no Go files in", StringComparison.Ordinal)
            ? GoCrossException.Create(
                ErrorKind.NotFound,
                nameof(Messages.PackageNoGoFiles),
                subject,
                await ProgramsBeneathAsync(toolchain, reference, question, cancellation).ConfigureAwait(false))
            : BuildFailure.OfUnready(reference.Text, package.Error)
                ?? GoCrossException.Create(ErrorKind.NotFound, nameof(Messages.PackageUnresolved), reference.Text, package.Error);
    }

    /// <summary>The programs beneath a folder, as a remedy names them, or how to find them.</summary>
    private static async Task<string> ProgramsBeneathAsync(
        GoToolchain toolchain, PackageReference reference, Question question, CancellationToken cancellation)
    {
        if (reference.Pattern != ".")
        {
            return Texts.BuildProgramsNone;
        }

        ProcessResult result = await GoListing.RunAsync(
            toolchain,
            reference,
            question.Target,
            question.Strategy,
            question.Flags,
            ["-find", "-f", "{{if eq .Name \"main\"}}{{.Dir}}{{end}}", "./..."],
            cancellation).ConfigureAwait(false);
        string[] folders = [.. result.StandardOutput.Split('\n', StringSplitOptions.RemoveEmptyEntries).Take(SuggestedPrograms)];
        return folders.Length == 0
            ? Texts.BuildProgramsNone
            : TextFormat.Fill(Texts.BuildPrograms, string.Join(", ", folders));
    }

    private static GoPackage ToPackage(ListedPackage package, string workingDirectory, string argument) =>
        new(package.ImportPath, ProgramName(package.ImportPath, workingDirectory), package.Directory, workingDirectory, argument);

    private static string ProgramName(string importPath, string workingDirectory)
    {
        string name = GoProgramName.Of(importPath);

        // go list -e gives a folder that it cannot place for what it was called with.
        return name is "." or ".." ? Path.GetFileName(Path.TrimEndingDirectorySeparator(workingDirectory)) : name;
    }

    /// <summary>What go is asked: what decides on files.</summary>
    private sealed record Question(BuildTarget Target, BuildStrategy Strategy, IReadOnlyList<string> Flags, bool WithDependencies);

    private sealed record Found(
        Question Question, ListedPackage Package, BuildStrategy Strategy, string? Reason, IReadOnlyList<ListedPackage> Listed)
    {
        internal string? PkgConfigStamp { get; set; }

        internal BuildRequest ToRequest(GoPackage package, OutputTemplate output) =>
            new(package, Question.Target, Strategy, output.Expand(package, Question.Target, Strategy), Reason) { PkgConfigStamp = PkgConfigStamp };
    }
}
