using System.Runtime.CompilerServices;
using GoCross.Builds;
using GoCross.Files;
using GoCross.Targets;

namespace GoCross.Tests.Builds;

/// <summary>A folder with Go source, made by a test or one of the examples, and a folder for what is built of it.</summary>
internal sealed class GoWorkspace : IDisposable
{
    private readonly TemporaryDirectory _temporary = new();

    internal GoWorkspace(params (string Name, string Text)[] files)
    {
        Source = Path.Combine(_temporary.Path, "source");
        Output = Path.Combine(_temporary.Path, "output");
        Directory.CreateDirectory(Source);
        foreach ((string name, string text) in files)
        {
            Write(name, text);
        }
    }

    /// <summary>The folder with the source.</summary>
    internal string Source { get; private init; }

    /// <summary>The folder for the programs. Nobody has made it yet.</summary>
    internal string Output { get; }

    /// <summary>The options of a build that has none of its own.</summary>
    internal BuildOptions Options { get; private init; } = new();

    /// <summary>One of the programs in examples/.</summary>
    internal static GoWorkspace Example(string name) => new()
    {
        Source = Path.Combine(Root(), "examples", name),

        // SQLite takes a compiler that optimizes most of a minute, and is linked no other way.
        Options = new BuildOptions
        {
            Environment = name == "sqlite-cgo" ? new Dictionary<string, string> { ["CGO_CFLAGS"] = "-O0" } : [],
        },
    };

    /// <summary>Writes a file of the source.</summary>
    internal void Write(string name, string text)
    {
        string path = Path.Combine(Source, name);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllText(path, text);
    }

    /// <summary>A builder, and its plan for one package.</summary>
    internal async Task<(GoBuilder Builder, IReadOnlyList<BuildRequest> Plan)> PlanAsync(
        string package, string[] targets, BuildStrategy[] strategies, BuildOptions? options = null, string? goPath = null)
    {
        PackageReference reference = PackageReference.Create(package, Source);
        options ??= Options;
        GoToolchain toolchain = await GoToolchain.FindAsync(
            LocalGoHost.Instance, goPath, reference.WorkingDirectory, options.Environment, CancellationToken.None);
        BuildMatrix matrix = BuildMatrix.Create(targets, strategies, toolchain, options);
        if (matrix.Refused.Count > 0)
        {
            throw matrix.Refused[0];
        }

        OutputTemplate output = OutputTemplate.Create(Output, OutputTemplate.DefaultFileName);
        IReadOnlyList<BuildRequest> plan = BuildPlan.Create(
            await GoPackages.ResolveAsync(toolchain, reference, matrix.Cells, options, output, CancellationToken.None), output);
        return (new GoBuilder(toolchain, options, BuildParallelism.Share(1, null, 1)), plan);
    }

    /// <summary>Builds the package in the source folder for one target.</summary>
    internal async Task<BuildOutcome> BuildAsync(
        string target = "linux/amd64",
        BuildStrategy strategy = BuildStrategy.Static,
        BuildOptions? options = null,
        string package = ".")
    {
        (GoBuilder builder, IReadOnlyList<BuildRequest> plan) = await PlanAsync(package, [target], [strategy], options);
        return await builder.BuildAsync(Assert.Single(plan), null, CancellationToken.None);
    }

    public void Dispose() => _temporary.Dispose();

    private static string Root([CallerFilePath] string thisFile = "") =>
        Path.GetFullPath(Path.Combine(Path.GetDirectoryName(thisFile)!, "..", "..", ".."));
}
