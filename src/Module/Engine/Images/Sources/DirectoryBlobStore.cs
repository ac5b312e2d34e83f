using GoCross.Errors;
using GoCross.Files;
using GoCross.Oci;
using Microsoft.Win32.SafeHandles;

namespace GoCross.Images;

/// <summary>An image as a directory: an OCI layout, an unpacked docker-archive, or what skopeo writes to dir:.</summary>
/// <remarks>
/// Links are followed as far as they stay in the directory: what a stranger's image names is not a way to another file of
/// this machine. Pipes, devices and sockets have the length 0, and what has that is never opened.
/// </remarks>
internal sealed class DirectoryBlobStore(string path) : BlobStore(path)
{
    internal override IEnumerable<string> TopPaths => Directory
        .EnumerateFileSystemEntries(Name)
        .SelectMany(entry => Directory.Exists(entry) ? Directory.EnumerateFileSystemEntries(entry).Append(entry) : [entry])
        .Take(10_000)
        .Select(entry => Path.GetRelativePath(Name, entry).Replace(Path.DirectorySeparatorChar, '/'));

    /// <exception cref="GoCrossException">BlobOutside.</exception>
    internal override bool Contains(string path) => Find(path) is not null;

    internal override long SizeOf(string path) => Require(path).Length;

    internal override BlobOrigin OriginOf(string path)
    {
        FileInfo file = Require(path);
        return new BlobOrigin(file.FullName, 0, file.Length, file.LastWriteTimeUtc);
    }

    internal override Stream OpenBlob(string path, CancellationToken cancellation)
    {
        SafeFileHandle? file = Open(path, out long length);
        return file is null ? Stream.Null : new FileRegionStream(file, 0, length, ownsFile: true);
    }

    internal override byte[] ReadAll(string path, int limit)
    {
        using SafeFileHandle? file = Open(path, out long length);
        if (file is null)
        {
            return [];
        }

        // It may have grown since its size was asked: then it reads as cut off, and not as endless.
        byte[] content = new byte[Math.Min(length, limit)];
        using var stream = new FileRegionStream(file, 0, content.Length);
        return content[..stream.ReadAtLeast(content, content.Length, throwOnEndOfStream: false)];
    }

    // Null for what has no content.
    private SafeFileHandle? Open(string path, out long length)
    {
        FileInfo file = Require(path);
        length = file.Length;
        return length == 0 ? null : File.OpenHandle(
            file.FullName, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
    }

    private FileInfo Require(string path) => Find(path) ?? throw Missing(path);

    // Part by part, as open(2) walks, so that no link is followed unseen. The path comes from a document of the image.
    private FileInfo? Find(string path)
    {
        string inside = string.Empty;
        var parts = new Stack<string>(path.Split('/').Reverse());
        int links = 0;
        while (parts.TryPop(out string? part))
        {
            if (part is "" or ".")
            {
                continue;
            }

            if (part == "..")
            {
                inside = inside.Length > 0 ? Path.GetDirectoryName(inside)! : throw Outside(path);
                continue;
            }

            string next = Path.Combine(inside, part);
            if (new FileInfo(Path.Combine(Name, next)).LinkTarget is not { } target)
            {
                inside = next;
                continue;
            }

            if (++links > UnixPath.MaxLinks)
            {
                return null;
            }

            if (Path.IsPathRooted(target))
            {
                inside = string.Empty;
                target = Path.GetRelativePath(Name, target);
                if (Path.IsPathRooted(target))
                {
                    // On another drive.
                    throw Outside(path);
                }
            }

            foreach (string each in target.Split('/', Path.DirectorySeparatorChar).Reverse())
            {
                parts.Push(each);
            }
        }

        var file = new FileInfo(Path.Combine(Name, inside));
        return file.Exists ? file : null;
    }

    private GoCrossException Outside(string path) =>
        GoCrossException.Create(ErrorKind.InvalidData, nameof(Messages.BlobOutside), new BlobLabel(Name, path));
}
