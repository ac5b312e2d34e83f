using GoCross.Builds;

namespace GoCross.Scratch;

/// <summary>
/// The modules in folders that a build takes: its own or those of its workspace, and folders that take the place of modules
/// that are needed. Only what the main modules and go.work replace counts (The Go Modules Reference, "replace directive").
/// </summary>
/// <param name="Folders">The modules' full paths, the main modules first.</param>
/// <param name="NeedsOthers">Whether a module is needed that none of them is: it is downloaded, and has a checksum in go.sum.</param>
internal sealed record SourceModules(IReadOnlyList<string> Folders, bool NeedsOthers)
{
    /// <summary>Finds them.</summary>
    /// <param name="file">The full path of the go.work or, without one, of the go.mod.</param>
    /// <exception cref="Errors.GoCrossException">SourceUnreadable.</exception>
    internal static SourceModules Find(string file)
    {
        GoModuleFacts start = GoModuleFile.Read(file);
        List<string> folders = [.. Path.GetFileName(file) == SourceFolders.ModuleFile ? [Path.GetDirectoryName(file)!] : start.Used];
        GoModuleFacts[] mains = [.. folders.Select(ReadModule).OfType<GoModuleFacts>()];
        Dictionary<string, string> replaced = new(StringComparer.Ordinal);
        foreach ((string module, string folder) in mains.Append(start).SelectMany(facts => facts.Replaced))
        {
            replaced[module] = folder;
        }

        HashSet<string> seen = [.. mains.Select(facts => facts.Module)];
        var open = new Queue<string>(mains.SelectMany(facts => facts.Requirements));
        bool needsOthers = false;
        while (open.TryDequeue(out string? module))
        {
            if (!seen.Add(module))
            {
                continue;
            }

            if (!replaced.TryGetValue(module, out string? folder))
            {
                needsOthers = true;
                continue;
            }

            folders.Add(folder);
            foreach (string required in ReadModule(folder)?.Requirements ?? [])
            {
                open.Enqueue(required);
            }
        }

        return new SourceModules([.. folders.Distinct(StringComparer.Ordinal)], needsOthers);
    }

    // A folder that is not there is for go to tell.
    private static GoModuleFacts? ReadModule(string folder) =>
        Path.Combine(folder, SourceFolders.ModuleFile) is var path && File.Exists(path) ? GoModuleFile.Read(path) : null;
}
