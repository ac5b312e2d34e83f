using System.Buffers;
using System.Text;
using System.Text.Unicode;

namespace GoCross.Formatting;

/// <summary>
/// Names of a file system as text, and back. Such names are bytes and need not be UTF-8. A byte that is not becomes the
/// lone surrogate U+DC00 + the byte, as Python has it (PEP 383): two names stay two, and the text tells the bytes.
/// </summary>
internal static class ByteText
{
    private const char FirstByte = '\uDC80';
    private const char LastByte = '\uDCFF';

    /// <summary>The text of a name.</summary>
    internal static string Decode(ReadOnlySpan<byte> bytes)
    {
        if (Utf8.IsValid(bytes))
        {
            return Encoding.UTF8.GetString(bytes);
        }

        var text = new StringBuilder(bytes.Length);
        while (!bytes.IsEmpty)
        {
            if (Rune.DecodeFromUtf8(bytes, out Rune rune, out int used) == OperationStatus.Done)
            {
                text.Append(rune.ToString());
            }
            else
            {
                foreach (byte value in bytes[..used])
                {
                    text.Append((char)(FirstByte - 0x80 + value));
                }
            }

            bytes = bytes[used..];
        }

        return text.ToString();
    }

    /// <summary>The bytes of a name's text.</summary>
    internal static byte[] Encode(string text)
    {
        var bytes = new List<byte>(text.Length);
        Span<byte> encoded = stackalloc byte[4];
        for (int i = 0; i < text.Length;)
        {
            if (IsByte(text[i]) && (i == 0 || !char.IsHighSurrogate(text[i - 1])))
            {
                bytes.Add((byte)(text[i] - FirstByte + 0x80));
                i++;
                continue;
            }

            // What is not a character at all becomes U+FFFD, as everywhere in .NET.
            Rune.DecodeFromUtf16(text.AsSpan(i), out Rune rune, out int used);
            bytes.AddRange(encoded[..rune.EncodeToUtf8(encoded)]);
            i += used;
        }

        return [.. bytes];
    }

    /// <summary>Whether a character that is not a half of a pair stands for a byte that is not UTF-8.</summary>
    internal static bool IsByte(char character) => character is >= FirstByte and <= LastByte;
}
