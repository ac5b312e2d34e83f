using System.Text;
using GoCross.Files;

namespace GoCross.Scratch;

/// <summary>A file that makes up a Dockerfile, before it is written.</summary>
/// <param name="Path">Its full path.</param>
/// <param name="Content">Its bytes.</param>
/// <param name="IsText">Whether a person can read them.</param>
internal sealed record DockerfileFile(string Path, ReadOnlyMemory<byte> Content, bool IsText)
{
    /// <summary>A text.</summary>
    internal static DockerfileFile Text(string path, string text) => new(path, Encoding.UTF8.GetBytes(text), IsText: true);

    /// <summary>The archive of a part.</summary>
    /// <param name="context">The context's full path.</param>
    /// <param name="part">The part.</param>
    /// <param name="created">The time of all that is in it.</param>
    internal static DockerfileFile Archive(string context, RootPart part, DateTimeOffset created) => new(
        System.IO.Path.Combine(context, ImageInstructions.RootDirectory, part.FileName),
        Mark(RootArchive.Create(part.Entries, created.ToUnixTimeSeconds())),
        IsText: false);

    private static byte[] Mark(byte[] archive)
    {
        using var stream = new MemoryStream(archive);
        return [.. archive, .. WrittenMark.SignedBlock(stream, Ustar.BlockSize)];
    }
}
