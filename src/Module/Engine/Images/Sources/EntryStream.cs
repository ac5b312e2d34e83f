using GoCross.Errors;
using GoCross.Files;

namespace GoCross.Images;

/// <summary>The content of an archive's current entry as a stream.</summary>
internal sealed class EntryStream(TarScanner scanner) : ForwardOnlyStream
{
    /// <summary>Whether the archive itself, and not what is in the entry, failed to read.</summary>
    internal bool ArchiveFailed { get; private set; }

    public override int Read(Span<byte> buffer)
    {
        try
        {
            ReadOnlySpan<byte> content = scanner.ReadContent(buffer.Length);
            content.CopyTo(buffer);
            return content.Length;
        }
        catch (GoCrossException)
        {
            ArchiveFailed = true;
            throw;
        }
    }
}
