using GoCross.Files;

namespace GoCross.Builds;

/// <summary>
/// Whether a static program calls dlopen of musl, which in such a program is a stub that always fails (musl,
/// src/ldso/dlopen.c). The stub alone has the text that it fails with; a linker takes it in where somebody calls it.
/// </summary>
internal static class MuslStubs
{
    private const int BufferSize = 1 << 18;

    /// <summary>Looks for the stub.</summary>
    /// <param name="source">The program.</param>
    /// <param name="cancellation">Ends the looking.</param>
    internal static bool HasDlopen(IRandomAccessSource source, CancellationToken cancellation)
    {
        ReadOnlySpan<byte> text = "\0Dynamic loading not supported\0"u8;
        byte[] buffer = new byte[BufferSize];
        for (long at = 0; at < source.Length; at += BufferSize - text.Length)
        {
            cancellation.ThrowIfCancellationRequested();
            int count = source.Read(at, buffer);
            if (buffer.AsSpan(0, count).IndexOf(text) >= 0)
            {
                return true;
            }
        }

        return false;
    }
}
