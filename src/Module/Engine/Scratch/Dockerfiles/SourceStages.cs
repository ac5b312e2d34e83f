using GoCross.Oci;
using GoCross.Targets;

namespace GoCross.Scratch;

/// <summary>The stages of a Dockerfile that builds from source: modules, build, image.</summary>
internal sealed class SourceStages
{
    private const string ModulesStage = "modules";
    private const string BuildStage = "build";
    private const string BuildPlatform = "$BUILDPLATFORM";
    private const string Folder = "/src";
    private const string ModuleCache = "/go/pkg/mod";
    private const string BuildCache = "/go/build";
    private const string ModuleCacheMount = "type=cache,target=" + ModuleCache;
    private const string BuildCacheMount = "type=cache,target=" + BuildCache;

    private readonly List<DockerfileInstruction> _instructions = [];
    private readonly List<DockerfileStage> _stages = [];
    private readonly SourceContext _context;
    private readonly BuildStrategy _strategy;
    private readonly ModuleAccess _access;

    /// <summary>Makes the stages.</summary>
    /// <param name="context">The module.</param>
    /// <param name="goImage">The image with Go.</param>
    /// <param name="goReason">Why that.</param>
    /// <param name="package">The package, as go build takes it in the context's folder.</param>
    /// <param name="strategy">Static or Musl.</param>
    /// <param name="strategyReason">Why that; null where the user named it.</param>
    /// <param name="flags">The flags of go build but -o, with placeholders for what is set at link time.</param>
    /// <param name="defines">What is set at link time.</param>
    /// <param name="packages">Debian's packages that are wanted where the program is compiled.</param>
    /// <param name="access">How private modules are fetched.</param>
    /// <param name="plan">What the image holds.</param>
    /// <param name="options">What the user said about the image.</param>
    internal SourceStages(
        SourceContext context,
        ImageReference goImage,
        string goReason,
        string package,
        BuildStrategy strategy,
        string? strategyReason,
        IReadOnlyList<string> flags,
        DefineArguments defines,
        IReadOnlyList<string> packages,
        ModuleAccess access,
        ImagePlan plan,
        ScratchOptions options)
    {
        _context = context;
        _strategy = strategy;
        _access = access;
        string name = plan.Contents.Name;
        if (context.HasDownloads)
        {
            From(ModulesStage, goImage.ToString(), BuildPlatform, "The modules, downloaded once for all platforms.", goReason);
            AddEnvironment(strategyReason);
            AddDownload();
            From(BuildStage, ModulesStage, null, "The program, compiled on the builder's platform for the one that is built.",
                "From here on there is a build for each platform; the stage above is the same for all.");
        }
        else
        {
            From(BuildStage, goImage.ToString(), BuildPlatform, "The program, compiled on the builder's platform for the one that is built.", goReason);
            AddEnvironment(strategyReason);
        }

        _instructions.Add(new(
            "ARG TARGETOS\nARG TARGETARCH\nARG TARGETVARIANT",
            "The platform that is built: the builder sets them."));
        if (strategy == BuildStrategy.Musl)
        {
            _instructions.Add(new(
                SourceScripts.InstallMusl(),
                "A C compiler that links with musl for that platform, from Debian's packages unless the image has it: it runs on the "
                    + "builder's own platform. An Alpine image would bring musl for its own platform only, and compile for another "
                    + "one in emulation."));
        }

        if (packages.Count > 0)
        {
            _instructions.Add(new(
                SourceScripts.InstallPackages(packages),
                "Debian's packages that compiling wants, as was asked for: for the builder's own platform, unless a name ends with another "
                    + "architecture. Nothing of them gets into the image but what is linked."));
        }

        if (defines.Instruction is { } arguments)
        {
            _instructions.Add(new(
                arguments, "What is set at link time, with what it was when this file was written. Another: --build-arg NAME=..."));
        }

        _instructions.Add(new(
            SourceScripts.Run(
                [.. context.HasDownloads ? (string[])[ModuleCacheMount] : [], BuildCacheMount, $"type=bind,source=.,target={Folder}"],
                SourceScripts.Platform,
                defines.Fill(SourceScripts.GoBuild(flags, "/out/program", package))),
            "The source is mounted, not copied, with git's own files, so that go stamps the revision into the program (go version -m). "
                + "What was compiled before comes out of the builder's cache."));
        if (plan.CertificateImage is { } certificates)
        {
            const string Purpose = "Where the certificates come from.";
            From(ImageInstructions.CertificateStage, certificates, BuildPlatform, Purpose, Purpose);
        }

        From(null, plan.BaseName, null, "The image.", plan.BaseReason);
        if (plan.CertificateImage is not null)
        {
            _instructions.Add(ImageInstructions.CopyCertificates);
        }

        foreach (RootPart part in plan.Contents.Parts)
        {
            _instructions.Add(ImageInstructions.Add(part));
        }

        _instructions.Add(new(
            DockerfileText.Copy($"--from={BuildStage} ", "/out/program", "/" + name), "The program."));
        _instructions.AddRange(ImageInstructions.Configuration(plan, options));
    }

    /// <summary>The instructions, in order.</summary>
    internal IReadOnlyList<DockerfileInstruction> Instructions => _instructions.ToArray();

    /// <summary>The stages, in order.</summary>
    internal IReadOnlyList<DockerfileStage> Stages => _stages.ToArray();

    private void From(string? name, string image, string? platform, string purpose, string reason)
    {
        _stages.Add(new DockerfileStage(name, image, platform, purpose));
        _instructions.Add(new(
            string.Concat("FROM ", platform is null ? "" : $"--platform={platform} ", image, name is null ? "" : $" AS {name}"), reason));
    }

    private void AddEnvironment(string? strategyReason)
    {
        List<KeyValuePair<string, string>> variables =
        [
            new("CGO_ENABLED", _strategy == BuildStrategy.Static ? "0" : "1"),
            new("GOCACHE", BuildCache),
            .. _context.HasDownloads ? (KeyValuePair<string, string>[])[new("GOMODCACHE", ModuleCache)] : [],
            new("GOTOOLCHAIN", "local"),
        ];
        if (_strategy == BuildStrategy.Musl)
        {
            variables.Insert(0, new("CC", SourceScripts.MuslCompiler));
        }

        if (_context.IgnoresWorkspace)
        {
            variables.Add(new("GOWORK", "off"));
        }

        string how = _strategy == BuildStrategy.Static
            ? "No C code, so that the program is static."
            : "C code, linked with musl, so that the program is static.";
        _instructions.Add(new(
            DockerfileText.Pairs("ENV", variables),
            $"{how}{(strategyReason is null ? "" : " " + strategyReason)} The caches are where the mounts below are, and the image's own Go is the one that builds."));
        if (_context.HasDownloads)
        {
            _instructions.Add(new(
                $"ARG GOPROXY\nARG GOPRIVATE{(_access.Modules.Length > 0 ? "=\"" + _access.Modules + "\"" : "")}",
                _access.Modules.Length > 0
                    ? "Where modules come from: those of GOPRIVATE from their own hosts, and no public database is asked for their sums."
                    : "For modules that come from elsewhere than Go's proxy: --build-arg GOPROXY=... Without it Go's defaults hold."));
        }

        _instructions.Add(new($"WORKDIR {Folder}", "Where the source will be."));
    }

    private void AddDownload() => _instructions.Add(new(
        SourceScripts.Run(
            [ModuleCacheMount, .. _access.Mounts, .. _context.ModuleFiles.Select(file => $"type=bind,source={file},target={Folder}/{file}")],
            [.. _access.Preparation.Length > 0 ? (string[])[_access.Preparation] : [], "go mod download"]),
        "Only what decides on modules is mounted, so that a change of the source downloads nothing. No platform is named in this "
            + "stage: a build for several runs it once."
            + (_access.HasMounts ? " The secrets are there while this runs, and in no layer." : string.Empty)));
}
