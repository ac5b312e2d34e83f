using GoCross.Errors;
using GoCross.GoBinaries;
using GoCross.Oci;

namespace GoCross.Scratch;

/// <summary>What the last stage holds: the base image, what is added to it, and what of both meets each need.</summary>
/// <param name="Base">The base image, with what it has.</param>
/// <param name="BaseName">Its name as FROM takes it.</param>
/// <param name="BaseReason">Why it is there.</param>
/// <param name="Contents">What is added.</param>
/// <param name="Needs">All that the programs need.</param>
/// <param name="Warnings">What the user should know.</param>
internal sealed record ImagePlan(
    KnownBase Base,
    string BaseName,
    string BaseReason,
    ScratchContents Contents,
    IReadOnlyList<RuntimeNeed> Needs,
    IReadOnlyList<string> Warnings)
{
    /// <summary>The image that certificates are copied from, as FROM takes it; null where they are in an archive, or not needed.</summary>
    internal string? CertificateImage { get; private init; }

    /// <summary>Plans the contents for a program, or for one program's builds for several platforms.</summary>
    /// <param name="programs">The programs.</param>
    /// <param name="archives">What is put before the names of the archives.</param>
    /// <param name="options">What the user said about the image.</param>
    /// <param name="more">What the user said about the Dockerfile.</param>
    /// <param name="cancellation">Ends the asking for digests.</param>
    /// <exception cref="GoCrossException">CertificateImageTwice; BaseWithoutMusl; BaseGlibcTooOld; ProgramCannotStart; what planning the contents throws.</exception>
    internal static ImagePlan Create(
        IReadOnlyList<ScratchProgram> programs,
        string archives,
        ScratchOptions options,
        DockerfileOptions more,
        CancellationToken cancellation)
    {
        if (more.CertificateImage is not null && options.CaBundlePath is not null)
        {
            throw GoCrossException.Create(ErrorKind.InvalidArgument, nameof(Messages.CertificateImageTwice));
        }

        var image = KnownBase.For(more.Base, programs);
        IReadOnlyList<string> checks = image.Check(programs, options);
        (string name, string note) = (image.Reference, string.Empty);
        if (!image.IsScratch)
        {
            (ImageReference pinned, note) = more.Pin(ImageReference.Parse(image.Reference), cancellation);
            name = pinned.ToString();
        }

        // Certificates that a stage brings are not read from this machine: it may have none.
        string? certificates = null;
        if (more.CertificateImage is not null
            && programs.SelectMany(program => program.Needs).FirstOrDefault(need => need.Kind == RuntimeNeedKind.CaCertificates) is { } certificate
            && !image.Meets(certificate, options.User))
        {
            certificates = more.Pin(more.CertificateImage, cancellation).Image.ToString();
        }

        // What the base has is not a need any more, so that it is neither read from this machine nor added.
        var contents = ScratchContents.Plan(
            image.IsScratch && certificates is null
                ? programs
                : [.. programs.Select(program => program with
                {
                    Needs = program.Needs
                        .Where(need => image.IsScratch
                            || (need.Kind is not (RuntimeNeedKind.Loader or RuntimeNeedKind.SharedLibrary) && !image.Meets(need, options.User)))
                        .Where(need => certificates is null || need.Kind != RuntimeNeedKind.CaCertificates)
                        .ToArray(),
                })],
            options with { IncludesLibraries = image.IsScratch },
            cancellation);
        contents = contents with
        {
            Parts = contents.Parts.Select(Named).ToArray(),
            Libraries = contents.Libraries.ToDictionary(pair => pair.Key, pair => Named(pair.Value)),
        };
        string reason = image.IsScratch ? contents.StartReasons.Values.First() : image.Reason;
        RuntimeNeed[] needs =
        [
            .. programs.SelectMany(program => program.Needs).DistinctBy(need => (need.Kind, need.Path)).OrderBy(need => need.Kind),
        ];
        return new ImagePlan(
            image,
            name,
            $"{reason} {note}".TrimEnd(),
            contents,
            needs,
            contents.Warnings.Concat(checks).Concat(PasswdWarning(image, contents)).Distinct(StringComparer.Ordinal).ToArray())
        {
            CertificateImage = certificates,
        };

        RootPart Named(RootPart part) => part with { FileName = archives + part.FileName };
    }

    /// <summary>The parts of all platforms, and the libraries of each.</summary>
    internal IReadOnlyList<RootPart> AllParts => [.. Contents.Parts, .. Contents.Libraries.Values.OrderBy(part => part.FileName, StringComparer.Ordinal)];

    /// <summary>What of the image meets each need.</summary>
    internal IReadOnlyList<MetNeed> MetNeeds(ContainerUser user) => Needs
        .Where(need => need.ProvidedBy == NeedProvider.Image)
        .Select(need => new MetNeed(
            need.Kind,
            need.Path,
            need.Kind == RuntimeNeedKind.CaCertificates && CertificateImage is not null ? ImageInstructions.CopyCertificates.Instruction
                : AllParts.FirstOrDefault(part => Holds(part, need)) is { } part
                ? ImageInstructions.Add(part).Instruction
                : !Base.IsScratch && Base.Meets(need, user) ? BaseName
                : null,
            need.Reason))
        .ToArray();

    // A need is a file, a folder of files, the bare name of a library, or the user's home, which comes with the users, too.
    private static bool Holds(RootPart part, RuntimeNeed need) => need.Kind == RuntimeNeedKind.HomeDirectory
        ? part.Kind is RuntimeNeedKind.HomeDirectory or RuntimeNeedKind.UserDatabase
        : part.Entries.Any(entry =>
        "/" + entry.Path == need.Path
        || ("/" + entry.Path).StartsWith(need.Path + "/", StringComparison.Ordinal)
        || System.IO.Path.GetFileName(entry.Path) == need.Path);

    private static IEnumerable<string> PasswdWarning(KnownBase image, ScratchContents contents)
    {
        if (!image.IsScratch && contents.Parts.Any(part => part.Kind == RuntimeNeedKind.UserDatabase))
        {
            yield return $"/etc/passwd of {image.Reference} is replaced: it does not name the user. Its system users, such as apt's, are gone.";
        }
    }
}
