using GoCross.Files;

namespace GoCross.Tests;

/// <summary>
/// A root file system made of what dpkg has installed on this machine: some packages, what they depend on, and no
/// network. Documentation, and what is in a package for other reasons than to run it, stays out.
/// </summary>
public static class InstalledPackages
{
    private static readonly string[] LeftOut =
    [
        "/usr/share/doc/", "/usr/share/man/", "/usr/share/locale/", "/usr/share/info/", "/usr/share/lintian/", "/usr/share/bug/",
        "/usr/lib/x86_64-linux-gnu/gconv/", "/usr/lib/x86_64-linux-gnu/perl-base/",
        "/usr/share/go-1.23/test/", "/usr/share/go-1.23/api/", "/usr/share/go-1.23/misc/", "/usr/share/go-1.23/src/cmd/",
    ];

    // Parts of gcc and Go that no build of the tests uses, and tests of Go itself: half of the bytes.
    private static readonly string[] NeverRun =
    [
        "lto1", "lto-dump", "libasan", "libtsan", "liblsan", "libubsan", "libgprofng", "/linux_amd64/trace", "/linux_amd64/pprof",
        "/linux_amd64/vet", "/linux_amd64/objdump", "/linux_amd64/doc", "/linux_amd64/fix", "/linux_amd64/covdata",
        "/linux_amd64/addr2line", "/linux_amd64/nm", "/linux_amd64/distpack", "ld.gold", "_test.go", "/testdata/", "/traceviewer/static/",
    ];

    // Interpreters, and what only a set-up needs: nothing that is run in the tests' images starts them.
    private static readonly string[] NotFollowed = ["perl", "perl-base", "liberror-perl", "git-man", "debconf", "libgdbm6", "golang-1.23-doc"];

    private static readonly Lazy<string[]> TopLinks = new(() =>
    [
        .. new[] { "bin", "sbin", "lib", "lib32", "lib64", "libx32" }.Where(name => new DirectoryInfo("/" + name).LinkTarget is not null),
    ]);

    /// <summary>Writes the root as a tar archive.</summary>
    /// <param name="archive">The archive's path.</param>
    /// <param name="packages">The packages' names. One that is not installed fails the test.</param>
    public static void WriteRoot(string archive, params string[] packages)
    {
        string[] all = Closure(packages);
        using var folder = new TemporaryDirectory();
        string list = Path.Combine(folder.Path, "files");
        IEnumerable<string> files = Programs.Output("dpkg-query", ["--listfiles", .. all])
            .Split('\n')
            .Where(line => line.StartsWith('/') && line != "/." && !LeftOut.Any(line.StartsWith)
                && !NeverRun.Any(part => line.Contains(part, StringComparison.Ordinal)) && !TopLinks.Value.Contains(line[1..]) && (File.Exists(line) || Directory.Exists(line)))
            .Select(Merged)
            .Concat([.. TopLinks.Value, "etc/passwd", "etc/group", "tmp", "root"])
            .Distinct(StringComparer.Ordinal);
        File.WriteAllText(list, string.Join('\0', files));

        Programs.Output(
            "tar", ["--create", "--file", archive, "--directory", "/", "--no-recursion", "--null", "--files-from", list]);
    }

    // Where /bin is a link to /usr/bin, packages still name files beneath /bin.
    private static string Merged(string path) =>
        TopLinks.Value.FirstOrDefault(link => path.StartsWith($"/{link}/", StringComparison.Ordinal)) is null ? path[1..] : "usr" + path;

    private static string[] Closure(string[] packages)
    {
        var wants = new Dictionary<string, string[]>(StringComparer.Ordinal);
        var providers = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (string line in Programs.Output(
            "dpkg-query", ["--show", "--showformat", "${db:Status-Status};${binary:Package};${Depends},${Pre-Depends};${Provides}\n"]).Split('\n'))
        {
            string[] parts = line.Split(';');
            if (parts.Length == 4 && parts[0] == "installed" && !(parts[1].Contains(':') && !parts[1].EndsWith(":amd64", StringComparison.Ordinal)))
            {
                wants[Name(parts[1])] = [.. parts[2].Split(',', '|').Select(Name).Where(name => name.Length > 0)];
                providers[Name(parts[1])] = parts[1];
                foreach (string provided in parts[3].Split(',').Select(Name))
                {
                    providers.TryAdd(provided, parts[1]);
                }
            }
        }

        var found = new HashSet<string>(StringComparer.Ordinal);
        var next = new Queue<string>(packages);
        while (next.TryDequeue(out string? name))
        {
            if (providers.TryGetValue(name, out string? package) && !NotFollowed.Contains(Name(package)) && found.Add(package))
            {
                foreach (string want in wants[Name(package)])
                {
                    next.Enqueue(want);
                }
            }
        }

        Assert.All(packages, package => Assert.True(providers.ContainsKey(package), $"The package {package} is not installed."));
        return [.. found];
    }

    // libc6:amd64 (>= 2.36) is libc6.
    private static string Name(string text) => text.Trim().Split(' ', ':', '(')[0];
}
