using System.Buffers.Text;

namespace GoCross.Images;

/// <summary>Numbers as tar headers have them: octal in ASCII, or GNU's base-256 when the first bit is set.</summary>
internal static class TarNumber
{
    /// <summary>Reads a field. An empty field is 0.</summary>
    /// <returns>Whether the field is a number that fits a long.</returns>
    internal static bool TryParse(ReadOnlySpan<byte> field, out long value)
    {
        value = 0;
        return (field[0] & 0x80) != 0 ? TryParseBinary(field, out value) : TryParseOctal(field, out value);
    }

    /// <summary>Reads a decimal number of a PAX record, which must be the whole text.</summary>
    internal static bool TryParseDecimal(ReadOnlySpan<byte> text, out long value) =>
        Utf8Parser.TryParse(text, out value, out int used) && used == text.Length;

    private static bool TryParseOctal(ReadOnlySpan<byte> field, out long value)
    {
        value = 0;
        field = field.Trim(" \0"u8);
        foreach (byte digit in field)
        {
            // Old programs left rubbish after the terminator.
            if (digit is 0 or (byte)' ')
            {
                break;
            }

            if (digit is < (byte)'0' or > (byte)'7' || value > long.MaxValue >> 3)
            {
                return false;
            }

            value = (value << 3) | (uint)(digit - '0');
        }

        return true;
    }

    // Two's complement, big-endian; the first bit only marks the form, the second is the sign.
    private static bool TryParseBinary(ReadOnlySpan<byte> field, out long value)
    {
        long sign = (field[0] & 0x40) != 0 ? -1 : 0;
        value = sign;
        for (int i = 0; i < field.Length; i++)
        {
            long digit = i == 0 ? (field[0] & 0x3F) | ((int)sign & 0xC0) : field[i];
            if (value != sign && (value >> 55) != sign)
            {
                return false;
            }

            value = (value << 8) | digit;
        }

        return (value < 0) == (sign < 0);
    }
}
