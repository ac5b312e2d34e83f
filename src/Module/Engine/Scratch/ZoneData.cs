using System.IO.Compression;
using System.Security.Cryptography;
using GoCross.Errors;

namespace GoCross.Scratch;

/// <summary>The time zone database, as a directory of TZif files (RFC 8536).</summary>
/// <remarks>
/// Go can read it from a zip as well, at $ZONEINFO. A directory is the one form that serves all who ask: a program's
/// time.LoadLocation, the TZ variable of <c>docker run -e TZ=...</c>, for which Go does not look at $ZONEINFO, and the
/// C library of a program with cgo. Zones with several names are there once, with hard links.
/// </remarks>
internal sealed record ZoneData
{
    /// <summary>Where it goes in an image: the first place that Go looks in (time/zoneinfo_unix.go).</summary>
    internal const string ImagePath = "usr/share/zoneinfo";

    private const string SystemPath = "/usr/share/zoneinfo";
    private const int MaxZones = 4096;
    private const long MaxZoneLength = 1 << 20;

    private ZoneData(SortedDictionary<string, byte[]> zones) => Zones = zones;

    /// <summary>Each zone's name, for example <c>Europe/Berlin</c>, with its file, sorted.</summary>
    internal SortedDictionary<string, byte[]> Zones { get; }

    /// <summary>Reads the database.</summary>
    /// <param name="path">A directory of TZif files or a zip of them, or null for this machine's.</param>
    /// <exception cref="GoCrossException">ZoneDataMissing; ZoneDataInvalid; ZoneDataTooLarge.</exception>
    internal static ZoneData Read(string? path)
    {
        string source = path ?? FindOnThisMachine();
        var zones = new SortedDictionary<string, byte[]>(StringComparer.Ordinal);
        try
        {
            if (Directory.Exists(source))
            {
                ReadDirectory(new DirectoryInfo(source), "", source, zones);
            }
            else if (File.Exists(source))
            {
                ReadZip(source, zones);
            }
            else
            {
                throw GoCrossException.Create(ErrorKind.NotFound, nameof(Messages.PathNotFound), source);
            }
        }
        catch (InvalidDataException e)
        {
            throw GoCrossException.Create(e, ErrorKind.InvalidData, nameof(Messages.ZoneDataInvalid), source);
        }

        return zones.Count > 0
            ? new ZoneData(zones)
            : throw GoCrossException.Create(ErrorKind.InvalidData, nameof(Messages.ZoneDataInvalid), source);
    }

    /// <summary>The files and links that it makes in an image.</summary>
    internal IEnumerable<RootEntry> ToEntries()
    {
        var first = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach ((string name, byte[] content) in Zones)
        {
            string path = $"{ImagePath}/{name}";
            string hash = Convert.ToHexString(SHA256.HashData(content));
            yield return first.TryAdd(hash, path)
                ? RootEntry.File(path, content)
                : RootEntry.HardLink(path, first[hash]);
        }
    }

    private static string FindOnThisMachine()
    {
        if (Directory.Exists(SystemPath))
        {
            return SystemPath;
        }

        List<string> searched = [SystemPath];
        foreach (string root in GoRoots())
        {
            string zip = Path.Combine(root, "lib", "time", "zoneinfo.zip");
            if (File.Exists(zip))
            {
                return zip;
            }

            searched.Add(zip);
        }

        throw GoCrossException.Create(ErrorKind.NotFound, nameof(Messages.ZoneDataMissing), string.Join(", ", searched));
    }

    /// <summary>Where Go toolchains are: what GOROOT says, and above each go on PATH. Nothing is run for it.</summary>
    private static IEnumerable<string> GoRoots()
    {
        if (Environment.GetEnvironmentVariable("GOROOT") is { Length: > 0 } root && Path.IsPathFullyQualified(root))
        {
            yield return root;
        }

        string name = OperatingSystem.IsWindows() ? "go.exe" : "go";
        foreach (string directory in (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator))
        {
            var go = new FileInfo(Path.Combine(directory, name));
            if (Path.IsPathFullyQualified(directory) && go.Exists)
            {
                string file = go.ResolveLinkTarget(returnFinalTarget: true)?.FullName ?? go.FullName;
                yield return Path.GetFullPath(Path.Combine(file, "..", ".."));
            }
        }
    }

    private static void ReadDirectory(
        DirectoryInfo directory, string prefix, string source, SortedDictionary<string, byte[]> zones)
    {
        foreach (FileSystemInfo item in directory.EnumerateFileSystemInfos())
        {
            string name = prefix + item.Name;
            if (item is DirectoryInfo inner)
            {
                // posix and right hold every zone again; some systems link posix to the directory itself.
                if (name is not ("posix" or "right") && inner.LinkTarget is null)
                {
                    ReadDirectory(inner, name + "/", source, zones);
                }
            }
            else if (IsZoneName(name))
            {
                using FileStream stream = File.OpenRead(item.FullName);
                Add(name, stream, stream.Length, source, zones);
            }
        }
    }

    private static void ReadZip(string source, SortedDictionary<string, byte[]> zones)
    {
        using ZipArchive archive = ZipFile.OpenRead(source);
        foreach (ZipArchiveEntry entry in archive.Entries)
        {
            if (IsZoneName(entry.FullName))
            {
                using Stream stream = entry.Open();
                Add(entry.FullName, stream, entry.Length, source, zones);
            }
        }
    }

    private static void Add(string name, Stream stream, long length, string source, SortedDictionary<string, byte[]> zones)
    {
        if (length > MaxZoneLength || zones.Count >= MaxZones)
        {
            throw GoCrossException.Create(
                ErrorKind.LimitExceeded, nameof(Messages.ZoneDataTooLarge), source, MaxZones, MaxZoneLength);
        }

        // Lists of zones and of leap seconds lie between the zones; only a TZif file is one.
        var content = new byte[length];
        if (stream.ReadAtLeast(content, content.Length, throwOnEndOfStream: false) == content.Length
            && content.AsSpan().StartsWith("TZif"u8))
        {
            zones[name] = content;
        }
    }

    /// <summary>
    /// Whether this can be a zone's name: parts of letters, digits and <c>_ + -</c>, as the database's own rules have it
    /// (tz Theory). localtime and posixrules are the machine's own settings.
    /// </summary>
    private static bool IsZoneName(string name) =>
        name is not ("" or "localtime" or "posixrules")
        && name.Length <= 64
        && name.All(c => char.IsAsciiLetterOrDigit(c) || c is '_' or '+' or '-' or '/')
        && name[0] != '/' && name[^1] != '/' && !name.Contains("//", StringComparison.Ordinal);
}
