using GoCross.Errors;
using GoCross.Files;
using GoCross.Formatting;

namespace GoCross.Sboms;

/// <summary>A bill of materials: what a program, a folder or an image is made of.</summary>
public sealed record Sbom
{
    // Arrays, whatever they are made of: a script asks for the third by its number.
    private readonly IReadOnlyList<SbomComponent> _components = [];
    private readonly IReadOnlyList<SbomProgram> _programs = [];
    private readonly IReadOnlyList<string> _incomplete = [];

    /// <summary>What was read, as the user named it.</summary>
    public required string Name { get; init; }

    /// <summary>The full path of what was read; of an image in an engine or a registry its name.</summary>
    public required string Path { get; init; }

    /// <summary>The same as <see cref="Path"/>: the name that scripts know from Get-ChildItem.</summary>
    public string FullName => Path;

    /// <summary>What it is of.</summary>
    public required SbomSubject Subject { get; init; }

    /// <summary>The digest of the program's file or of the image's manifest, sha256:...; null for a folder.</summary>
    public string? Digest { get; init; }

    /// <summary>What it runs on, os/arch; null where nothing tells it, or several.</summary>
    public string? Platform { get; init; }

    /// <summary>The distribution, as its os-release calls it; null where there is none.</summary>
    public string? OperatingSystem { get; init; }

    /// <summary>The components, each once, sorted by kind, name and version.</summary>
    public required IReadOnlyList<SbomComponent> Components
    {
        get => _components;
        init => _components = value.ToArray();
    }

    /// <summary>The Go programs with what each was built from.</summary>
    public IReadOnlyList<SbomProgram> Programs
    {
        get => _programs;
        init => _programs = value.ToArray();
    }

    /// <summary>What the list may lack, and why: a program that is packed, or has no build information.</summary>
    public IReadOnlyList<string> Incomplete
    {
        get => _incomplete;
        init => _incomplete = value.ToArray();
    }

    /// <summary>What the list may lack, and why, or that it is empty: as the cmdlets warn of it.</summary>
    public IReadOnlyList<string> Warnings => Components.Count > 0 ? Incomplete : Incomplete.Append(TextFormat.Fill(Texts.SbomEmpty, Path)).ToArray();

    /// <summary>The file that it was written to; null where it was not written.</summary>
    public string? SbomPath { get; init; }

    /// <summary>Its text: the same for the same content, wherever and whenever it is made.</summary>
    /// <param name="format">How.</param>
    /// <exception cref="GoCrossException">SourceDateInvalid: SOURCE_DATE_EPOCH is not a time.</exception>
    public string ToJson(SbomFormat format = SbomFormat.CycloneDx) =>
        format == SbomFormat.Spdx ? SpdxDocument.Write(this) : CycloneDxDocument.Write(this, format);

    /// <summary>Writes it to a file, whole or not at all.</summary>
    /// <param name="path">A full path.</param>
    /// <param name="format">How.</param>
    /// <param name="overwrite">Whether a file of that name is replaced.</param>
    /// <returns>The bill of materials that knows its file.</returns>
    /// <exception cref="GoCrossException">FileExists; PathIsDirectory; PathIsSpecial; OutputNotWritable; SourceDateInvalid.</exception>
    public Sbom Save(string path, SbomFormat format, bool overwrite)
    {
        OutputFiles.WriteText(path, ToJson(format), overwrite);
        return this with { SbomPath = path };
    }
}
