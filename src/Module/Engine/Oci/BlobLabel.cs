using GoCross.Formatting;

namespace GoCross.Oci;

/// <summary>How a message names what was read: the archive or directory, and the blob in it.</summary>
/// <param name="Image">The archive, the directory, or the name in a Docker engine.</param>
/// <param name="Blob">The blob's path in it; null for the archive itself.</param>
internal sealed record BlobLabel(string Image, string? Blob = null)
{
    /// <summary>As it may be shown: see <see cref="EscapedText"/>.</summary>
    public override string ToString() => EscapedText.Of(Blob is null ? $"\"{Image}\"" : $"\"{Image}\" ({Blob})");
}
