using System.Text.RegularExpressions;
using GoCross.Builds;
using GoCross.Errors;
using GoCross.GoBinaries;
using GoCross.Oci;
using GoCross.Targets;

namespace GoCross.Scratch;

/// <summary>Makes the Dockerfile that builds a program from source, for whatever platform the builder is asked for.</summary>
public static partial class SourceDockerfileWriter
{
    private const string Linux = "linux";

    /// <summary>The context of a build from source: the module's or the workspace's folder.</summary>
    /// <param name="folder">The full path of a folder in it.</param>
    /// <exception cref="GoCrossException">PackageFolderMissing; PackageNoModule; SourceUnreadable; SourceOutsideContext; SourcePathUnusable.</exception>
    public static string ContextOf(string folder) => FindContext(folder).Folder;

    /// <summary>Makes a Dockerfile. Nothing is written but in go's caches; <see cref="ScratchDockerfileWriter.Write"/> writes it.</summary>
    /// <param name="source">What is to be built.</param>
    /// <param name="path">The Dockerfile's full path, in the context.</param>
    /// <param name="options">What the user said about the image.</param>
    /// <param name="more">What the user said about the Dockerfile.</param>
    /// <param name="cancellation">Ends the build that tells what the program needs.</param>
    /// <exception cref="GoCrossException">SourceStrategyUnsupported; SourcePlatformUnsupported; PlatformInvalid;
    /// BuildPackageInvalid; PrivateModuleInvalid; ModuleCredentialWithoutModule; SourceOutputOutside; SourcePackageMany; SourcePackageOutside; PackageNotMain and its like; what
    /// <see cref="ContextOf"/> throws, and what <see cref="ScratchOptions"/> can be wrong in.</exception>
    public static async Task<ScratchDockerfile> CreateAsync(
        SourceOptions source, string path, ScratchOptions options, DockerfileOptions more, CancellationToken cancellation)
    {
        RequireStrategy(source.Strategy);
        ImagePlatform[] chosen = Platforms(source.Platforms);
        string[] platforms = chosen.Select(platform => platform.ToString()).ToArray();
        SourceContext context = FindContext(source.Folder);
        RequireInContext(path, context.Folder);
        string package = context.ArgumentFor(source.Folder, source.Package);
        string name = GoProgramName.Of(context.ImportPathOf(package));
        RequirePackages(source.BuildPackages);
        var access = new ModuleAccess(source);
        var defines = new DefineArguments(source.Build.Defines);
        SourceNeeds needs = await SourceNeeds.FindAsync(source, name, chosen[0], cancellation).ConfigureAwait(false);
        var plan = ImagePlan.Create([needs.Program], ImageInstructions.ArchiveFolder(context.Folder, path), options, more, cancellation);
        (ImageReference goImage, string goNote) = more.Pin(
            source.GoImage ?? ImageReference.Parse(GoImageTag.Of(context.Files)), cancellation);
        ImageReference? syntax = more.SyntaxImage is null ? null : more.Pin(more.SyntaxImage, cancellation).Image;
        string file = Path.GetRelativePath(context.Folder, path).Replace(Path.DirectorySeparatorChar, '/');
        var stages = new SourceStages(
            context,
            goImage,
            $"{GoReason(source)} {goNote}".TrimEnd(),
            package,
            needs.Strategy,
            needs.StrategyReason,
            new GoFlags(source.Build with { Defines = defines.Placeholders }, string.Empty).For(needs.Strategy, glibcLoader: null, compiler: null, jobs: null, package: null),
            defines,
            source.BuildPackages,
            access,
            plan,
            options);
        IReadOnlyList<string> names = more.NamesFor(plan.Contents.Name);
        string secrets = context.HasDownloads ? access.Arguments : string.Empty;
        string build = ScratchDockerfileWriter.BuildCommand(platforms, file, names, secrets: secrets);
        return ScratchDockerfileWriter.Assemble(
            context.Folder,
            path,
            Text(stages, package, platforms, build, syntax, needs, plan),
            new IgnoreText(IgnoreFile.PathFor(context.Folder, path), IgnoreFile.ForSource(context.Folder)),
            plan,
            options,
            more,
            platforms,
            names,
            secrets) with
        {
            Stages = stages.Stages,
            Instructions = stages.Instructions,
            Package = package,
            Warnings = needs.Warnings.Concat(context.Warnings).Concat(plan.Warnings).ToArray(),
        };
    }

    private static SourceContext FindContext(string folder) => SourceContext.Find(folder, Environment.GetEnvironmentVariable("GOWORK"));

    private static void RequireStrategy(BuildStrategy strategy)
    {
        if (strategy is not (BuildStrategy.Auto or BuildStrategy.Static or BuildStrategy.Musl))
        {
            throw GoCrossException.Create(ErrorKind.InvalidArgument, nameof(Messages.SourceStrategyUnsupported), strategy);
        }
    }

    private static void RequirePackages(IReadOnlyList<string> packages)
    {
        if (packages.FirstOrDefault(package => !PackageName().IsMatch(package)) is { } wrong)
        {
            throw GoCrossException.Create(ErrorKind.InvalidArgument, nameof(Messages.BuildPackageInvalid), wrong);
        }
    }

    // Debian Policy 5.6.1, with an architecture and a version as apt-get takes them.
    [GeneratedRegex(@"\A[a-z0-9][a-z0-9+.-]+(?::[a-z0-9-]+)?(?:=[A-Za-z0-9.+:~-]+)?\z", RegexOptions.CultureInvariant)]
    private static partial Regex PackageName();

    private static ImagePlatform[] Platforms(IReadOnlyList<string> texts)
    {
        ImagePlatform[] platforms = [.. (texts.Count > 0 ? texts : SourceOptions.DefaultPlatforms).Select(ImagePlatform.Parse).Distinct()];
        return platforms.FirstOrDefault(platform => platform.Os != Linux) is { } other
            ? throw GoCrossException.Create(ErrorKind.InvalidArgument, nameof(Messages.SourcePlatformUnsupported), other)
            : [.. platforms.OrderBy(platform => platform.ToString(), StringComparer.Ordinal)];
    }

    private static void RequireInContext(string path, string context)
    {
        if (Directory.Exists(path))
        {
            throw GoCrossException.Create(ErrorKind.InvalidArgument, nameof(Messages.PathIsDirectory), path);
        }

        if (!SourceFolders.IsWithin(path, context))
        {
            throw GoCrossException.Create(ErrorKind.InvalidArgument, nameof(Messages.SourceOutputOutside), path, context);
        }
    }

    private static string GoReason(SourceOptions source) => source.GoImage is null
        ? "Go's official image, in the version that go.mod asks for. On the builder's own platform: Go compiles for every other "
            + "from there, and nothing runs in emulation."
        : "The image with Go that was asked for. On the builder's own platform: Go compiles for every other from there, and nothing "
            + "runs in emulation.";

    private static string Text(
        SourceStages stages,
        string package,
        string[] platforms,
        string build,
        ImageReference? syntax,
        SourceNeeds needs,
        ImagePlan plan)
    {
        var text = new DockerfileText();
        if (syntax is not null)
        {
            text.Line($"# syntax={syntax}");
        }

        string what = package == "." ? "the program in this folder" : package;
        text.Comment($"Compiles {what} in a container and packs it, for whatever Linux platform is asked for:")
            .Command(build);
        if (platforms.Length > 1)
        {
            text.Gap().Comment(ScratchDockerfileWriter.AboutPlatforms(platforms));
        }

        text.Gap().Comment(
            "Needs BuildKit (DOCKER_BUILDKIT=1 with Docker 20.10, nothing with a newer one), Buildah or Podman: the legacy builder "
                + "has no mounts and knows no platforms. Buildah 1.28 and its like do not know their own platform: they want, for "
                + "example, --build-arg BUILDPLATFORM=linux/amd64.");
        if (syntax is null)
        {
            text.Comment(
                "There is no \"syntax\" line: all that is used here is in the builder itself, and one without a registry could not "
                    + "fetch another frontend.");
        }

        if (!needs.IsProbed)
        {
            text.Gap();
            foreach (string note in needs.Notes)
            {
                text.Comment(note);
            }
        }

        return ScratchDockerfileWriter.AddArchives(text, plan).Instructions(stages.Instructions).ToString();
    }
}
