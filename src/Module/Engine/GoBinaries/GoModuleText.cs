using System.Buffers;
using GoCross.Errors;

namespace GoCross.GoBinaries;

/// <summary>
/// The modules of a program whose build information was removed, from the second copy that the linker leaves: the text of
/// runtime.modinfo, which debug.ReadBuildInfo reads, between two marks of 16 bytes (cmd/go/internal/modload, ModInfoData).
/// </summary>
internal static class GoModuleText
{
    /// <summary>The modules of the largest programs take about 100 KiB.</summary>
    private const int MaxTextLength = 4 * 1024 * 1024;

    private static ReadOnlySpan<byte> Start => [0x30, 0x77, 0xAF, 0x0C, 0x92, 0x74, 0x08, 0x02, 0x41, 0xE1, 0xC1, 0x07, 0xE6, 0xD6, 0x18, 0xE6];

    private static ReadOnlySpan<byte> End => [0xF9, 0x32, 0x43, 0x31, 0x86, 0x18, 0x20, 0x72, 0x00, 0x82, 0x42, 0x10, 0x41, 0x16, 0xD8, 0xF2];

    /// <summary>Looks for the text.</summary>
    /// <param name="image">The program.</param>
    /// <param name="goVersion">The toolchain's version, which the text does not hold; empty where it is not known.</param>
    /// <returns>Null where there is none that can be read.</returns>
    /// <exception cref="IOException">The source cannot be read.</exception>
    public static GoBuildInfo? TryRead(ProgramImage image, string goVersion)
    {
        var scan = new MagicScan(image, static bytes => bytes.IndexOf(Start), Start.Length, alignment: 1);
        byte[]? buffer = null;
        try
        {
            foreach (ImageRange segment in image.Segments)
            {
                foreach (long at in scan.Find(segment))
                {
                    long begin = at + Start.Length;
                    int max = (int)Math.Min(MaxTextLength, segment.Length - begin);
                    buffer ??= ArrayPool<byte>.Shared.Rent((int)Math.Min(MaxTextLength, image.Source.Length));
                    Span<byte> text = buffer.AsSpan(0, Math.Min(max, buffer.Length));
                    int end = text[..image.Source.Read(segment.Offset + begin, text)].IndexOf(End);
                    if (end > 0 && text[end - 1] == (byte)'\n' && TryParse(image.Path, goVersion, text[..end]) is { } info)
                    {
                        return info;
                    }
                }
            }

            return null;
        }
        finally
        {
            if (buffer is not null)
            {
                ArrayPool<byte>.Shared.Return(buffer);
            }
        }
    }

    // The marks alone prove nothing: cmd/go has them among its data.
    private static GoBuildInfo? TryParse(string path, string goVersion, ReadOnlySpan<byte> text)
    {
        try
        {
            GoBuildInfo info = BuildInfoText.Parse(path, goVersion, text);
            return info.Path.Length > 0 || info.Main is not null || info.Deps.Count > 0 ? info : null;
        }
        catch (GoCrossException)
        {
            return null;
        }
    }
}
