using GoCross.Binaries;
using GoCross.Elf;
using GoCross.Errors;
using GoCross.Files;
using GoCross.Formatting;
using GoCross.GoBinaries;
using GoCross.Targets;

namespace GoCross.Builds;

/// <summary>What the file that go build wrote really is.</summary>
/// <param name="Linkage">How it is linked; null for a format that is not ELF.</param>
/// <param name="RunsInScratch">Whether it starts in an image that holds nothing else.</param>
/// <param name="Reason">Why.</param>
/// <param name="Interpreter">The loader that it asks for.</param>
/// <param name="Info">What Go wrote into it about its build; null where it is not found.</param>
internal sealed record BuiltProgram(ElfLinkage? Linkage, Verdict RunsInScratch, string Reason, string? Interpreter, GoBuildInfo? Info)
{
    /// <summary>What the user should know of it.</summary>
    internal IReadOnlyList<BuildDiagnostic> Warnings { get; init; } = [];

    /// <summary>Reads a program back and holds it against what was asked for.</summary>
    /// <param name="build">What was asked for.</param>
    /// <param name="file">The program's full path.</param>
    /// <param name="cause">Finds out why a program that was to be static is not.</param>
    /// <param name="cancellation">Ends the reading.</param>
    /// <exception cref="GoCrossException">BuildWrongTarget; BuildPluginNotStatic; BuildNotStatic; BuildNotMusl; BuildNotGlibc; BuildNotGlibcStatic.</exception>
    internal static async Task<BuiltProgram> VerifyAsync(
        BuildRequest build, string file, NotStaticCause cause, CancellationToken cancellation)
    {
        using var source = RandomAccessFile.Open(file);
        BinaryFormat format = BinaryFormats.Detect(source);
        BinaryReport? report = BinaryInspector.TryInspect(source, cancellation: cancellation);
        GoBuildInfo? info = report is null ? GoBuildInfoReader.TryRead(source) : report.GoBuild;
        RequireTarget(build, format, info);
        if (report is null)
        {
            return new BuiltProgram(
                null, Verdict.No, TextFormat.Fill(Texts.BuildReasonOtherSystem, build.Target.Os), null, info);
        }

        if (report.Architecture is { } architecture && architecture != build.Target.Architecture)
        {
            throw WrongTarget(build, report.Machine);
        }

        if (build.Target.Os != "linux")
        {
            return new BuiltProgram(
                report.Linkage, Verdict.No, TextFormat.Fill(Texts.BuildReasonOtherSystem, build.Target.Os), report.Interpreter, info);
        }

        await RequirePromiseAsync(build, report, info, report.GoRuntime, cause, cancellation).ConfigureAwait(false);
        return new BuiltProgram(report.Linkage, report.RunsInScratch, report.Reason, report.Interpreter, info)
        {
            Warnings = build.Strategy == BuildStrategy.Musl && MuslStubs.HasDlopen(source, cancellation)
                ? [new BuildDiagnostic { Severity = DiagnosticSeverity.Warning, Message = Texts.BuildMuslDlopen, Package = build.Package.ImportPath }]
                : [],
        };
    }

    private static void RequireTarget(BuildRequest build, BinaryFormat format, GoBuildInfo? info)
    {
        // Plan 9's and AIX's formats are not known here: the build info, where it is found, decides alone.
        BinaryFormat? expected = build.Target switch
        {
            { Os: "windows" } => BinaryFormat.Pe,
            { Os: "darwin" or "ios" } => BinaryFormat.MachO,
            { Architecture: "wasm" } => BinaryFormat.WebAssembly,
            { Os: "plan9" or "aix" } => null,
            _ => BinaryFormat.Elf,
        };
        if (expected is not null && format != expected)
        {
            throw WrongTarget(build, format.ToString());
        }

        if (info is { GoOS: { } os, GoArch: { } architecture }
            && (os != build.Target.Os || architecture != build.Target.Architecture))
        {
            throw WrongTarget(build, $"{os}/{architecture}");
        }
    }

    private static async Task RequirePromiseAsync(
        BuildRequest build, ElfReport report, GoBuildInfo? info, GoRuntimeFacts? facts, NotStaticCause cause, CancellationToken cancellation)
    {
        bool isStatic = report.Linkage.IsStatic() && report.RunsInScratch == Verdict.Yes;
        if (build.Strategy != BuildStrategy.Glibc && facts is not null && LibraryNeeds.Has(facts.LibraryNeeds, RuntimeNeedKind.LoadedLibrary))
        {
            throw Broken(nameof(Messages.BuildPluginNotStatic), build, $"{build.Strategy}");
        }

        switch (build.Strategy)
        {
            case BuildStrategy.Static when !isStatic:
                throw Broken(nameof(Messages.BuildNotStatic), build, await WithCauseAsync().ConfigureAwait(false));

            case BuildStrategy.Musl when !isStatic:
                throw Broken(nameof(Messages.BuildNotMusl), build, await WithCauseAsync().ConfigureAwait(false));

            case BuildStrategy.Musl when report.LibC is not (LibC.Musl or LibC.None or LibC.Unknown):
                throw Broken(nameof(Messages.BuildNotMusl), build, $"{report.LibC}: {report.LibCEvidence}");

            case BuildStrategy.GlibcStatic when !isStatic:
                throw Broken(nameof(Messages.BuildNotGlibcStatic), build, await WithCauseAsync().ConfigureAwait(false));

            case BuildStrategy.GlibcStatic when report.LibC is not (LibC.Glibc or LibC.None or LibC.Unknown):
                throw Broken(nameof(Messages.BuildNotGlibcStatic), build, $"{report.LibC}: {report.LibCEvidence}");

            // A program that has no C in it is static whatever one asks for; a static glibc in it is another strategy.
            case BuildStrategy.Glibc when isStatic ? report.LibC == LibC.Glibc : !IsDynamicWithGlibc(report):
                throw Broken(nameof(Messages.BuildNotGlibc), build, $"{report.Reason} ({report.LibC}: {report.LibCEvidence})");
        }

        async Task<string> WithCauseAsync() => await cause.FindAsync(report, info, cancellation).ConfigureAwait(false) is { } found
            ? $"{report.Reason} {found}"
            : report.Reason;
    }

    // A position-independent program without C code has the loader alone: Go's own linker names it.
    private static bool IsDynamicWithGlibc(ElfReport report) => report switch
    {
        { Linkage: ElfLinkage.Dynamic } => report.LibC == LibC.Glibc,
        { Linkage: ElfLinkage.DynamicNoNeeded } => report.LibC != LibC.Musl,
        _ => false,
    };

    private static GoCrossException WrongTarget(BuildRequest build, string found) => GoCrossException.Create(
        ErrorKind.VerificationFailed, nameof(Messages.BuildWrongTarget), build.Package.ImportPath, build.Target.Name, found);

    private static GoCrossException Broken(string errorId, BuildRequest build, string reason) => GoCrossException.Create(
        ErrorKind.VerificationFailed, errorId, build.Package.ImportPath, build.Target.Name, reason);
}
