using System.Text;
using GoCross.Elf;
using GoCross.Files;

namespace GoCross.Libraries;

/// <summary>
/// How musl's loader searches (ldso/dynlink.c, load_library). The first file that opens is the one: it looks at neither
/// machine nor width before it maps it.
/// </summary>
internal sealed class MuslRules(
    LibraryFiles files, LoadedObject program, LoadedObject? loader, string loaderPath, IReadOnlyList<string> libraryPath)
    : LoaderRules(files, program, loader)
{
    private const int MaxPathFileLength = 64 * 1024;

    /// <summary>The libraries that are all in the loader: lib, one of these, and a dot.</summary>
    private static readonly string[] Own = ["c.", "pthread.", "rt.", "m.", "dl.", "util.", "xnet."];

    private string[]? _systemDirectories;

    internal override bool ChecksVersions => false;

    internal override Finding Find(string name, LoadedObject asker, IReadOnlyList<LoadedObject> loaded)
    {
        if (name == loaderPath
            || (name.StartsWith("lib", StringComparison.Ordinal)
                && Array.Exists(Own, own => name.AsSpan(3).StartsWith(own, StringComparison.Ordinal))))
        {
            return new Finding(
                ElfLibraryStatus.Builtin, ElfLibraryRule.Interpreter, loaderPath, Loader?.RealPath, Loader?.File, Loader);
        }

        if (name.Contains('/', StringComparison.Ordinal))
        {
            return !name.StartsWith('/') ? new Finding(ElfLibraryStatus.Unresolvable)
                : Try(name, ElfLibraryRule.Path, loaded) ?? new Finding(ElfLibraryStatus.Missing);
        }

        foreach (LoadedObject item in loaded)
        {
            if (item.Names.Contains(name))
            {
                return new Finding(
                    ElfLibraryStatus.Found, ElfLibraryRule.AlreadyLoaded, item.Path, item.RealPath, item.File, item);
            }
        }

        return Search(name, asker, loaded) ?? new Finding(ElfLibraryStatus.Missing);
    }

    private static string[] Split(string list) =>
        list.Split([':', '\n'], StringSplitOptions.RemoveEmptyEntries);

    private Finding? Search(string name, LoadedObject asker, IReadOnlyList<LoadedObject> loaded)
    {
        foreach (string list in libraryPath)
        {
            if (In(Split(list), name, ElfLibraryRule.LibraryPath, loaded) is { } found)
            {
                return found;
            }
        }

        for (LoadedObject? item = asker; item is not null; item = item.Loader)
        {
            // musl makes no difference between the two; where a file has both, DT_RUNPATH counts.
            ElfLibraryRule rule = item.File.RunPath is not null ? ElfLibraryRule.RunPath : ElfLibraryRule.RPath;
            if ((item.File.RunPath ?? item.File.RPath) is { } list && Expand(list, item) is { } expanded
                && In(Split(expanded), name, rule, loaded) is { } found)
            {
                return found;
            }
        }

        return In(_systemDirectories ??= ReadSystemDirectories(), name, ElfLibraryRule.DefaultDirectory, loaded);
    }

    // fixup_rpath: a list with any other token than $ORIGIN is not used at all.
    private static string? Expand(string list, LoadedObject owner)
    {
        string rest = Replace(list, "ORIGIN", string.Empty);
        return rest.Contains('$', StringComparison.Ordinal) ? null : Replace(list, "ORIGIN", owner.Origin);
    }

    private Finding? In(IEnumerable<string> directories, string name, ElfLibraryRule rule, IReadOnlyList<LoadedObject> loaded)
    {
        foreach (string directory in directories)
        {
            if (directory.StartsWith('/') && Try($"{directory}/{name}", rule, loaded) is { } found)
            {
                return found;
            }
        }

        return null;
    }

    private Finding? Try(string path, ElfLibraryRule rule, IReadOnlyList<LoadedObject> loaded)
    {
        if (!Files.TryOpen(path, out string realPath, out LibraryFile? file))
        {
            return null;
        }

        ElfHeader wanted = Program.File.Header;
        bool fits = file is { IsLoadable: true } && file.Header.Machine == wanted.Machine
            && file.Header.Class == wanted.Class && file.Header.ByteOrder == wanted.ByteOrder;
        return fits
            ? Take(loaded, rule, path, realPath, file!)
            : new Finding(ElfLibraryStatus.FatalCandidate, rule, path, realPath);
    }

    // /etc/ld-musl-ARCH.path, beside the directory of the loader; one that is there and empty means: nowhere.
    private string[] ReadSystemDirectories()
    {
        string name = System.IO.Path.GetFileName(loaderPath);
        string machine = name.StartsWith("ld-musl-", StringComparison.Ordinal) && name.EndsWith(".so.1", StringComparison.Ordinal)
            ? name["ld-musl-".Length..^".so.1".Length]
            : string.Empty;
        string folder = System.IO.Path.GetDirectoryName(System.IO.Path.GetDirectoryName(loaderPath) ?? "/") ?? "/";
        string path = $"{folder.TrimEnd('/')}/etc/ld-musl-{machine}.path";
        if (Files.Root.RealPath(path) is not { } real)
        {
            return ["/lib", "/usr/local/lib", "/usr/lib"];
        }

        try
        {
            using IRandomAccessSource source = Files.Root.Open(real);
            byte[] bytes = new byte[Math.Min(source.Length, MaxPathFileLength)];
            return Split(Encoding.UTF8.GetString(bytes.AsSpan(0, source.Read(0, bytes))));
        }
        catch (Exception e) when (e is Errors.GoCrossException or IOException or UnauthorizedAccessException)
        {
            return [];
        }
    }
}
