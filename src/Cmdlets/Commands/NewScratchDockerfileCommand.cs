using System.Collections;
using System.Management.Automation;
using GoCross.Builds;
using GoCross.Cmdlets.Bridge;
using GoCross.Cmdlets.Completion;
using GoCross.Cmdlets.Foundation;
using GoCross.Oci;
using GoCross.Scratch;
using GoCross.Targets;

namespace GoCross.Cmdlets.Commands;

/// <summary>Writes the Dockerfile that fits a program, with what it needs beside it: for binaries, or for source code.</summary>
[Cmdlet(VerbsCommon.New, "ScratchDockerfile", DefaultParameterSetName = PathSet, SupportsShouldProcess = true)]
[OutputType(typeof(ScratchDockerfile))]
public sealed class NewScratchDockerfileCommand : ScratchCmdlet
{
    private const string SourceSet = "Source";
    private const string DockerfileName = "Dockerfile";
    private const string BakeName = "docker-bake.json";

    private readonly List<ScratchProgram> _programs = [];

    /// <summary>A folder of a module: the program is built from source, in the container builder.</summary>
    [Parameter(Mandatory = true, ParameterSetName = SourceSet)]
    [ValidateNotNullOrEmpty]
    public string SourcePath { get; set; } = ".";

    /// <summary>The package to build: a folder, from SourcePath, or an import path.</summary>
    [Parameter(ParameterSetName = SourceSet)]
    [ValidateNotNullOrEmpty]
    public string Package { get; set; } = ".";

    /// <summary>How the program is linked: Auto, Static or Musl.</summary>
    [Parameter(ParameterSetName = SourceSet)]
    public BuildStrategy Strategy { get; set; } = BuildStrategy.Auto;

    /// <summary>The platforms, for the commands and for bake.</summary>
    [Parameter(ParameterSetName = SourceSet)]
    [ArgumentCompleter(typeof(ImagePlatformCompleter))]
    [ValidateNotNullOrEmpty]
    public string[] Platform { get; set; } = [.. SourceOptions.DefaultPlatforms];

    /// <summary>Build tags.</summary>
    [Parameter(ParameterSetName = SourceSet)]
    [ValidateNotNullOrEmpty]
    public string[] Tags { get; set; } = [];

    /// <summary>Flags for Go's linker.</summary>
    [Parameter(ParameterSetName = SourceSet)]
    [ValidateNotNull]
    public string LdFlags { get; set; } = string.Empty;

    /// <summary>String variables to set at link time.</summary>
    [Parameter(ParameterSetName = SourceSet)]
    [ValidateNotNull]
    public IDictionary? Define { get; set; }

    /// <summary>The image with Go.</summary>
    [Parameter(ParameterSetName = SourceSet)]
    [ArgumentCompleter(typeof(ImageCompleter))]
    [ValidateNotNullOrEmpty]
    public string? GoImage { get; set; }

    /// <summary>Debian's packages that are installed where the program is compiled.</summary>
    [Parameter(ParameterSetName = SourceSet)]
    [ValidateNotNullOrEmpty]
    public string[] BuildPackage { get; set; } = [];

    /// <summary>The modules that are not public, as GOPRIVATE has them.</summary>
    [Parameter(ParameterSetName = SourceSet)]
    [ValidateNotNullOrEmpty]
    public string[] PrivateModule { get; set; } = [];

    /// <summary>What the builder is given to fetch them with: Netrc, Ssh.</summary>
    [Parameter(ParameterSetName = SourceSet)]
    [ValidateNotNullOrEmpty]
    public ModuleCredential[] ModuleCredential { get; set; } = [];

    /// <summary>Whether the program is not built on this machine to learn what it needs.</summary>
    [Parameter(ParameterSetName = SourceSet)]
    public SwitchParameter NoBuild { get; set; }

    /// <summary>The go command, its folder, or a GOROOT.</summary>
    [Parameter(ParameterSetName = SourceSet)]
    [ValidateNotNullOrEmpty]
    public string? GoPath { get; set; }

    /// <summary>What the image starts from.</summary>
    [Parameter]
    public ImageBase Base { get; set; } = ImageBase.Scratch;

    /// <summary>An image whose certificates are taken, in a stage, instead of this machine's in an archive.</summary>
    [Parameter]
    [ArgumentCompleter(typeof(ImageCompleter))]
    [ValidateNotNullOrEmpty]
    public string? CertificateImage { get; set; }

    /// <summary>The frontend of BuildKit that the file is for.</summary>
    [Parameter]
    [ArgumentCompleter(typeof(ImageCompleter))]
    [ValidateNotNullOrEmpty]
    public string? SyntaxImage { get; set; }

    /// <summary>What the image is called.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string[] Reference { get; set; } = [];

    /// <summary>Where the file for docker buildx bake goes: a file, or a folder that exists.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string? BakePath { get; set; }

    /// <inheritdoc/>
    private protected override void ProcessPath(string fullPath)
    {
        if (TryRun(fullPath, () => ScratchProgram.Inspect(fullPath, StopToken), out ScratchProgram? program))
        {
            _programs.Add(program);
        }
    }

    /// <summary>Writes one Dockerfile for all the binaries: their platforms are known now.</summary>
    protected override void EndProcessing()
    {
        if (ParameterSetName == SourceSet)
        {
            Write(FromSource());
        }
        else if (_programs.Count > 0)
        {
            Write(RunOrEnd(
                _programs[0].Path,
                () => ScratchDockerfileWriter.Create(_programs, Destination(DockerfileName), Options, DockerfileOptions(), StopToken)));
        }
    }

    private ScratchDockerfile FromSource()
    {
        string folder = RunOrEnd(SourcePath, () => SessionPaths.Resolve(this, SourcePath));
        string path = RunOrEnd(
            folder,
            () => OutputPath is null
                ? System.IO.Path.Combine(SourceDockerfileWriter.ContextOf(folder), DockerfileName)
                : Destination(DockerfileName));
        SourceOptions source = RunOrEnd(GoImage ?? GoPath, () => new SourceOptions
        {
            Folder = System.IO.Path.TrimEndingDirectorySeparator(folder),
            Package = Package,
            Strategy = Strategy,
            Platforms = Platform,
            Build = new BuildOptions
            {
                Tags = Tags,
                LdFlags = LdFlags,
                Defines = [.. Tables.Pairs(Define).Select(pair => KeyValuePair.Create(pair.Key, pair.Value ?? string.Empty))],
            },
            GoImage = GoImage is null ? null : ImageReference.Parse(GoImage),
            BuildPackages = BuildPackage,
            PrivateModules = PrivateModule,
            ModuleCredentials = ModuleCredential,
            ProbeByBuilding = !NoBuild,
            GoPath = GoPaths.Resolve(this, GoPath),
        });
        DockerfileOptions more = RunOrEnd(SyntaxImage ?? CertificateImage ?? BakePath, DockerfileOptions);
        return RunOrEnd(
            folder,
            "Writing a Dockerfile",
            (writer, cancellation) =>
            {
                writer.WriteProgress($"Building {Package} to learn what it needs", percent: -1);
                return SourceDockerfileWriter.CreateAsync(
                    source with { OnLine = writer.WriteVerbose }, path, Options, more, cancellation);
            });
    }

    private DockerfileOptions DockerfileOptions() => new()
    {
        Base = Base,
        CertificateImage = CertificateImage is null ? null : ImageReference.Parse(CertificateImage),
        SyntaxImage = SyntaxImage is null ? null : ImageReference.Parse(SyntaxImage),
        References = [.. Reference.Select(ImageReference.ParseTagged)],
        BakePath = BakePath is null ? null : BakeDestination(SessionPaths.Resolve(this, BakePath)),
        Pins = new ImagePins(IsolatedAssembly.Connect),
    };

    private static string BakeDestination(string path) =>
        Directory.Exists(path) || System.IO.Path.EndsInDirectorySeparator(path) ? System.IO.Path.Combine(path, BakeName) : path;

    private void Write(ScratchDockerfile dockerfile)
    {
        IReadOnlyList<FileDifference> differences = RunOrEnd(dockerfile.Path, dockerfile.FindDifferences);
        string files = string.Join(", ", dockerfile.Files.Select(file => System.IO.Path.GetRelativePath(dockerfile.Context, file)));
        string action = $"Write {files} for {string.Join(", ", dockerfile.Platforms)}";
        if (differences.Count > 0)
        {
            action += $"; what stands there differs:\n{ScratchDockerfile.Describe(differences)}\n";
        }

        if (!ShouldProcess(dockerfile.Path, action))
        {
            return;
        }

        RunOrEnd(dockerfile.Path, () => ScratchDockerfileWriter.Write(dockerfile, Force));
        WriteWarnings(dockerfile.Warnings);
        WriteObject(dockerfile);
    }
}
