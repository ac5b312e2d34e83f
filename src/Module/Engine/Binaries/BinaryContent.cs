using GoCross.Elf;
using GoCross.Errors;
using GoCross.Files;
using GoCross.Formatting;
using GoCross.GoBinaries;

namespace GoCross.Binaries;

/// <summary>
/// All of a binary that is compared: an ELF file, or a Go program for another system, of which there is what Go wrote
/// into it. Nothing is executed.
/// </summary>
public sealed class BinaryContent
{
    private BinaryContent(string path, long length, BinaryFormat format)
    {
        Path = path;
        Length = length;
        Format = format;
    }

    /// <summary>The file's full path.</summary>
    public string Path { get; }

    /// <summary>Its length in bytes.</summary>
    public long Length { get; }

    /// <summary>Its format.</summary>
    public BinaryFormat Format { get; }

    /// <summary>What the ELF headers tell; null for other formats.</summary>
    public BinaryReport? Elf { get; private init; }

    /// <summary>The symbols that it exchanges with others. None for other formats, for what is static, and for what is packed.</summary>
    public IReadOnlyList<ElfSymbol> Symbols { get; private init; } = [];

    /// <summary>Its sections, without the empty first one.</summary>
    public IReadOnlyList<ElfSection> Sections { get; private init; } = [];

    /// <summary>Go's build information, or null.</summary>
    public GoBuildInfo? GoBuild { get; private init; }

    /// <summary>What the functions of a Go program tell of its needs, or null.</summary>
    public GoRuntimeFacts? GoRuntime { get; private init; }

    /// <summary>What cannot be compared of it, and why.</summary>
    public IReadOnlyList<string> Warnings =>
        Format != BinaryFormat.Elf ? [TextFormat.Fill(Texts.ComparedWithoutElf, Path)]
        : IsPacked ? [TextFormat.Fill(Texts.ComparedPacked, Path)]
        : [];

    /// <summary>Whether it is packed: of what is in it only the unpacker can be seen.</summary>
    internal bool IsPacked => Elf is { Packed: not ElfPacker.None };

    /// <summary>Reads a binary.</summary>
    /// <param name="fullPath">A full path.</param>
    /// <param name="cancellation">Ends the reading.</param>
    /// <exception cref="GoCrossException">
    /// As <see cref="BinaryInspector.Inspect(string, ElfFacts, CancellationToken)"/>, but NotElfGo: a Go program for Windows or macOS is read.
    /// </exception>
    /// <exception cref="IOException">The file cannot be read.</exception>
    /// <exception cref="UnauthorizedAccessException">This user may not read it.</exception>
    public static BinaryContent Read(string fullPath, CancellationToken cancellation = default)
    {
        using var source = RandomAccessFile.Open(fullPath);
        return Read(source, cancellation);
    }

    /// <summary>Reads a binary from a source.</summary>
    /// <param name="source">The file's bytes. It stays open.</param>
    /// <param name="cancellation">Ends the reading.</param>
    /// <exception cref="GoCrossException">As <see cref="Read(string, CancellationToken)"/>.</exception>
    /// <exception cref="IOException">The source cannot be read.</exception>
    public static BinaryContent Read(IRandomAccessSource source, CancellationToken cancellation = default)
    {
        using ElfFile? file = ElfFile.TryOpen(source);
        return file is null ? ReadOther(source) : ReadElf(source, file, cancellation);
    }

    private static BinaryContent ReadElf(IRandomAccessSource source, ElfFile file, CancellationToken cancellation)
    {
        BinaryReport report = BinaryInspector.Inspect(source, file, ElfFacts.All, cancellation);
        return new BinaryContent(source.Name, source.Length, BinaryFormat.Elf)
        {
            Elf = report,
            Symbols = report.Linkage.ExchangesSymbols() ? ElfSymbolReader.Read(file, cancellation) : [],
            Sections = [.. file.Sections.Skip(1)],
            GoBuild = report.GoBuild,
            GoRuntime = report.GoRuntime,
        };
    }

    private static BinaryContent ReadOther(IRandomAccessSource source)
    {
        GoBuildInfo build = GoBuildInfoReader.TryRead(source) ?? throw ElfErrors.NotElf(source);
        return new BinaryContent(source.Name, source.Length, BinaryFormats.Detect(source))
        {
            GoBuild = build,
            GoRuntime = GoRuntimeFactsReader.TryRead(source),
        };
    }
}
