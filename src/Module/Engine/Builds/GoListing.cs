using System.Collections.Concurrent;
using GoCross.Errors;
using GoCross.Processes;
using GoCross.Targets;

namespace GoCross.Builds;

/// <summary>
/// Asks go list. What it said of a named package is remembered for the session as long as every file that decides on it
/// looks the same: asking costs a tenth of an up-to-date build.
/// </summary>
internal static class GoListing
{
    private static readonly ConcurrentDictionary<string, (List<ListedPackage> Packages, FileStamps Stamps)> Known = new(StringComparer.Ordinal);

    /// <summary>The packages that a reference stands for.</summary>
    /// <param name="toolchain">The toolchain, as it is in the reference's working directory.</param>
    /// <param name="reference">What the user typed.</param>
    /// <param name="target">The target.</param>
    /// <param name="strategy">The strategy, which decides on cgo.</param>
    /// <param name="flags">The flags that decide on files and modules.</param>
    /// <param name="withDependencies">Whether all that they import is listed, too, and what is missing of it downloaded.</param>
    /// <param name="cancellation">Ends the asking.</param>
    /// <exception cref="GoCrossException">PackageNoModule; PackageUnresolved; GoTooOld; GoCacheUnusable; GoSettingInvalid; GoModuleFileInvalid; VendorInconsistent; ReplacementMissing.</exception>
    internal static async Task<List<ListedPackage>> AskAsync(
        GoToolchain toolchain,
        PackageReference reference,
        BuildTarget target,
        BuildStrategy strategy,
        IReadOnlyList<string> flags,
        bool withDependencies,
        CancellationToken cancellation)
    {
        string[] arguments =
        [
            withDependencies ? "-deps" : "-find", $"-json={ListedPackage.Fields}", "--", reference.Pattern,
        ];

        // A pattern takes in folders that nobody has made yet; another host's files are not here to be looked at.
        bool isKeepable = !reference.IsPattern && toolchain.Host is LocalGoHost;
        string key = string.Join('\n', [toolchain.Identity, reference.WorkingDirectory, target.Name, strategy == BuildStrategy.Static ? "0" : "1", .. flags, .. arguments]);
        if (isKeepable && Known.TryGetValue(key, out (List<ListedPackage> Packages, FileStamps Stamps) known) && known.Stamps.AreCurrent())
        {
            return known.Packages;
        }

        ProcessResult answer = await RunAsync(toolchain, reference, target, strategy, flags, arguments, cancellation).ConfigureAwait(false);
        List<ListedPackage> packages = Read(toolchain, reference, target, strategy, answer);
        if (isKeepable && packages.TrueForAll(package => package.Error.Length == 0))
        {
            Known[key] = (packages, StampsOf(toolchain, packages));
        }

        return packages;
    }

    /// <summary>Runs go list for a setting.</summary>
    /// <param name="toolchain">The toolchain.</param>
    /// <param name="reference">Where to ask.</param>
    /// <param name="target">The target.</param>
    /// <param name="strategy">The strategy, which decides on cgo.</param>
    /// <param name="flags">The flags that decide on files and modules.</param>
    /// <param name="arguments">What to ask.</param>
    /// <param name="cancellation">Ends the asking.</param>
    internal static Task<ProcessResult> RunAsync(
        GoToolchain toolchain,
        PackageReference reference,
        BuildTarget target,
        BuildStrategy strategy,
        IReadOnlyList<string> flags,
        IReadOnlyList<string> arguments,
        CancellationToken cancellation)
    {
        Dictionary<string, string?> environment = toolchain.BaseEnvironment();
        foreach ((string name, string value) in target.Variables())
        {
            environment[name] = value;
        }

        if (toolchain.Flags.Length > 0)
        {
            environment["GOFLAGS"] = new GoFlagsVariable(toolchain.Flags).ForQuestions;
        }

        // Else go decides by whether it finds a C compiler, and never has cgo for another system.
        environment["CGO_ENABLED"] = strategy == BuildStrategy.Static ? "0" : "1";
        return toolchain.Host.RunAsync(
            new ProcessRequest
            {
                FileName = toolchain.Command,
                Arguments = ["list", "-e", .. flags, .. arguments],
                WorkingDirectory = toolchain.Host.PathOf(reference.WorkingDirectory),
                Environment = environment,
            },
            cancellation);
    }

    private static List<ListedPackage> Read(
        GoToolchain toolchain, PackageReference reference, BuildTarget target, BuildStrategy strategy, ProcessResult answer)
    {
        string said = GoErrorText.Of(answer.StandardError, answer.ExitCode);
        if (answer.ExitCode != 0)
        {
            bool noModule = said.Contains("go.mod file not found", StringComparison.Ordinal)
                || said.Contains("cannot find main module", StringComparison.Ordinal);
            if (BuildFailure.IsOfCache(said))
            {
                throw GoCrossException.Create(
                    ErrorKind.ToolFailed, nameof(Messages.GoCacheUnusable), reference.Text, target.Name, strategy, said);
            }

            throw noModule
                ? GoCrossException.Create(ErrorKind.NotFound, nameof(Messages.PackageNoModule), reference.WorkingDirectory)
                : BuildFailure.IsTooOld(said) ? BuildFailure.TooOld(reference.Text, said, toolchain)
                : BuildFailure.OfUnready(reference.Text, said) ?? GoCrossException.Create(ErrorKind.InvalidData, nameof(Messages.PackageUnresolved), reference.Text, said);
        }

        List<ListedPackage> packages = ListedPackage.ReadAll(answer.StandardOutput);
        if (toolchain.Variable("GOWORK") is { Length: > 0 } workspace and not "off"
            && (said + string.Concat(packages.Select(package => package.Error))) is var all
            && (all.Contains("modules listed in go.work", StringComparison.Ordinal) || IsOutside(workspace, reference, packages)))
        {
            throw OutsideWorkspace(workspace, reference);
        }

        return reference.IsPattern || packages.Count(package => !package.DependencyOnly) == 1
            ? packages
            : throw GoCrossException.Create(ErrorKind.InvalidData, nameof(Messages.PackageUnresolved), reference.Text, said);
    }

    /// <summary>Whether a folder of a workspace is in none of its modules, which go calls a folder without Go files.</summary>
    private static bool IsOutside(string workspace, PackageReference reference, List<ListedPackage> packages) =>
        packages is [{ Name.Length: 0, Error.Length: > 0 }] && reference.Pattern == "."
        && !GoModuleFile.Folders(workspace).Any(module =>
            module == reference.WorkingDirectory || SourceFolders.IsWithin(reference.WorkingDirectory, Path.TrimEndingDirectorySeparator(module)));

    private static GoCrossException OutsideWorkspace(string workspace, PackageReference reference)
    {
        const int Named = 5;
        string[] modules =
        [
            .. GoModuleFile.Folders(workspace)
                .Select(module => "./" + Path.GetRelativePath(reference.WorkingDirectory, module).Replace(Path.DirectorySeparatorChar, '/') + "/..."),
        ];
        return GoCrossException.Create(
            ErrorKind.NotFound,
            nameof(Messages.PackageOutsideWorkspace),
            reference.Text,
            workspace,
            string.Join(", ", modules.Take(Named)),
            modules.FirstOrDefault() ?? "./...");
    }

    /// <summary>The files of modules that the user edits, and those that say which modules these are.</summary>
    private static FileStamps StampsOf(GoToolchain toolchain, List<ListedPackage> packages)
    {
        var stamps = new FileStamps();
        foreach (string file in new[] { toolchain.Variable("GOMOD"), toolchain.Variable("GOWORK") })
        {
            if (Path.IsPathFullyQualified(file) && Path.GetDirectoryName(file) is { } folder && Directory.Exists(folder))
            {
                stamps.Add(folder);
                stamps.Add(Path.Combine(folder, "vendor", "modules.txt"));
            }
        }

        string cache = toolchain.Variable("GOMODCACHE");
        foreach (ListedPackage package in packages)
        {
            if (!package.Standard && package.Directory.Length > 0
                && !(cache.Length > 0 && package.Directory.StartsWith(cache, StringComparison.Ordinal)))
            {
                stamps.Add(package.Directory);
            }
        }

        return stamps;
    }
}
