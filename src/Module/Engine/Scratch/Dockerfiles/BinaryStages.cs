namespace GoCross.Scratch;

/// <summary>The stages of a Dockerfile that packs binaries: one, or one for each platform.</summary>
internal sealed class BinaryStages
{
    // What the legacy builder's error names.
    private const string NeedsBuildKit = "needs-buildkit";

    private readonly List<DockerfileInstruction> _instructions = [];
    private readonly List<DockerfileStage> _stages = [];

    internal BinaryStages(ScratchProgram[] programs, string[] sources, ImagePlan plan, ScratchOptions options)
    {
        bool several = programs.Length > 1;
        From(new DockerfileStage(several ? "base" : null, plan.BaseName, null, several ? "What is the same for every platform." : "The image."), plan.BaseReason);
        foreach (RootPart part in plan.Contents.Parts)
        {
            _instructions.Add(ImageInstructions.Add(part));
        }

        if (several)
        {
            AddPlatforms(programs, sources, plan.Contents);
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
        if (contents.Libraries.TryGetValue(program, out RootPart? libraries))
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

    /// <summary>A stage for each platform, and the choice between them by the platform that is built.</summary>
    private void AddPlatforms(ScratchProgram[] programs, string[] sources, ScratchContents contents)
    {
        // BuildKit gives TARGETARCH and TARGETVARIANT to FROM by itself; declared with ARG, old versions give an empty
        // text instead (20.10). A variant is a part of the name only where two binaries differ in nothing else.
        bool variants = programs.DistinctBy(program => program.Platform.Architecture).Count() < programs.Length;
        for (int i = 0; i < programs.Length; i++)
        {
            string purpose = $"The image for {programs[i].Platform}.";
            From(new DockerfileStage(NameOf(programs[i]), "base", programs[i].Platform.ToString(), purpose), purpose);
            AddProgram(programs[i], sources[i], contents);
        }

        string choice = $"{programs[0].Platform.Os}-${{TARGETARCH:-{NeedsBuildKit}}}{(variants ? "${TARGETVARIANT}" : null)}";
        From(
            new DockerfileStage(null, choice, null, "The image: the stage of the platform that is built."),
            "The one that is built for. The legacy builder does not say which that is, and finds no such stage: better than "
                + "another platform's program.");

        string NameOf(ScratchProgram program) =>
            $"{program.Platform.Os}-{program.Platform.Architecture}{(variants ? program.Platform.Variant : null)}";
    }
}
