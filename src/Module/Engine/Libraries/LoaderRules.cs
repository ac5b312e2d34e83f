namespace GoCross.Libraries;

/// <summary>How a loader searches for a library.</summary>
internal abstract class LoaderRules(LibraryFiles files, LoadedObject program, LoadedObject? loader)
{
    /// <summary>The files of the root.</summary>
    protected LibraryFiles Files { get; } = files;

    /// <summary>The program.</summary>
    protected LoadedObject Program { get; } = program;

    /// <summary>The loader itself, where it is there.</summary>
    protected LoadedObject? Loader { get; } = loader;

    /// <summary>Whether the loader checks the versions of symbols.</summary>
    internal abstract bool ChecksVersions { get; }

    /// <summary>Searches for a library.</summary>
    /// <param name="name">The name that is asked for.</param>
    /// <param name="asker">Who asks.</param>
    /// <param name="loaded">What was loaded before, in its order, the program first.</param>
    internal abstract Finding Find(string name, LoadedObject asker, IReadOnlyList<LoadedObject> loaded);

    /// <summary>The object that a file is, where it had been loaded before by another name.</summary>
    protected static LoadedObject? SameFile(IReadOnlyList<LoadedObject> loaded, string realPath)
    {
        foreach (LoadedObject item in loaded)
        {
            if (item.RealPath == realPath)
            {
                return item;
            }
        }

        return null;
    }

    /// <summary>What stands for a file that was found.</summary>
    protected static Finding Take(
        IReadOnlyList<LoadedObject> loaded, ElfLibraryRule rule, string path, string realPath, LibraryFile file) =>
        SameFile(loaded, realPath) is { } same
            ? new Finding(ElfLibraryStatus.Found, ElfLibraryRule.AlreadyLoaded, same.Path, realPath, same.File, same)
            : new Finding(ElfLibraryStatus.Found, rule, path, realPath, file);

    /// <summary>
    /// Puts values in for tokens, as both loaders write them: $NAME or ${NAME}. The longest text that has any is short,
    /// so nothing is gained by less copying.
    /// </summary>
    protected static string Replace(string text, string token, string value) => text
        .Replace("${" + token + "}", value, StringComparison.Ordinal)
        .Replace("$" + token, value, StringComparison.Ordinal);
}
