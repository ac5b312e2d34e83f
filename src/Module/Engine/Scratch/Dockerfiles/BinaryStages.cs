namespace GoCross.Scratch;

/// <summary>The stages of a Dockerfile that packs binaries: the image, and before it one with the binaries where they are several.</summary>
internal sealed class BinaryStages
{
    // What the legacy builder's error names.
    private const string NeedsBuildKit = "needs-buildkit";

    private const string Programs = "programs";

    private readonly List<DockerfileInstruction> _instructions = [];
    private readonly List<DockerfileStage> _stages = [];

    internal BinaryStages(ScratchProgram[] programs, string[] sources, ImagePlan plan, ScratchOptions options)
    {
        if (programs.Length > 1)
        {
            CollectPlatforms(programs, sources, plan.Contents);
        }

        if (plan.CertificateImage is { } certificates)
        {
            const string Purpose = "Where the certificates come from.";
            From(new DockerfileStage(ImageInstructions.CertificateStage, certificates, null, Purpose), Purpose);
        }

        From(new DockerfileStage(null, plan.BaseName, null, "The image."), plan.BaseReason);
        if (plan.CertificateImage is not null)
        {
            _instructions.Add(ImageInstructions.CopyCertificates);
        }

        foreach (RootPart part in plan.Contents.Parts)
        {
            _instructions.Add(ImageInstructions.Add(part));
        }

        if (programs.Length > 1)
        {
            AddPlatform(programs, plan.Contents);
        }
        else
        {
            AddProgram(programs[0], sources[0], plan.Contents);
        }

        _instructions.AddRange(ImageInstructions.Configuration(plan, options));
    }

    /// <summary>The instructions, in order.</summary>
    internal IReadOnlyList<DockerfileInstruction> Instructions => _instructions.ToArray();

    /// <summary>The stages, in order.</summary>
    internal IReadOnlyList<DockerfileStage> Stages => _stages.ToArray();

    /// <summary>The program, above the libraries that it needs: those change less.</summary>
    private void AddProgram(ScratchProgram program, string source, ScratchContents contents)
    {
        if (contents.Libraries.TryGetValue(program.Platform, out RootPart? libraries))
        {
            _instructions.Add(ImageInstructions.Add(libraries));
        }

        _instructions.Add(new(DockerfileText.Copy("", source, "/" + contents.Name), $"The program, for {program.Platform}."));
    }

    private void From(DockerfileStage stage, string reason)
    {
        _stages.Add(stage);
        _instructions.Add(new(stage.Name is null ? $"FROM {stage.Base}" : $"FROM {stage.Base} AS {stage.Name}", reason));
    }

    /// <summary>A stage with a folder for each platform: the program, and the libraries that it needs.</summary>
    private void CollectPlatforms(ScratchProgram[] programs, string[] sources, ScratchContents contents)
    {
        const string Purpose = "What differs between the platforms: a folder for each.";
        From(new DockerfileStage(Programs, KnownBase.Scratch, null, Purpose), Purpose);
        for (int i = 0; i < programs.Length; i++)
        {
            string folder = "/" + FolderOf(programs, programs[i]);
            if (contents.Libraries.TryGetValue(programs[i].Platform, out RootPart? libraries))
            {
                _instructions.Add(new($"ADD {ImageInstructions.ArchivePath(libraries)} {folder}/", libraries.Reason));
            }

            _instructions.Add(new(DockerfileText.Copy("", sources[i], $"{folder}/{contents.Name}"), $"The program, for {programs[i].Platform}."));
        }
    }

    /// <summary>
    /// The folder of the platform that is built. The builder's word for it is taken within a stage, which all of them know:
    /// for a FROM, BuildKit of Docker 20.10 wants it undeclared and Buildah 1.28 declared.
    /// </summary>
    private void AddPlatform(ScratchProgram[] programs, ScratchContents contents)
    {
        bool variants = HasVariants(programs);
        _instructions.Add(new(
            variants ? "ARG TARGETARCH\nARG TARGETVARIANT" : "ARG TARGETARCH",
            "The platform that is built: the builder sets it. The legacy builder does not, and finds no such folder: better than another "
                + "platform's program."));
        string folder = $"/${{TARGETARCH:-{NeedsBuildKit}}}{(variants ? "${TARGETVARIANT}" : null)}/";
        bool isFolder = contents.Libraries.Count > 0;
        _instructions.Add(new(
            isFolder
                ? $"COPY --from={Programs} {folder} /"
                : DockerfileText.Copy($"--from={Programs} ", folder + contents.Name, "/" + contents.Name),
            isFolder ? "The program and its libraries, for that platform." : "The program, for that platform."));
    }

    private static string FolderOf(ScratchProgram[] programs, ScratchProgram program) =>
        program.Platform.Architecture + (HasVariants(programs) ? program.Platform.Variant : null);

    /// <summary>Whether two binaries differ in the variant alone: then, and not else, it is a part of the folder's name.</summary>
    private static bool HasVariants(ScratchProgram[] programs) =>
        programs.DistinctBy(program => program.Platform.Architecture).Count() < programs.Length;
}
