using GoCross.Elf;
using GoCross.Errors;
using GoCross.Formatting;
using GoCross.Images;
using GoCross.Reports;
using GoCross.Roots;

namespace GoCross.Gates;

/// <summary>
/// What an image has to keep to. What is null or empty is not looked at. Limits are strict as dive's are: the limit
/// itself passes.
/// </summary>
public sealed record ImageGates
{
    private const int SetuidOrSetgid = 0xC00;
    private const int WorstPaths = 20;

    /// <summary>The lowest <see cref="ImageMeasures.DiveEfficiency"/>, from 0 to 1.</summary>
    public double? LowestEfficiency { get; init; }

    /// <summary>The highest <see cref="ImageMeasures.DiveWastedBytes"/>.</summary>
    public long? HighestWastedBytes { get; init; }

    /// <summary>The highest <see cref="ImageMeasures.DiveUserWastedPercent"/>, a ratio. What is not a number passes, as with dive.</summary>
    public double? HighestUserWastedPercent { get; init; }

    /// <summary>The lowest <see cref="ImageMeasures.Efficiency"/>, from 0 to 1.</summary>
    public double? MinimumEfficiency { get; init; }

    /// <summary>The highest <see cref="ImageMeasures.ReclaimableBytes"/>.</summary>
    public long? MaximumReclaimableBytes { get; init; }

    /// <summary>The same, in per cent of the image's bytes.</summary>
    public double? MaximumReclaimablePercent { get; init; }

    /// <summary>The largest <see cref="ContainerImage.Size"/>, in bytes.</summary>
    public long? MaximumSize { get; init; }

    /// <summary>The image that growth is measured against; null where it is not measured.</summary>
    public ContainerImage? Reference { get; init; }

    /// <summary>By how many bytes the image may be larger than <see cref="Reference"/>; negative if it has to be smaller.</summary>
    public long? MaximumGrowth { get; init; }

    /// <summary>The same, in per cent of the reference image.</summary>
    public double? MaximumGrowthPercent { get; init; }

    /// <summary>The most layers.</summary>
    public int? MaximumLayerCount { get; init; }

    /// <summary>
    /// Patterns of paths that must not be there: * is any text, slashes included, ? one character; with no slash the
    /// name counts, at any depth; with a slash at the end what is below.
    /// </summary>
    public IReadOnlyList<string> ForbiddenPaths { get; init; } = [];

    /// <summary>Whether forbidden paths must not be in any layer either, though layers above remove them.</summary>
    public bool ForbidInLayers { get; init; }

    /// <summary>Whether files must not be setuid or setgid. Directories may.</summary>
    public bool ForbidSetuid { get; init; }

    /// <summary>Patterns, like those of <see cref="ForbiddenPaths"/>, of files that may be so all the same.</summary>
    public IReadOnlyList<string> AllowedSetuid { get; init; } = [];

    /// <summary>Whether the container must run as somebody else than root.</summary>
    public bool RequireNonRoot { get; init; }

    /// <summary>Whether the program that a container starts with must be able to start.</summary>
    public bool RequireStart { get; init; }

    /// <summary>Whether there is nothing to look at.</summary>
    public bool IsEmpty => !IsMeasured
        && (MaximumSize, MaximumLayerCount, MaximumGrowth, MaximumGrowthPercent) is (null, null, null, null)
        && ForbiddenPaths.Count == 0 && !ForbidSetuid && !RequireNonRoot && !RequireStart;

    private bool IsMeasured => LowestEfficiency is not null || HighestWastedBytes is not null || HighestUserWastedPercent is not null
        || MinimumEfficiency is not null || MaximumReclaimableBytes is not null || MaximumReclaimablePercent is not null;

    /// <summary>Looks at an image, gate by gate, in the order of <see cref="GateRule"/>.</summary>
    /// <param name="open">The image. It stays open.</param>
    /// <param name="cancellation">Ends the work.</param>
    /// <exception cref="GoCrossException">What reading a file of the image throws.</exception>
    /// <exception cref="IOException">The image cannot be read.</exception>
    public IReadOnlyList<GateResult> Test(OpenImage open, CancellationToken cancellation)
    {
        ContainerImage image = open.Image;
        return
        [
            .. Measured(image, cancellation), .. Sized(image), .. Found(image, cancellation),
            .. NonRoot(open), .. Start(open, cancellation),
        ];
    }

    private IEnumerable<GateResult> Measured(ContainerImage image, CancellationToken cancellation)
    {
        if (!IsMeasured)
        {
            yield break;
        }

        ImageMeasures measures = image.Measure(cancellation);
        if (LowestEfficiency is { } lowest)
        {
            yield return Result(
                image, GateRule.LowestEfficiency, !(lowest > measures.DiveEfficiency), lowest, measures.DiveEfficiency, DivePaths(measures));
        }

        if (HighestWastedBytes is { } wasted)
        {
            yield return Result(
                image, GateRule.HighestWastedBytes, measures.DiveWastedBytes <= wasted, wasted, measures.DiveWastedBytes, DivePaths(measures));
        }

        if (HighestUserWastedPercent is { } userWasted)
        {
            // dive divides by 0 where no layer above the lowest has bytes: what is not a number passes, what is infinite not.
            double actual = measures.DiveUserWastedPercent;
            bool isNumber = double.IsFinite(actual);
            GateResult result = Result(
                image, GateRule.HighestUserWastedPercent, !(actual > userWasted), userWasted, isNumber ? actual : null, DivePaths(measures));
            yield return isNumber ? result : result with
            {
                Reason = TextFormat.Fill(Texts.GateHighestUserWastedPercentOfNothing, measures.DiveWastedBytes),
            };
        }

        if (MinimumEfficiency is { } efficiency)
        {
            yield return Result(
                image, GateRule.MinimumEfficiency, measures.Efficiency >= efficiency, efficiency, measures.Efficiency, WastedPaths(measures));
        }

        if (MaximumReclaimableBytes is { } bytes)
        {
            yield return Result(
                image, GateRule.MaximumReclaimableBytes, measures.ReclaimableBytes <= bytes, bytes, measures.ReclaimableBytes, WastedPaths(measures));
        }

        if (MaximumReclaimablePercent is { } percent)
        {
            double actual = measures.Size == 0 ? 0 : 100.0 * measures.ReclaimableBytes / measures.Size;
            yield return Result(image, GateRule.MaximumReclaimablePercent, actual <= percent, percent, actual, WastedPaths(measures));
        }
    }

    private IEnumerable<GateResult> Sized(ContainerImage image)
    {
        if (MaximumSize is { } size)
        {
            yield return Result(image, GateRule.MaximumSize, image.Size <= size, size, image.Size);
        }

        if (Reference is not null)
        {
            long growth = image.Size - Reference.Size;
            if (MaximumGrowth is { } bytes)
            {
                yield return Result(image, GateRule.MaximumGrowth, growth <= bytes, bytes, growth, other: Reference.Name);
            }

            if (MaximumGrowthPercent is { } percent)
            {
                // Beside an image of no bytes every other one is infinitely larger.
                double actual = growth == 0 ? 0 : 100.0 * growth / Reference.Size;
                bool isNumber = double.IsFinite(actual);
                GateResult result = Result(
                    image, GateRule.MaximumGrowthPercent, actual <= percent, percent, isNumber ? actual : null, other: Reference.Name);
                yield return isNumber ? result : result with
                {
                    Reason = TextFormat.Fill(Texts.GateMaximumGrowthPercentOfNothing, image.Size, Reference.Name),
                };
            }
        }

        if (MaximumLayerCount is { } count)
        {
            yield return Result(image, GateRule.MaximumLayerCount, image.Layers.Count <= count, count, image.Layers.Count);
        }
    }

    private IEnumerable<GateResult> Found(ContainerImage image, CancellationToken cancellation)
    {
        var search = new PathSearch(image, cancellation);
        foreach (string pattern in ForbiddenPaths)
        {
            yield return Forbidden(image, search, new PathPattern(pattern, image.IsWindows));
        }

        if (ForbidSetuid)
        {
            string[] paths = image.IsWindows ? [] : SetuidFiles(image, search, cancellation);
            GateResult result = Result(image, GateRule.NoSetuid, paths.Length == 0, 0, paths.Length, paths);
            yield return image.IsWindows ? result with { Reason = Texts.GateNoSetuidWindows } : result;
        }
    }

    private GateResult Forbidden(ContainerImage image, PathSearch search, PathPattern pattern)
    {
        string[] visible = PathsOf(image, search.Visible(pattern));
        string[] hidden =
        [
            .. search.Hidden(pattern)
                .Select(pair => (Path: image.Files.Paths.PathOf(pair.Key), Layer: pair.Value))
                .OrderBy(found => found.Path, StringComparer.Ordinal)
                .Select(found => TextFormat.Fill(Texts.GateHiddenPath, found.Path, found.Layer)),
        ];
        string[] paths = ForbidInLayers ? [.. visible, .. hidden] : visible;
        GateResult result = Result(image, GateRule.ForbiddenPath, paths.Length == 0, pattern.Text, paths.Length, paths);
        if (paths.Length == 0)
        {
            return hidden.Length == 0
                ? result
                : result with { Reason = TextFormat.Fill(Texts.GateForbiddenPathHidden, pattern.Text, hidden[0]) };
        }

        // What does not look like the pattern is what the pattern leads to.
        return visible.Length > 0 && !pattern.IsName && !pattern.Matches(visible[0])
            ? result with { Reason = TextFormat.Fill(Texts.GateForbiddenPathThroughLink, paths.Length, pattern.Text, visible[0]) }
            : result;
    }

    private string[] SetuidFiles(ContainerImage image, PathSearch search, CancellationToken cancellation)
    {
        HashSet<int> allowed = [.. AllowedSetuid.SelectMany(pattern => search.Visible(new PathPattern(pattern)))];
        var found = new List<int>();
        for (int node = 1; node < image.Files.Paths.Count; node++)
        {
            if (node % 4096 == 0)
            {
                cancellation.ThrowIfCancellationRequested();
            }

            if (image.Files.TryGetEntry(node, out LayerEntry entry, out _, out _)
                && entry.Type == ImageFileType.File
                && (entry.Mode & SetuidOrSetgid) != 0
                && !allowed.Contains(node))
            {
                found.Add(node);
            }
        }

        return PathsOf(image, found);
    }

    private static string[] PathsOf(ContainerImage image, IEnumerable<int> nodes) =>
        nodes.Select(image.Files.Paths.PathOf).Order(StringComparer.Ordinal).ToArray();

    private IEnumerable<GateResult> NonRoot(OpenImage open)
    {
        if (!RequireNonRoot)
        {
            yield break;
        }

        string user = open.Image.Configuration.User;
        ImageUserKind kind = ImageUser.KindOf(open);
        GateResult result = Result(
            open.Image, GateRule.NonRoot, kind == ImageUserKind.Other, Texts.GateNonRootLimit, user.Length == 0 ? Texts.GateNoUser : user);
        yield return kind switch
        {
            ImageUserKind.Unset => result with { Reason = Texts.GateNonRootUnset },
            ImageUserKind.RootByAnotherName => result with { Reason = TextFormat.Fill(Texts.GateNonRootByAnotherName, user) },
            ImageUserKind.Unknown => result with { Reason = TextFormat.Fill(Texts.GateNonRootUnknown, user) },
            ImageUserKind.UnsetOnWindows => result with { Actual = Texts.GateNoUserWindows, Reason = Texts.GateNonRootUnsetWindows },
            ImageUserKind.WindowsAdministrator => result with { Reason = TextFormat.Fill(Texts.GateNonRootWindows, user) },
            ImageUserKind.UnknownOnWindows => result with { Reason = TextFormat.Fill(Texts.GateNonRootUnknownWindows, user) },
            _ => result,
        };
    }

    private IEnumerable<GateResult> Start(OpenImage open, CancellationToken cancellation)
    {
        if (!RequireStart)
        {
            yield break;
        }

        if (open.Image.IsWindows)
        {
            yield return Result(open.Image, GateRule.CanStart, false, Texts.GateStarts, Texts.GateStartUnknown, other: Texts.GateCanStartWindows);
            yield break;
        }

        string actual;
        string reason;
        IEnumerable<string> missing = [];
        bool starts = false;
        try
        {
            RootReport report = new ImageInspector(open).InspectEntryPoint(cancellation);
            starts = report.RunsInRoot == Verdict.Yes;
            missing = report.MissingInRoot;
            reason = report.RunsInRootReason;
            actual = report.RunsInRoot switch
            {
                Verdict.Yes => Texts.GateStarts,
                Verdict.No => Texts.GateStartsNot,
                _ => Texts.GateStartUnknown,
            };
        }
        catch (GoCrossException e)
        {
            // No command, a command that is not there, one that is not a program: each is why nothing starts.
            actual = Texts.GateStartsNot;
            reason = e.Message;
        }

        yield return Result(open.Image, GateRule.CanStart, starts, Texts.GateStarts, actual, missing, reason);
    }

    private static IEnumerable<string> DivePaths(ImageMeasures measures) =>
        measures.GetDivePaths().Where(path => path.Bytes > 0).Take(WorstPaths).Select(path => path.Path);

    private static IEnumerable<string> WastedPaths(ImageMeasures measures) =>
        measures.GetWastedPaths().Take(WorstPaths).Select(path => path.Path);

    private static GateResult Result(
        ContainerImage image,
        GateRule rule,
        bool passed,
        object limit,
        object? actual,
        IEnumerable<string>? paths = null,
        string? other = null) => new()
        {
            Image = image.Name,
            Platform = image.Platform.ToString(),
            Rule = rule,
            Passed = passed,
            Limit = limit,
            Actual = actual,
            Reason = GateText.Of(rule, passed ? "Passed" : "Failed", actual, limit, other),
            Paths = passed || paths is null ? [] : paths.ToArray(),
        };
}
