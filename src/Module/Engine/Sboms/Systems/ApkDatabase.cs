using System.Text;

namespace GoCross.Sboms;

/// <summary>
/// Alpine's packages: lib/apk/db/installed, or usr/lib/apk/db/installed where /lib is a link to it. A field a line, a letter
/// and a colon; an empty line behind each package (apk-tools, database.c).
/// </summary>
internal static class ApkDatabase
{
    private const int MaxDatabaseLength = 256 << 20;

    /// <summary>Reads the packages that are installed.</summary>
    /// <param name="tree">Where.</param>
    /// <param name="cancellation">Ends the reading.</param>
    /// <exception cref="Errors.GoCrossException">PackageDatabaseTooLong.</exception>
    internal static IReadOnlyList<SystemPackage> Read(SystemTree tree, CancellationToken cancellation)
    {
        foreach (string path in new[] { "/lib/apk/db/installed", "/usr/lib/apk/db/installed" })
        {
            IReadOnlyList<SystemPackage> packages = PackageHistory.Read(tree, path, MaxDatabaseLength, Parse, cancellation);
            if (packages.Count > 0)
            {
                return packages;
            }
        }

        return [];
    }

    private static IEnumerable<SystemPackage> Parse(byte[] content, SbomPlace place)
    {
        string? name = null;
        string? version = null;
        string? architecture = null;
        string? origin = null;
        string folder = string.Empty;
        var files = new List<string>();
        foreach (string line in Encoding.UTF8.GetString(content).Split('\n').Append(string.Empty))
        {
            string value = line.Length > 2 ? line[2..] : string.Empty;
            switch (line)
            {
                case "":
                    if (!string.IsNullOrEmpty(name) && !string.IsNullOrEmpty(version))
                    {
                        yield return new SystemPackage
                        {
                            Kind = SbomComponentKind.AlpinePackage,
                            Name = name,
                            Version = version,
                            Architecture = architecture,
                            SourceName = origin ?? name,
                            SourceVersion = version,
                            Place = place,
                            Files = files,
                        };
                    }

                    (name, version, architecture, origin, folder, files) = (null, null, null, null, string.Empty, []);
                    break;
                case ['P', ':', ..]:
                    name = value;
                    break;
                case ['V', ':', ..]:
                    version = value;
                    break;
                case ['A', ':', ..]:
                    architecture = value;
                    break;
                case ['o', ':', ..]:
                    origin = value;
                    break;
                case ['F', ':', ..]:
                    folder = value;
                    break;
                case ['R', ':', ..]:
                    files.Add(folder.Length == 0 ? "/" + value : $"/{folder}/{value}");
                    break;
                default:
                    break;
            }
        }
    }
}
