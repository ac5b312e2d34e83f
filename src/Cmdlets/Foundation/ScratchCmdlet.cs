using System.Collections;
using System.Management.Automation;
using GoCross.Cmdlets.Completion;
using GoCross.Files;
using GoCross.Scratch;

namespace GoCross.Cmdlets.Foundation;

/// <summary>A cmdlet that puts programs into images made from scratch: what a user can say about such an image.</summary>
public abstract class ScratchCmdlet : PathCmdlet
{
    /// <summary>Only this assembly has cmdlets of GoCross.</summary>
    private protected ScratchCmdlet()
    {
    }

    /// <summary>Where the result goes: a file, or a directory that exists.</summary>
    [Parameter(Position = 1)]
    [Alias("DestinationPath")]
    [ValidateNotNullOrEmpty]
    public string? OutputPath { get; set; }

    /// <summary>The program's file name in the image.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string? Name { get; set; }

    /// <summary>The arguments that follow the program in the ENTRYPOINT.</summary>
    [Parameter]
    [Alias("Args")]
    [ValidateNotNull]
    public string[] ArgumentList { get; set; } = [];

    /// <summary>Whom the container runs as: UID or UID:GID.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string User { get; set; } = ContainerUser.NonRoot.ToString();

    /// <summary>Labels by name.</summary>
    [Parameter]
    [ValidateNotNull]
    public IDictionary Label { get; set; } = new Hashtable();

    /// <summary>Environment variables by name.</summary>
    [Parameter]
    [Alias("Env")]
    [ValidateNotNull]
    public IDictionary Environment { get; set; } = new Hashtable();

    /// <summary>The TCP ports that the program listens on.</summary>
    [Parameter]
    [ValidateNotNull]
    public int[] Port { get; set; } = [];

    /// <summary>A file of CA certificates in PEM.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string? CaBundle { get; set; }

    /// <summary>A directory of time zones, or a zip of one.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string? ZoneData { get; set; }

    /// <summary>The signal that asks the program to end.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(SignalCompleter))]
    public string? StopSignal { get; set; }

    /// <summary>Directories of the image that are volumes.</summary>
    [Parameter]
    [ValidateNotNull]
    public string[] Volume { get; set; } = [];

    /// <summary>The program that says whether the container is healthy, with its arguments.</summary>
    [Parameter]
    [ValidateNotNull]
    public string[] HealthCheck { get; set; } = [];

    /// <summary>The time between two health checks.</summary>
    [Parameter]
    [Seconds]
    public TimeSpan? HealthCheckInterval { get; set; }

    /// <summary>The time that a health check may take.</summary>
    [Parameter]
    [Seconds]
    public TimeSpan? HealthCheckTimeout { get; set; }

    /// <summary>The directory, seen as a root, that loader and libraries of a dynamic program are taken from.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string? LibraryRoot { get; set; }

    /// <summary>Libraries that the program loads while it runs: names, or paths in the root.</summary>
    [Parameter]
    [ValidateNotNull]
    public string[] Library { get; set; } = [];

    /// <summary>Takes along what the program may load while it runs, as its file says.</summary>
    [Parameter]
    public SwitchParameter IncludeDlopen { get; set; }

    /// <summary>Replaces what stands there.</summary>
    [Parameter]
    public SwitchParameter Force { get; set; }

    /// <summary>Goes on with a program that does not start in the image; that is still reported.</summary>
    [Parameter]
    public SwitchParameter AllowStartFailure { get; set; }

    /// <summary>What the parameters say about the image.</summary>
    private protected ScratchOptions Options { get; private set; } = new();

    /// <summary>Reads the parameters that hold for every program.</summary>
    protected override void BeginProcessing() => Options = RunOrEnd(target: null, () => new ScratchOptions
    {
        User = ContainerUser.Parse(User),
        Arguments = ArgumentList,
        Labels = Tables.Texts(Label),
        Environment = Tables.Texts(Environment),
        Ports = Port,
        CaBundlePath = CaBundle is null ? null : SessionPaths.Resolve(this, CaBundle),
        ZoneDataPath = ZoneData is null ? null : SessionPaths.Resolve(this, ZoneData),
        Name = Name,
        StopSignal = StopSignal,
        Volumes = Volume,
        HealthCheck = HealthCheck,
        HealthCheckInterval = HealthCheckInterval,
        HealthCheckTimeout = HealthCheckTimeout,
        LibraryRoot = LibraryRoot is null ? null : SessionPaths.Resolve(this, LibraryRoot),
        Libraries = Library,
        IncludesDlopened = IncludeDlopen,
        AllowsFailure = AllowStartFailure,
        Created = SourceDate.FromEnvironment(),
    });

    /// <summary>The full path of the result.</summary>
    /// <param name="fileName">Its name where the user gave none.</param>
    private protected string Destination(string fileName)
    {
        string path = OutputPath is null ? SessionPaths.Location(this) : SessionPaths.Resolve(this, OutputPath);
        return OutputPath is null || Directory.Exists(path) || System.IO.Path.EndsInDirectorySeparator(path)
            ? System.IO.Path.Combine(path, fileName)
            : path;
    }
}
