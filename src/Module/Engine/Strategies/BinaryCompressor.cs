using System.Collections;
using System.Globalization;
using GoCross.Errors;
using GoCross.Files;
using GoCross.Formatting;
using GoCross.Oci;
using GoCross.Packers;
using GoCross.Runs;
using GoCross.Toolchains;

namespace GoCross.Strategies;

/// <summary>
/// Packs programs with UPX, runs both forms, measures them, and says what that is worth. A packed program that does not run
/// where the original does is not kept. Executes the programs.
/// </summary>
/// <param name="upx">Packs.</param>
/// <param name="options">How, and how one knows that it still runs.</param>
public sealed class BinaryCompressor(UpxTool upx, CompressOptions options)
{
    /// <summary>From this share of the transfer on packing may be worth it.</summary>
    private const double WorthShare = 0.1;

    /// <summary>Packs a program.</summary>
    /// <param name="path">Its full path. The file is not changed.</param>
    /// <param name="outputPath">The packed file's full path: it appears whole, or not at all.</param>
    /// <param name="progress">Is told what is going on.</param>
    /// <param name="cancellation">Ends the work; no process and no file is left of it.</param>
    /// <returns>What was measured, and why there is no packed file, where there is none.</returns>
    /// <exception cref="GoCrossException">
    /// PathNotFound, PathIsDirectory, FileEmpty; FileExists, PathIsSpecial, OutputIsLink, OutputNotWritable; CompressPacked: it is
    /// packed already; CompressCannotRun: nobody could tell here whether the result runs; CompressOriginalFails; UpxRefused.
    /// </exception>
    /// <exception cref="OperationCanceledException">Cancelled.</exception>
    public async Task<(CompressedBinary Result, GoCrossException? Failure)> CompressAsync(
        string path, string outputPath, Action<string> progress, CancellationToken cancellation)
    {
        RunPlan plan = Plan(path, cancellation);
        using AtomicFile output = OutputFiles.Prepare(outputPath, options.Overwrite);
        progress(TextFormat.Fill(Texts.StrategyPacking, path));
        await upx.PackAsync(path, output.TemporaryPath, options.Method, cancellation).ConfigureAwait(false);

        List<EnvironmentRun> environments = [];
        foreach (int count in options.EnvironmentCounts)
        {
            progress(TextFormat.Fill(Texts.StrategyRunningWith, count));
            environments.Add(await RunBothAsync(path, output.TemporaryPath, count, cancellation).ConfigureAwait(false));
        }

        if (!environments.Any(run => run.Original))
        {
            throw GoCrossException.Create(
                ErrorKind.ToolFailed, nameof(Messages.CompressOriginalFails), path, environments[0].Reason);
        }

        var result = new CompressedBinary
        {
            OriginalPath = path,
            Target = plan.Target,
            Runner = plan.Runner,
            Method = options.Method,
            Success = !environments.Exists(run => run.IsBroken),
            OriginalLength = new FileInfo(path).Length,
            Length = new FileInfo(output.TemporaryPath).Length,
            OriginalGzipLength = Transferred(path, LayerCompression.Gzip, cancellation),
            GzipLength = Transferred(output.TemporaryPath, LayerCompression.Gzip, cancellation),
            OriginalZstdLength = Transferred(path, LayerCompression.Zstd, cancellation),
            ZstdLength = Transferred(output.TemporaryPath, LayerCompression.Zstd, cancellation),
            Environments = environments.ToArray(),
            Warnings = new[] { Texts.StrategyPackedMemory, Texts.StrategyPackedProtection, Texts.StrategyPackedScanners },
            Verdict = Texts.StrategyPackedBroken,
        };
        if (!result.Success)
        {
            EnvironmentRun broken = environments.First(run => run.IsBroken);
            return (result, GoCrossException.Create(
                ErrorKind.ToolFailed, nameof(Messages.CompressBreaks), path, broken.Variables, broken.Reason));
        }

        result = await StartAsync(result, output.TemporaryPath, progress, cancellation).ConfigureAwait(false);
        result = result with { IsRecommended = IsWorthIt(result), Verdict = Words(result) };
        OutputFiles.Guard(outputPath, () =>
        {
            output.Commit();
            return output;
        });
        return (result with { Path = outputPath }, null);
    }

    // What cannot be run here cannot be vouched for.
    private RunPlan Plan(string path, CancellationToken cancellation)
    {
        using (RandomAccessFile source = RandomAccessFile.Open(path))
        {
            if (BinaryFormats.Detect(source) == BinaryFormat.Elf && UpxProgram.IsPacked(source))
            {
                throw GoCrossException.Create(ErrorKind.InvalidArgument, nameof(Messages.CompressPacked), path);
            }
        }

        RunPlan plan = new BinaryRunner(options.Run).Plan(path, cancellation);
        return plan.Failure is { } failure
            ? throw GoCrossException.Create(failure, ErrorKind.Unsupported, nameof(Messages.CompressCannotRun), path, failure.Message, failure.Fix)
            : plan;
    }

    private async Task<EnvironmentRun> RunBothAsync(string path, string packed, int count, CancellationToken cancellation)
    {
        var runner = new BinaryRunner(options.Run with { Environment = Variables(count) });
        RunOutcome before = await runner.RunAsync(runner.Plan(path, cancellation), cancellation).ConfigureAwait(false);
        if (!before.Run.Success)
        {
            return new EnvironmentRun(count, false, false, TextFormat.Fill(Texts.StrategyOriginalFails, before.Run.Reason));
        }

        RunOutcome after = await runner.RunAsync(runner.Plan(packed, cancellation), cancellation).ConfigureAwait(false);
        return new EnvironmentRun(count, true, after.Run.Success, after.Run.Reason);
    }

    // So many variables and no others, as long as those that Kubernetes sets for each service.
    private static Dictionary<string, string?> Variables(int count)
    {
        var variables = Environment.GetEnvironmentVariables().Cast<DictionaryEntry>()
            .ToDictionary(entry => (string)entry.Key, _ => (string?)null, StringComparer.Ordinal);
        for (int i = 0; i < count; i++)
        {
            variables[string.Create(CultureInfo.InvariantCulture, $"SERVICE_{i:0000}_PORT_443_TCP_ADDR")] = "10.96.101.17";
        }

        return variables;
    }

    private long Transferred(string path, LayerCompression compression, CancellationToken cancellation) =>
        TransferLength.Of(path, compression, options.Gzip, cancellation);

    private async Task<CompressedBinary> StartAsync(
        CompressedBinary result, string packed, Action<string> progress, CancellationToken cancellation)
    {
        if (options.Repeat == 0)
        {
            return result;
        }

        string[] target = result.Target?.Split('/') ?? [];
        if (target.Length < 2 || TargetRunner.Find(target[0], target[1]) is not { Runs: TargetRun.Native })
        {
            return result with { NotStartedReason = TextFormat.Fill(Texts.StrategyNotNative, result.Target ?? "?", result.Runner) };
        }

        var meter = new StartMeter(options.Run);
        var starts = await InterleavedStarts.MeasureAsync(
            meter,
            [result.OriginalPath, packed],
            options.Repeat,
            (i, turn, turns) => progress(TextFormat.Fill(Texts.StrategyStarting, i == 0 ? Texts.StrategyOriginal : Texts.StrategyPacked, turn, turns)),
            cancellation).ConfigureAwait(false);
        return starts.FirstOrDefault(start => start.Failure is not null).Failure is { } failure
            ? result with { NotStartedReason = $"{failure.Message} {failure.Fix}" }
            : result with { OriginalStart = starts[0].Start, Start = starts[1].Start, StartNotion = meter.Notion };
    }

    private static bool SavesTransfer(CompressedBinary result) => result.GzipLength <= result.OriginalGzipLength * (1 - WorthShare);

    private static bool IsWorthIt(CompressedBinary result) => SavesTransfer(result) && result is { Start: { } start, OriginalStart: { } before }
        && !(start.SlowerThan(before) > TimeSpan.Zero);

    private static string Words(CompressedBinary result)
    {
        // Rounded to a whole number first: less than half a per cent is 0 on either side, and not -0.
        static string Percent(long before, long after) =>
            ((int)Math.Round(100.0 * (before - after) / before)).ToString(CultureInfo.CurrentCulture);
        List<string> words =
        [
            !SavesTransfer(result) ? Texts.StrategyPackedNotWorthIt
                : result.Start is null ? Texts.StrategyPackedStartUntold
                : IsWorthIt(result) ? Texts.StrategyPackedWorthIt : Texts.StrategyPackedNotWorthIt,
            TextFormat.Fill(
                Texts.StrategyPackedSizes,
                Percent(result.OriginalLength, result.Length),
                Percent(result.OriginalGzipLength, result.GzipLength),
                Percent(result.OriginalZstdLength, result.ZstdLength)),
        ];
        if (result is { Start: { } start, OriginalStart: { } before })
        {
            words.Add(start.SlowerThan(before) is { } slower
                ? TextFormat.Fill(
                    Texts.StrategyPackedStart,
                    before.Median.TotalMilliseconds.ToString("0.0", CultureInfo.CurrentCulture),
                    start.Median.TotalMilliseconds.ToString("0.0", CultureInfo.CurrentCulture),
                    (start.Median / before.Median).ToString(slower > before.Median ? "0" : "0.0", CultureInfo.CurrentCulture))
                : Texts.StrategyVerdictStartsAlike);
            if (start.PrivateMemory - before.PrivateMemory is > 0 and { } more)
            {
                words.Add(TextFormat.Fill(Texts.StrategyPackedPrivate, (more / (1024.0 * 1024)).ToString("0.0", CultureInfo.CurrentCulture)));
            }
        }

        return string.Join(' ', words);
    }
}
