using GoCross.Files;

namespace GoCross.Scratch;

/// <summary>Writes to a stream that stays open when this one is disposed.</summary>
/// <param name="output">The stream.</param>
internal sealed class OpenStream(Stream output) : WriteOnlyStream
{
    public override void Write(ReadOnlySpan<byte> buffer) => output.Write(buffer);

    public override void Flush() => output.Flush();
}
