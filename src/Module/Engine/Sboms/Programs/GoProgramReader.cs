using GoCross.Elf;
using GoCross.Errors;
using GoCross.Files;
using GoCross.Formatting;
using GoCross.GoBinaries;
using GoCross.Packers;

namespace GoCross.Sboms;

/// <summary>Reads what a Go program was built from. Nothing is executed.</summary>
internal static class GoProgramReader
{
    /// <summary>Reads a program. Of one that UPX packed, what is in it is read.</summary>
    /// <param name="source">The file. It stays open.</param>
    /// <param name="place">Where it is.</param>
    /// <param name="linkerFlags">The -ldflags that it was built with, where the build did not record them; null where nobody knows.</param>
    /// <param name="onProgram">Sees the program and its headers while what they are in is open.</param>
    /// <param name="cancellation">Ends the reading.</param>
    /// <returns>Null for what is not a Go program. What cannot be unpacked may be one.</returns>
    /// <exception cref="GoCrossException">GoBuildInfoTruncated, GoBuildInfoTooLong, GoBuildInfoLineInvalid,
    /// GoFunctionTableDamaged: it is a Go program, and damaged.</exception>
    /// <exception cref="IOException">It cannot be read.</exception>
    internal static SbomProgram? TryRead(
        IRandomAccessSource source, SbomPlace place, string? linkerFlags, Action<SbomProgram, ProgramImage> onProgram, CancellationToken cancellation) =>
        IsPacked(source)
            ? TryReadPacked(source, place, linkerFlags, onProgram, cancellation)
            : TryReadPlain(source, place, linkerFlags, onProgram, cancellation);

    private static SbomProgram? TryReadPlain(
        IRandomAccessSource source, SbomPlace place, string? linkerFlags, Action<SbomProgram, ProgramImage> onProgram, CancellationToken cancellation)
    {
        foreach (ProgramImage image in ProgramImages.Open(source))
        {
            cancellation.ThrowIfCancellationRequested();
            if (TryReadImage(image, place, linkerFlags) is { } program)
            {
                onProgram(program, image);
                return program;
            }
        }

        return null;
    }

    private static SbomProgram? TryReadImage(ProgramImage image, SbomPlace place, string? linkerFlags)
    {
        if (GoBuildInfoReader.TryRead(image) is { } info)
        {
            return Of(info, image, place, linkerFlags, SbomEvidence.BuildInfo);
        }

        if (GoFunctionTable.TryOpen(image) is not { } table)
        {
            return null;
        }

        string? version = GoBuildVersion.TryRead(image);
        return GoModuleText.TryRead(image, version ?? string.Empty) is { } text
            ? Of(text, image, place, linkerFlags, SbomEvidence.LinkerText)
            : Of(table, version, image, place);
    }

    // What was packed twice was not made by Go's users: one level is read.
    private static SbomProgram? TryReadPacked(
        IRandomAccessSource source, SbomPlace place, string? linkerFlags, Action<SbomProgram, ProgramImage> onProgram, CancellationToken cancellation)
    {
        try
        {
            using IRandomAccessSource? unpacked = UpxProgram.TryUnpack(source, cancellation);
            return unpacked is null ? null : TryReadPlain(unpacked, place, linkerFlags, onProgram, cancellation);
        }
        catch (GoCrossException e)
        {
            return Packed(place, e.Message);
        }
    }

    private static SbomProgram Of(
        GoBuildInfo info, ProgramImage image, SbomPlace place, string? linkerFlags, SbomEvidence evidence)
    {
        string? toolchain = GoVersionText(info.GoVersion);

        // Built without modules (GOPATH, or Debian's packages): no mod and no dep lines, and yet there may be vendored code.
        bool withoutModules = info.Main is null && info.Deps.Count == 0;
        IReadOnlyList<GoModule> found = withoutModules && GoFunctionTable.TryOpen(image) is { } table
            ? GoSourceModules.Read(table)
            : [];
        return new SbomProgram
        {
            Place = place,
            Package = info.Path.Length == 0 ? null : info.Path,
            Main = info.Main,
            MainVersion = VersionOf(info, linkerFlags),
            GoVersion = toolchain,
            GoOS = info.GoOS ?? SystemOf(image),
            GoArch = info.GoArch ?? ArchitectureOf(image),
            Modules = found.Count > 0 ? found : info.Deps,
            Settings = info.Settings,
            Evidence = found.Count > 0 ? SbomEvidence.FileTable : evidence,
            Incomplete = withoutModules && info.Path != "command-line-arguments" && !IsStandard(info.Path)
                ? TextFormat.Fill(Texts.SbomWithoutModules, place.Path)
                : null,
        };
    }

    private static SbomProgram Of(GoFunctionTable table, string? version, ProgramImage image, SbomPlace place) => new()
    {
        Place = place,
        GoVersion = version,
        GoOS = SystemOf(image),
        GoArch = ArchitectureOf(image),
        Modules = GoSourceModules.Read(table),
        Evidence = SbomEvidence.FileTable,
        Incomplete = TextFormat.Fill(Texts.SbomNoBuildInfo, place.Path),
    };

    private static SbomProgram Packed(SbomPlace place, string reason) => new()
    {
        Place = place,
        Modules = [],
        Evidence = SbomEvidence.File,
        Incomplete = TextFormat.Fill(Texts.SbomPacked, place.Path, reason),
    };

    // Go writes unknown where it does not know.
    private static string? GoVersionText(string version) => version is "" or "unknown" ? null : version;

    // What cmd/go itself is built from: it has no module that others could require.
    private static bool IsStandard(string path) => path.StartsWith("cmd/", StringComparison.Ordinal);

    /// <summary>The main module's version as the build recorded it, or as its -ldflags set a variable called version.</summary>
    private static string? VersionOf(GoBuildInfo info, string? linkerFlags)
    {
        string? version = info.Main?.Version;
        if (version is not (null or "" or "(devel)"))
        {
            return version;
        }

        return LinkerVariables.Version(info.Setting("-ldflags") ?? linkerFlags, info.Path, info.Main?.Path);
    }

    private static string? SystemOf(ProgramImage image) => image.Format switch
    {
        BinaryFormat.Pe => "windows",
        BinaryFormat.MachO => "darwin",
        _ => null,
    };

    private static string? ArchitectureOf(ProgramImage image)
    {
        if (image.Format != BinaryFormat.Elf)
        {
            return null;
        }

        using ElfFile? file = ElfFile.TryOpen(image.Source);
        return file is null ? null : ElfMachine.Architecture(file.Header);
    }

    private static bool IsPacked(IRandomAccessSource source)
    {
        try
        {
            return UpxProgram.IsPacked(source);
        }
        catch (GoCrossException)
        {
            return false; // A damaged file is nobody's program.
        }
    }
}
