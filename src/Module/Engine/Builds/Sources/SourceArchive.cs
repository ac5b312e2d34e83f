using System.Formats.Tar;
using System.Globalization;
using GoCross.Errors;
using GoCross.Files;
using Microsoft.Win32.SafeHandles;

namespace GoCross.Builds;

/// <summary>
/// Folders of source code as a tar archive. All that is in them is sent, whatever .gitignore and .dockerignore say: which
/// files a build embeds only go knows. Modes, times and symbolic links are kept; the owner is the archive's reader, as
/// this machine's users do not exist there, and git refuses a repository that belongs to another user. Sockets, pipes and devices stay.
/// </summary>
internal sealed class SourceArchive
{
    /// <summary>The most bytes that are sent.</summary>
    internal const long MaxBytes = 1L << 30;

    /// <summary>The most files, folders and links that are sent.</summary>
    internal const int MaxFiles = 200_000;

    private const string Repository = ".git";
    private const UnixFileMode FolderMode = (UnixFileMode)0b111_101_101;
    private const UnixFileMode LinkMode = (UnixFileMode)0b111_111_111;
    private const UnixFileMode FileMode = (UnixFileMode)0b110_100_100;

    private readonly IReadOnlyList<SourceFile> _files;
    private readonly Func<string, string> _pathThere;

    private SourceArchive(IReadOnlyList<SourceFile> files, Func<string, string> pathThere)
    {
        _files = files;
        _pathThere = pathThere;
        Length = files.Sum(file => file.Length);
    }

    /// <summary>How many files, folders and links there are.</summary>
    internal int Count => _files.Count;

    /// <summary>The files' length in bytes.</summary>
    internal long Length { get; }

    /// <summary>Looks what there is to send.</summary>
    /// <param name="folders">The folders' full paths.</param>
    /// <param name="withRepository">
    /// Whether git's own files go along, for the revision that go build puts into a program. A .git that only points
    /// elsewhere, as in a worktree, stays: what it points to is not sent.
    /// </param>
    /// <param name="pathThere">The full path, with slashes, that a path of this machine has there.</param>
    /// <param name="maxBytes">The most bytes: <see cref="MaxBytes"/>, but in tests.</param>
    /// <param name="cancellation">Ends the looking.</param>
    /// <exception cref="GoCrossException">SourceTooLarge; SourceTooManyFiles; SourceUnreadable.</exception>
    internal static SourceArchive Create(
        IReadOnlyList<string> folders,
        bool withRepository,
        Func<string, string> pathThere,
        CancellationToken cancellation,
        long maxBytes = MaxBytes)
    {
        List<SourceFile> files = [];
        long length = 0;
        foreach (string folder in folders)
        {
            bool takesRepository = withRepository && Directory.Exists(Path.Combine(folder, Repository));
            foreach (SourceFile file in Walk(folder, takesRepository))
            {
                cancellation.ThrowIfCancellationRequested();
                files.Add(file);
                length += file.Length;
                if (files.Count > MaxFiles)
                {
                    throw GoCrossException.Create(
                        ErrorKind.LimitExceeded, nameof(Messages.SourceTooManyFiles), folder, MaxFiles, Largest(files, folders, _ => 1, "{0:N0}"));
                }
            }
        }

        return length <= maxBytes
            ? new SourceArchive(files, pathThere)
            : throw GoCrossException.Create(
                ErrorKind.LimitExceeded,
                nameof(Messages.SourceTooLarge),
                string.Join(", ", folders),
                length >> 20,
                maxBytes >> 20,
                Largest(files, folders, file => file.Length >> 10, "{0:N0} KiB"));
    }

    /// <summary>Writes the archive.</summary>
    /// <param name="stream">Where it goes: forward only.</param>
    /// <param name="cancellation">Ends the writing.</param>
    /// <exception cref="GoCrossException">SourceUnreadable.</exception>
    internal async Task WriteAsync(Stream stream, CancellationToken cancellation)
    {
        var tar = new TarWriter(stream, TarEntryFormat.Pax, leaveOpen: true);
        await using (tar.ConfigureAwait(false))
        {
            foreach (SourceFile file in _files)
            {
                using SafeFileHandle? content = file.Kind == SourceFileKind.File
                    ? Read(file.Path, () => File.OpenHandle(file.Path, options: FileOptions.SequentialScan))
                    : null;
                PaxTarEntry entry = Read(file.Path, () => Entry(file));

                if (content is not null)
                {
                    // A file that grows meanwhile is sent with the length that its header has.
                    entry.DataStream = new FileRegionStream(content, 0, RandomAccess.GetLength(content));
                }

                await tar.WriteEntryAsync(entry, cancellation).ConfigureAwait(false);
            }
        }
    }

    private PaxTarEntry Entry(SourceFile file)
    {
        var info = new FileInfo(file.Path);
        string name = _pathThere(file.Path).TrimStart('/');
        PaxTarEntry entry = file.Kind switch
        {
            SourceFileKind.Folder => new PaxTarEntry(TarEntryType.Directory, name + "/") { Mode = FolderMode },
            SourceFileKind.Link => new PaxTarEntry(TarEntryType.SymbolicLink, name) { LinkName = LinkText(info.LinkTarget!), Mode = LinkMode },
            _ => new PaxTarEntry(TarEntryType.RegularFile, name) { Mode = FileMode },
        };
        if (file.Kind != SourceFileKind.Link && !OperatingSystem.IsWindows())
        {
            entry.Mode = File.GetUnixFileMode(file.Path);
        }

        entry.ModificationTime = info.LastWriteTimeUtc;
        return entry;
    }

    // A link to a full path of Windows has a meaning there, too; one that is relative only needs slashes.
    private string LinkText(string target) => !OperatingSystem.IsWindows() ? target
        : Path.IsPathFullyQualified(target) ? _pathThere(target)
        : target.Replace('\\', '/');

    private static IEnumerable<SourceFile> Walk(string root, bool withRepository)
    {
        yield return new SourceFile(root, SourceFileKind.Folder, 0);
        var folders = new Stack<string>();
        folders.Push(root);
        while (folders.TryPop(out string? folder))
        {
            FileSystemInfo[] entries = Read(folder, () => new DirectoryInfo(folder).GetFileSystemInfos());
            Array.Sort(entries, (a, b) => string.CompareOrdinal(a.Name, b.Name));
            foreach (FileSystemInfo entry in entries)
            {
                if (entry.Name == Repository && !withRepository)
                {
                    continue;
                }

                if (entry.LinkTarget is not null)
                {
                    yield return new SourceFile(entry.FullName, SourceFileKind.Link, 0);
                }
                else if (entry is DirectoryInfo)
                {
                    yield return new SourceFile(entry.FullName, SourceFileKind.Folder, 0);
                    folders.Push(entry.FullName);
                }
                else if (!SpecialFile.Is(entry.FullName))
                {
                    yield return new SourceFile(entry.FullName, SourceFileKind.File, ((FileInfo)entry).Length);
                }
            }
        }
    }

    private static T Read<T>(string path, Func<T> read)
    {
        try
        {
            return read();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw GoCrossException.Create(e, ErrorKind.AccessDenied, nameof(Messages.SourceUnreadable), path, e.Message);
        }
    }

    /// <summary>The three largest things right beneath the folders, for an error.</summary>
    private static string Largest(List<SourceFile> files, IReadOnlyList<string> folders, Func<SourceFile, long> measure, string format)
    {
        string Top(string path)
        {
            string folder = folders.First(root => path == root || SourceFolders.IsWithin(path, root));
            int next = path.IndexOf(Path.DirectorySeparatorChar, Math.Min(folder.Length + 1, path.Length));
            return next < 0 ? path : path[..next];
        }

        return string.Join(", ", files
            .GroupBy(file => Top(file.Path), measure)
            .Select(group => (Path: group.Key, Size: group.Sum()))
            .OrderByDescending(group => group.Size)
            .Take(3)
            .Select(group => $"{group.Path} ({string.Format(CultureInfo.CurrentCulture, format, group.Size)})"));
    }
}
