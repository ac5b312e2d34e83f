using GoCross.Elf;
using GoCross.Formatting;
using GoCross.Libraries;
using GoCross.Oci;

namespace GoCross.Roots;

/// <summary>Whether a program starts in a root, and why. Decided here and nowhere else.</summary>
/// <param name="RunsInRoot">Whether it starts.</param>
/// <param name="Reason">Why.</param>
/// <param name="Missing">What the root lacks.</param>
internal readonly record struct RootStart(Verdict RunsInRoot, string Reason, IReadOnlyList<string> Missing)
{
    /// <summary>The permission bits of a file one of which lets somebody execute it.</summary>
    internal const int AnyExecute = 0b001_001_001;

    /// <summary>Decides.</summary>
    /// <param name="report">The program.</param>
    /// <param name="libraries">What its loader would find (<see cref="LibraryResolver"/>).</param>
    /// <param name="root">What messages call the root.</param>
    /// <param name="platform">What the root's processes run on; null for what is not known.</param>
    /// <param name="mode">The file's permission bits in the root; null for what is not known.</param>
    internal static RootStart Decide(
        ElfReport report, IReadOnlyList<ElfLibrary> libraries, string root, ImagePlatform? platform, int? mode)
    {
        bool needsLoader = report.Linkage.NeedsLoader();

        // What starts nowhere, or cannot be told, is the same in every root.
        if (report.RunsInScratch != Verdict.Yes && (!needsLoader || report.MissingFile is null))
        {
            return new RootStart(report.RunsInScratch, report.Reason, []);
        }

        if (platform is not null && report.Architecture != platform.Architecture)
        {
            return No(TextFormat.Fill(Texts.RootOtherPlatform, report.Architecture ?? report.Machine, platform));
        }

        if (mode is { } bits && (bits & AnyExecute) == 0)
        {
            return No(TextFormat.Fill(Texts.RootNotExecutable, root, "0" + Convert.ToString(bits, 8)));
        }

        return needsLoader ? DecideLibraries(report, libraries, root) : new RootStart(Verdict.Yes, report.Reason, []);
    }

    private static RootStart DecideLibraries(ElfReport report, IReadOnlyList<ElfLibrary> libraries, string root)
    {
        ElfLibrary[] problems = [.. libraries
            .Where(IsProblem)
            .DistinctBy(library => (library.Name, library.Status, string.Join(',', library.MissingVersions)))];
        if (problems.Length == 0)
        {
            int count = libraries
                .Where(library => library.Rule != ElfLibraryRule.Interpreter && library.Status == ElfLibraryStatus.Found)
                .Select(library => library.TargetPath)
                .Distinct()
                .Count();
            return new RootStart(
                Verdict.Yes,
                count == 0
                    ? TextFormat.Fill(Texts.RootStartsWithoutLibraries, report.Interpreter!)
                    : TextFormat.Fill(Texts.RootStarts, report.Interpreter!, count),
                []);
        }

        string reason = Explain(problems[0], report, root);
        return new RootStart(
            Verdict.No,
            problems.Length == 1 ? reason : TextFormat.Fill(Texts.RootMore, reason, problems.Length - 1),
            problems.SelectMany(Lacks).ToArray());
    }

    private static bool IsProblem(ElfLibrary library) =>
        library.Status is not (ElfLibraryStatus.Found or ElfLibraryStatus.Builtin) || library.MissingVersions.Count > 0;

    private static IEnumerable<string> Lacks(ElfLibrary problem) => problem.MissingVersions.Count == 0
        ? [problem.Name]
        : problem.MissingVersions.Select(version => $"{problem.Name} ({version})");

    private static string Explain(ElfLibrary problem, ElfReport report, string root)
    {
        if (problem.Name == report.Interpreter && problem.Parent == problem.Program)
        {
            return TextFormat.Fill(
                problem.Status == ElfLibraryStatus.Missing ? Texts.RootLoaderMissing : Texts.RootLoaderUnusable,
                problem.Name,
                root);
        }

        return problem.Status switch
        {
            ElfLibraryStatus.Missing => TextFormat.Fill(Texts.RootLibraryMissing, problem.Name, problem.Parent, root),
            ElfLibraryStatus.WrongArch => TextFormat.Fill(Texts.RootLibraryWrongMachine, problem.Name, problem.Parent, root),
            ElfLibraryStatus.FatalCandidate =>
                TextFormat.Fill(Texts.RootLibraryUnusable, problem.TargetPath ?? problem.Name, problem.Name, problem.Parent),
            ElfLibraryStatus.Unresolvable => TextFormat.Fill(Texts.RootLibraryUnresolvable, problem.Name, problem.Parent),
            _ => TextFormat.Fill(
                Texts.RootVersionMissing, problem.Name, problem.Parent, root, string.Join(", ", problem.MissingVersions)),
        };
    }

    private static RootStart No(string reason) => new(Verdict.No, reason, []);
}
