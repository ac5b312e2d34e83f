using System.Globalization;
using GoCross.Builds;
using GoCross.Errors;
using GoCross.Files;
using GoCross.Formatting;
using GoCross.GoBinaries;
using GoCross.Images;
using GoCross.Oci;
using GoCross.Packers;
using GoCross.Runs;
using GoCross.Scratch;
using GoCross.Targets;
using GoCross.Toolchains;

namespace GoCross.Strategies;

/// <summary>
/// Measures what ways of linking cost: makes the image that each program would ship in, starts the programs in turns, and
/// compares them.
/// </summary>
/// <param name="options">What is measured.</param>
public sealed class StrategyMeasurer(StrategyOptions options)
{
    /// <summary>What differs by less is as good as the same.</summary>
    private const double AlikeShare = 0.05;

    private const string Scratch = "scratch";

    // Nobody answers where the image would be, or it is not there. Whatever else is wrong with a base is an answer, too.
    private static readonly string[] NotAtHand =
    [
        nameof(Messages.EngineUnreachable), nameof(Messages.ImageNotInEngine), nameof(Messages.ImageNeedsEngine),
        nameof(Messages.RegistryUnreachable), nameof(Messages.RegistryImageNotFound),
    ];

    private static readonly BuildStrategy[] Preference =
        [BuildStrategy.Static, BuildStrategy.Musl, BuildStrategy.GlibcStatic, BuildStrategy.Glibc];

    /// <summary>Measures the builds of one program for one target.</summary>
    /// <param name="outcomes">The builds, those that failed included.</param>
    /// <param name="progress">Gets what is going on.</param>
    /// <param name="cancellation">Ends the work; no process and no file is left of it.</param>
    /// <exception cref="OperationCanceledException">Cancelled.</exception>
    public async Task<IReadOnlyList<StrategyMeasurement>> MeasureAsync(
        IReadOnlyList<BuildOutcome> outcomes, Action<string> progress, CancellationToken cancellation)
    {
        var rows = new List<(StrategyMeasurement Row, string? Path)>();
        using var packed = new TemporaryDirectory();
        foreach (BuildOutcome outcome in outcomes)
        {
            GoBuild build = outcome.Build;
            if (outcome.Failure is { } failure || build.Path is null)
            {
                rows.Add((Unavailable(build, Scratch, outcome.Failure), null));
                continue;
            }

            progress(TextFormat.Fill(Texts.StrategyMakingImage, build.Strategy, build.Target));
            rows.Add((await MeasureImageAsync(build, null, cancellation).ConfigureAwait(false), build.Path));
            if (options.Compress && build.Interpreter is null)
            {
                rows.Add(await CompressAsync(build, packed, cancellation).ConfigureAwait(false));
            }

            if (build.Interpreter is not null)
            {
                foreach (ImageLocation below in options.Bases)
                {
                    // The program is the same one: it is started once.
                    rows.Add((await MeasureImageAsync(build, below, cancellation).ConfigureAwait(false), null));
                }
            }
        }

        await StartAsync(rows, progress, cancellation).ConfigureAwait(false);
        return Compare([.. rows.Select(row => row.Row)]);
    }

    private static StrategyMeasurement Unavailable(GoBuild build, string below, GoCrossException? failure) => new()
    {
        Name = build.Name,
        Target = build.Target,
        Strategy = build.Strategy,
        Base = below,
        IsAvailable = false,
        UnavailableReason = failure is null ? build.Reason : $"{failure.Message} {failure.Fix}",
        BinaryLength = build.Length,
        BuildTime = build.Path is null ? null : build.GoDuration,
    };

    // What is in a packed program is what the build is: it goes into the same image.
    private async Task<(StrategyMeasurement Row, string? Path)> CompressAsync(
        GoBuild build, TemporaryDirectory folder, CancellationToken cancellation)
    {
        string path = Path.Combine(folder.Path, $"{build.Name}-{build.Strategy}");
        try
        {
            await UpxTool.Find().PackAsync(build.Path!, path, UpxMethod.Default, cancellation).ConfigureAwait(false);
        }
        catch (GoCrossException e)
        {
            return (Unavailable(build, Scratch, e) with { IsCompressed = true }, null);
        }

        StrategyMeasurement row = await MeasureImageAsync(build, null, cancellation, path).ConfigureAwait(false);
        return (row with { IsCompressed = true }, path);
    }

    private async Task<StrategyMeasurement> MeasureImageAsync(
        GoBuild build, ImageLocation? below, CancellationToken cancellation, string? packed = null)
    {
        try
        {
            using var folder = new TemporaryDirectory();
            ScratchProgram program = ScratchProgram.Inspect(build.Path!, cancellation);
            if (packed is not null)
            {
                var file = new FileInfo(packed);
                program = program with { Path = packed, Length = file.Length, LastWriteTimeUtc = file.LastWriteTimeUtc };
            }

            ScratchImage gzip = Write(program, below, LayerCompression.Gzip, folder, cancellation);
            ScratchImage? zstd = below is null ? Write(program, below, LayerCompression.Zstd, folder, cancellation) : null;
            ImageLocation written = ImageLocation.Parse(gzip.Path!, path => path);
            using OpenImage image = await options.Reader(null).OpenAsync(written, cancellation, cancellation).ConfigureAwait(false);
            GoRuntimeFacts? facts = GoRuntimeFactsReader.TryRead(build.Path!);
            return new StrategyMeasurement
            {
                Name = build.Name,
                Target = build.Target,
                Strategy = build.Strategy,
                Base = below?.Text ?? Scratch,
                IsAvailable = true,
                BinaryLength = program.Length,
                ImageLength = image.Image.Layers.Sum(layer => layer.Size),
                GzipLength = gzip.Layers.Sum(layer => layer.Length),
                ZstdLength = zstd?.Layers.Sum(layer => layer.Length),
                Dependencies = Dependencies(build, program),
                MinimumGlibc = program.MinimumGlibc,
                Resolver = facts?.Resolver.ToString(),
                Warnings = gzip.Warnings.Concat(Limits(build, facts)).ToArray(),
                BuildTime = build.GoDuration,
            };
        }
        catch (Exception e) when (e is GoCrossException or IOException or UnauthorizedAccessException)
        {
            if (below is not null && e is GoCrossException missing && NotAtHand.Contains(missing.ErrorId)
                && PublishedBase.Find(below.Text, build.Target) is { } published)
            {
                return OnPublished(build, below, published, missing, cancellation);
            }

            StrategyMeasurement row = Unavailable(build, below?.Text ?? Scratch, e as GoCrossException);
            return e is GoCrossException ? row : row with { UnavailableReason = e.Message };
        }
    }

    private ScratchImage Write(
        ScratchProgram program, ImageLocation? below, LayerCompression compression, TemporaryDirectory folder, CancellationToken cancellation) =>
        ScratchImageWriter.Write(
            [program],
            Path.Combine(folder.Path, string.Create(CultureInfo.InvariantCulture, $"{compression}.tar")),
            null,
            new ScratchOptions(),
            new ScratchImageOptions
            {
                Compression = compression,
                Gzip = options.Gzip,
                Base = below,
                BaseReader = platform => options.Reader(platform),
            },
            cancellation);

    // The image is not at hand: what its maker or its registry has published of its size, and the program on top.
    private StrategyMeasurement OnPublished(
        GoBuild build, ImageLocation below, PublishedBase published, GoCrossException missing, CancellationToken cancellation)
    {
        ScratchProgram program = ScratchProgram.Inspect(build.Path!, cancellation);
        return new StrategyMeasurement
        {
            Name = build.Name,
            Target = build.Target,
            Strategy = build.Strategy,
            Base = below.Text,
            BaseSource = published.Source,
            IsAvailable = true,
            BinaryLength = build.Length,
            ImageLength = published.Length is { } length ? length + build.Length : null,
            GzipLength = published.GzipLength + TransferLength.Of(build.Path!, LayerCompression.Gzip, options.Gzip, cancellation),
            Dependencies = Dependencies(build, program),
            MinimumGlibc = program.MinimumGlibc,
            Resolver = GoRuntimeFactsReader.TryRead(build.Path!)?.Resolver.ToString(),
            Warnings = new[] { TextFormat.Fill(Texts.StrategyBaseNotAtHand, missing.Message) },
            BuildTime = build.GoDuration,
        };
    }

    // What works otherwise than with glibc and all that it loads.
    private static IEnumerable<string> Limits(GoBuild build, GoRuntimeFacts? facts)
    {
        if (facts?.Resolver == GoLookup.PureGo)
        {
            yield return Texts.StrategyPureGoLookup;
        }

        if (build.Interpreter is null && facts?.CgoLinked == true)
        {
            yield return build.Strategy == BuildStrategy.Musl ? Texts.StrategyMuslLookup : Texts.StrategyStaticGlibcLookup;
        }

        if (build.Interpreter is null)
        {
            yield return Texts.StrategyNoPlugin;
        }
    }

    private static string[] Dependencies(GoBuild build, ScratchProgram program) =>
        program.Interpreter is null
            ? []
            : [program.Interpreter, .. Elf.ElfInspector.Inspect(build.Path!, Elf.ElfFacts.Linkage).Needed];

    // In turns, so that what else goes on here meets all of them alike.
    private async Task StartAsync(
        List<(StrategyMeasurement Row, string? Path)> rows, Action<string> progress, CancellationToken cancellation)
    {
        if (options.Repeat == 0)
        {
            return;
        }

        var meter = new StartMeter(options.Run);
        List<int> native = [];
        for (int i = 0; i < rows.Count; i++)
        {
            (StrategyMeasurement row, string? path) = rows[i];
            if (path is null)
            {
                continue;
            }

            string[] target = row.Target.Split('/');
            TargetRunner runner = TargetRunner.Find(target[0], target[1]);
            if (runner.Runs == TargetRun.Native)
            {
                native.Add(i);
            }
            else
            {
                progress(TextFormat.Fill(Texts.StrategyStarting, row.Strategy, 1, 1));

                // What cannot be timed here can still be wrong.
                var runs = new BinaryRunner(options.Run);
                RunPlan plan = runs.Plan(path, cancellation);
                BinaryRun run = (await runs.RunAsync(plan, cancellation).ConfigureAwait(false)).Run;
                rows[i] = (row with
                {
                    NotStartedReason = TextFormat.Fill(Texts.StrategyNotNative, row.Target, runner.Reason),
                    ForeignRun = run,
                    Warnings = run.Success || plan.Failure is not null ? row.Warnings
                        : row.Warnings.Append(TextFormat.Fill(Texts.StrategyForeignFails, run.Reason)).ToArray(),
                }, path);
            }
        }

        var starts = await InterleavedStarts.MeasureAsync(
            meter,
            [.. native.Select(i => rows[i].Path!)],
            options.Repeat,
            (i, turn, turns) => progress(TextFormat.Fill(Texts.StrategyStarting, rows[native[i]].Row.Strategy, turn, turns)),
            cancellation).ConfigureAwait(false);
        foreach ((int i, (StartMeasurement? start, GoCrossException? failure)) in native.Zip(starts))
        {
            StrategyMeasurement row = rows[i].Row;
            rows[i] = (failure is null
                ? row with { Start = start, StartNotion = meter.Notion }
                : row with { NotStartedReason = $"{failure.Message} {failure.Fix}" }, rows[i].Path);
        }
    }

    private StrategyMeasurement[] Compare(StrategyMeasurement[] rows)
    {
        // On a base where there is one: that is what one would ship the baseline in.
        StrategyMeasurement? baseline = Array.FindLast(rows, row => IsShippable(row) && row.Strategy == options.Baseline)
            ?? Array.FindLast(rows, IsShippable);
        StartMeasurement? baselineStart = Array.Find(rows, row => row.Strategy == baseline?.Strategy && row is { IsCompressed: false, Start: not null })?.Start;
        StrategyMeasurement? best = Best(rows);
        return
        [
            .. rows.Select(row =>
            {
                long? difference = row.IsAvailable && !ReferenceEquals(row, baseline) ? row.ImageLength - baseline?.ImageLength : null;
                row = row with
                {
                    Difference = difference,
                    DifferencePercent = difference is { } bytes && baseline?.ImageLength is > 0 and { } whole ? 100.0 * bytes / whole : null,
                    StartDifference = row.Start is { } start && baselineStart is not null ? start.SlowerThan(baselineStart) : null,
                    IsRecommended = best is not null && !row.IsCompressed && row.Strategy == best.Strategy && row.Base == best.Base,
                };
                return row with { Verdict = Words(row, best) };
            }),
        ];
    }

    // What is packed by UPX is a row to look at, and nothing to take.
    private static bool IsShippable(StrategyMeasurement row) =>
        row is { IsAvailable: true, IsCompressed: false, ImageLength: not null };

    // The smallest image that starts; of those that are as good as equal, the one that needs least of C.
    private static StrategyMeasurement? Best(StrategyMeasurement[] rows)
    {
        StrategyMeasurement[] usable = [.. rows.Where(IsShippable)];
        if (usable.Length == 0)
        {
            return null;
        }

        double limit = usable.Min(row => row.ImageLength!.Value) * (1 + AlikeShare);
        return usable.Where(row => row.ImageLength <= limit).MinBy(row => Array.IndexOf(Preference, row.Strategy));
    }

    private static string Words(StrategyMeasurement row, StrategyMeasurement? best)
    {
        if (!row.IsAvailable)
        {
            return Texts.StrategyVerdictUnavailable;
        }

        List<string> words = [];
        if (row.IsRecommended)
        {
            words.Add(Texts.StrategyVerdictBest);
        }
        else if (!row.IsCompressed && row.ImageLength is { } length && best?.ImageLength is > 0 and { } smallest)
        {
            double percent = 100.0 * (length - smallest) / smallest;
            words.Add(Math.Abs(percent) < 100 * AlikeShare
                ? Texts.StrategyVerdictAlike
                : TextFormat.Fill(Texts.StrategyVerdictLarger, percent.ToString("0", CultureInfo.CurrentCulture)));
        }

        if (row.IsCompressed)
        {
            words.Add(Texts.StrategyVerdictPacked);
        }

        words.Add(row.Dependencies.Count == 0 ? Texts.StrategyVerdictAlone
            : TextFormat.Fill(Texts.StrategyVerdictNeeds, row.Dependencies.Count, row.MinimumGlibc?.ToString() ?? "?"));
        if (row.Start is not null && best?.Start is { } bestStart && !row.IsRecommended)
        {
            words.Add(row.Start.SlowerThan(bestStart) is not { } slower ? Texts.StrategyVerdictStartsAlike
                : TextFormat.Fill(
                    slower > TimeSpan.Zero ? Texts.StrategyVerdictSlower : Texts.StrategyVerdictFaster,
                    slower.Duration().TotalMilliseconds.ToString("0.0", CultureInfo.CurrentCulture)));
        }

        return string.Join(' ', words);
    }
}
