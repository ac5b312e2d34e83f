using GoCross.Files;
using GoCross.Images;

namespace GoCross.Sboms;

/// <summary>Tells by a first look what a path is: a program, a folder, an image, a bill of materials.</summary>
public static class SbomSubjects
{
    private const int HeadSize = 512;

    /// <summary>What is at a path.</summary>
    /// <param name="fullPath">A full path.</param>
    /// <returns>A program for what looks like nothing else.</returns>
    /// <exception cref="Errors.GoCrossException">PathNotFound; FileEmpty.</exception>
    /// <exception cref="IOException">It cannot be read.</exception>
    /// <exception cref="UnauthorizedAccessException">It may not be read.</exception>
    public static SbomSubject Of(string fullPath)
    {
        if (Directory.Exists(fullPath))
        {
            // OCI image-spec, image-layout.md; docker save, unpacked; skopeo's dir transport.
            return File.Exists(Path.Combine(fullPath, "oci-layout")) || File.Exists(Path.Combine(fullPath, "manifest.json"))
                ? SbomSubject.Image
                : SbomSubject.Folder;
        }

        using var source = RandomAccessFile.Open(fullPath);
        Span<byte> buffer = stackalloc byte[HeadSize];
        ReadOnlySpan<byte> head = buffer[..source.Read(0, buffer)];
        return head switch
        {
            [0x1F, 0x8B, ..] or [0x28, 0xB5, 0x2F, 0xFD, ..] => SbomSubject.Image,
            _ when TarScanner.IsHeader(head) => SbomSubject.Image,
            _ when head.TrimStart("\uFEFF \t\r\n"u8) is [(byte)'{', ..] => SbomSubject.Document,
            _ => SbomSubject.Program,
        };
    }
}
