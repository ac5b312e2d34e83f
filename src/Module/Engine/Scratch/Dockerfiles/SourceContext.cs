using GoCross.Builds;
using GoCross.Errors;

namespace GoCross.Scratch;

/// <summary>
/// A module or a workspace as the context of a build: its folder, the files that say which modules it needs, and whether
/// git's own files are in it.
/// </summary>
internal sealed record SourceContext
{
    private const string Repository = ".git";

    /// <summary>The folder's full path.</summary>
    internal required string Folder { get; init; }

    /// <summary>What all go.mod and go.work files say; that of the folder's own module, or of the workspace, first.</summary>
    internal required IReadOnlyList<GoModuleFacts> Files { get; init; }

    /// <summary>The files that decide on modules, as paths in the context with slashes, sorted.</summary>
    internal required IReadOnlyList<string> ModuleFiles { get; init; }

    /// <summary>Whether the modules that are needed are in the context already (go mod vendor).</summary>
    internal required bool IsVendored { get; init; }

    /// <summary>Whether a go.work of the folder is not to count (GOWORK=off).</summary>
    internal required bool IgnoresWorkspace { get; init; }

    /// <summary>What the user should know.</summary>
    internal required IReadOnlyList<string> Warnings { get; init; }

    /// <summary>Whether a module is needed that is not in the context.</summary>
    internal required bool HasDownloads { get; init; }

    /// <summary>Finds the module or the workspace that a folder is in.</summary>
    /// <param name="folder">The folder's full path.</param>
    /// <param name="goWork">The caller's GOWORK: off, a file, or null to look for one.</param>
    /// <exception cref="GoCrossException">PackageFolderMissing; PackageNoModule; SourceUnreadable; SourceOutsideContext;
    /// SourcePathUnusable.</exception>
    internal static SourceContext Find(string folder, string? goWork)
    {
        if (!Directory.Exists(folder))
        {
            throw GoCrossException.Create(ErrorKind.NotFound, nameof(Messages.PackageFolderMissing), folder);
        }

        string? workspace = SourceFolders.WorkspaceOf(folder, goWork);
        string file = (workspace is not null && File.Exists(workspace) ? workspace : SourceFolders.FindAbove(folder, SourceFolders.ModuleFile))
            ?? throw GoCrossException.Create(ErrorKind.NotFound, nameof(Messages.PackageNoModule), folder);
        string root = Path.GetDirectoryName(file)!;
        bool isVendored = File.Exists(Path.Combine(root, "vendor", "modules.txt"));
        SourceModules found = SourceModules.Find(file);
        string[] modules = [.. found.Folders.Where(module => !isVendored || SourceFolders.IsWithin(module, root) || module == root)];
        foreach (string module in modules)
        {
            if (module != root && !SourceFolders.IsWithin(module, root))
            {
                throw GoCrossException.Create(ErrorKind.InvalidArgument, nameof(Messages.SourceOutsideContext), module, file, root);
            }
        }

        string[] files =
        [
            .. modules.SelectMany(module => (string[])[Path.Combine(module, "go.mod"), Path.Combine(module, "go.sum")])
                .Concat([Path.Combine(root, "go.work"), Path.Combine(root, "go.work.sum")])
                .Where(path => File.Exists(path) && (goWork != "off" || !path.EndsWith(".work", StringComparison.Ordinal)))
                .Select(path => PathIn(root, path))
                .Order(StringComparer.Ordinal),
        ];
        GoModuleFacts[] facts = [.. modules.Select(module => Path.Combine(module, SourceFolders.ModuleFile)).Prepend(file).Distinct()
            .Where(File.Exists).Select(GoModuleFile.Read)];
        return new SourceContext
        {
            Folder = root,
            Files = facts,
            ModuleFiles = files,
            IsVendored = isVendored,
            IgnoresWorkspace = goWork == "off" && File.Exists(Path.Combine(root, SourceFolders.WorkFile)),
            HasDownloads = !isVendored && found.NeedsOthers,
            Warnings = [.. RepositoryWarnings(root), .. SumWarnings(!isVendored && found.NeedsOthers, files)],
        };
    }

    /// <summary>A package as go build takes it in the context's folder.</summary>
    /// <param name="folder">The full path of the folder that relative packages start at.</param>
    /// <param name="package">A folder or an import path.</param>
    /// <exception cref="GoCrossException">SourcePackageMany; PackageFolderMissing; PackageIsFile; SourcePackageOutside;
    /// SourcePathUnusable.</exception>
    internal string ArgumentFor(string folder, string package)
    {
        var reference = Builds.PackageReference.Create(package, folder);
        if (reference.IsPattern)
        {
            throw GoCrossException.Create(ErrorKind.InvalidArgument, nameof(Messages.SourcePackageMany), package);
        }

        if (reference.Pattern != ".")
        {
            return reference.Pattern;
        }

        string there = reference.WorkingDirectory;
        if (there != Folder && !SourceFolders.IsWithin(there, Folder))
        {
            throw GoCrossException.Create(ErrorKind.InvalidArgument, nameof(Messages.SourcePackageOutside), there, Folder);
        }

        return there == Folder ? "." : "./" + PathIn(Folder, there);
    }

    /// <summary>The import path of a package of the context's own modules, as far as go.mod tells.</summary>
    internal string ImportPathOf(string argument)
    {
        if (!argument.StartsWith('.'))
        {
            return argument;
        }

        string there = Path.GetFullPath(argument, Folder);
        string? module = SourceFolders.FindAbove(there, SourceFolders.ModuleFile);
        string path = module is null ? string.Empty : GoModuleFile.Read(module).Module;
        string relative = module is null ? "." : PathIn(Path.GetDirectoryName(module)!, there);
        return path.Length == 0 ? Path.GetFileName(there) : relative == "." ? path : $"{path}/{relative}";
    }

    private static string PathIn(string root, string path)
    {
        string relative = Path.GetRelativePath(root, path).Replace(Path.DirectorySeparatorChar, '/');

        // A comma ends a value of --mount, and a space the mount.
        return DockerfileText.IsPlainPath(relative) && relative.AsSpan().IndexOfAny(' ', ',') < 0
            ? relative
            : throw GoCrossException.Create(ErrorKind.InvalidArgument, nameof(Messages.SourcePathUnusable), path);
    }

    private static IEnumerable<string> SumWarnings(bool needsOthers, string[] files)
    {
        if (needsOthers && !files.Any(file => file.EndsWith(".sum", StringComparison.Ordinal)))
        {
            yield return "go.mod requires modules and there is no go.sum: run go mod tidy, or the build will fail.";
        }
    }

    private static IEnumerable<string> RepositoryWarnings(string root)
    {
        string own = Path.Combine(root, Repository);
        if (Directory.Exists(own))
        {
            if (File.Exists(Path.Combine(own, "config")) && HoldsCredential(Path.Combine(own, "config")))
            {
                yield return $"{Path.Combine(own, "config")} holds a credential, and goes to the builder with the context (it does not get "
                    + "into the image). Take it out: actions/checkout does with persist-credentials: false.";
            }

            // gitrepository-layout(5)
            string alternates = Path.Combine(own, "objects", "info", "alternates");
            if (File.Exists(alternates))
            {
                yield return $"{alternates} names another repository whose objects git borrows (git clone --shared or --reference), which is not in "
                    + "the build's context: go fails there when it asks git for the revision. Run git repack -a -d, and delete the file.";
            }
        }
        else if (File.Exists(own))
        {
            yield return $"{own} is a file that points to a repository elsewhere, which is not in the build's context: the program will "
                + "not be stamped with its revision. Build from a clone to have that.";
        }
        else if (SourceFolders.FindFolderAbove(root, Repository) is { } above)
        {
            yield return $"The git repository {Path.GetDirectoryName(above)} is above the build's context {root}: the program will not be "
                + "stamped with its revision.";
        }
    }

    private static bool HoldsCredential(string config)
    {
        try
        {
            return File.ReadLines(config).Any(line => line.Contains("extraheader", StringComparison.OrdinalIgnoreCase)
                || (line.Contains("://", StringComparison.Ordinal) && line[(line.IndexOf("://", StringComparison.Ordinal) + 3)..].Split('/')[0] is var host
                    && host.Contains(':', StringComparison.Ordinal) && host.Contains('@', StringComparison.Ordinal)));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }
}
