using System.Buffers;
using System.Text;
using System.Text.RegularExpressions;

namespace GoCross.GoBinaries;

/// <summary>
/// The version of the toolchain where a program has no build information: the text of runtime.buildVersion, which the
/// linker puts among the read-only data as a text of its own, with a zero byte behind it (cmd/link/internal/ld, addstrdata).
/// </summary>
internal static partial class GoBuildVersion
{
    private const int MaxVersionLength = 128;
    private const int BufferSize = 128 * 1024;

    /// <summary>Looks for the version.</summary>
    /// <param name="image">The program.</param>
    /// <returns>Null where there is none, or several that differ.</returns>
    /// <exception cref="IOException">The source cannot be read.</exception>
    public static string? TryRead(ProgramImage image)
    {
        string? found = null;

        // Honest segments do not overlap by more than a page.
        long budget = 2 * image.Source.Length;
        byte[] buffer = ArrayPool<byte>.Shared.Rent(BufferSize);
        try
        {
            foreach (ImageRange segment in image.Segments)
            {
                for (long at = 0; at < segment.Length && budget > 0; at += BufferSize - MaxVersionLength)
                {
                    int read = image.Source.Read(
                        segment.Offset + at, buffer.AsSpan(0, (int)Math.Min(BufferSize, segment.Length - at)));
                    budget -= read;
                    if (!See(buffer.AsSpan(0, read), ref found))
                    {
                        return null;
                    }
                }
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }

        return found;
    }

    // False where there is another version than the one found: then nobody can tell which is meant.
    private static bool See(ReadOnlySpan<byte> bytes, ref string? found)
    {
        while (bytes.IndexOf("go1."u8) is >= 0 and int start)
        {
            bytes = bytes[start..];
            int end = bytes[..Math.Min(bytes.Length, MaxVersionLength)].IndexOf((byte)0);
            if (end > 0 && Encoding.UTF8.GetString(bytes[..end]) is var version && VersionPattern().IsMatch(version))
            {
                if (found is not null && found != version)
                {
                    return false;
                }

                found = version;
            }

            bytes = bytes[4..];
        }

        return true;
    }

    [GeneratedRegex(
        @"\Ago1\.[0-9]{1,3}(?:\.[0-9]{1,3}|(?:rc|beta)[0-9]{1,2})?(?:[ -][ -~]*)?\z", RegexOptions.CultureInvariant)]
    private static partial Regex VersionPattern();
}
