using GoCross.Oci;

namespace GoCross.Scratch;

/// <summary>What a user can say about a Dockerfile, beside what holds for every image.</summary>
public sealed record DockerfileOptions
{
    private readonly string? _bakePath;

    /// <summary>What the image starts from.</summary>
    public ImageBase Base { get; init; } = ImageBase.Scratch;

    /// <summary>The frontend that BuildKit is to load for the file; null for the one that the builder has.</summary>
    public ImageReference? SyntaxImage { get; init; }

    /// <summary>
    /// The image that certificates are taken from, in a stage of their own; null for an archive of this machine's.
    /// </summary>
    public ImageReference? CertificateImage { get; init; }

    /// <summary>The full path of the file for docker buildx bake; null for none.</summary>
    /// <exception cref="Errors.GoCrossException">BakePathNotJson.</exception>
    public string? BakePath
    {
        get => _bakePath;
        init => _bakePath = value is null ? null : BakeFile.RequireJson(value);
    }

    /// <summary>What the image is to be called; none for the program's name.</summary>
    public IReadOnlyList<ImageReference> References { get; init; } = [];

    /// <summary>Finds the digests of images; null to leave names as they are.</summary>
    public ImagePins? Pins { get; init; }

    /// <summary>An image's name as the file has it.</summary>
    /// <param name="image">The name, as it was given.</param>
    /// <param name="cancellation">Ends the asking for a digest.</param>
    /// <returns>The name, with the digest that holds it still where one is known, and what to say of it in a sentence.</returns>
    internal (ImageReference Image, string Note) Pin(ImageReference image, CancellationToken cancellation) =>
        Pins is null ? (image, string.Empty) : Pins.FindAsync(image, cancellation).GetAwaiter().GetResult();

    /// <summary>The image's names, as docker shows them.</summary>
    internal IReadOnlyList<string> NamesFor(string program) => References.Count > 0
        ? References.Select(reference => reference.FamiliarName).Distinct(StringComparer.Ordinal).ToArray()
        : [ImageReference.ForProgram(program).FamiliarName];
}
