using System.Globalization;

namespace GoCross.Formatting;

/// <summary>Times as documents write them (RFC 3339, section 5.6), in UTC.</summary>
internal static class Rfc3339
{
    /// <summary>Reads a date; null for none, or for what is not one.</summary>
    internal static DateTimeOffset? Parse(string? text) =>
        DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out DateTimeOffset date)
            ? date
            : null;

    /// <summary>Writes a date, in whole seconds.</summary>
    internal static string Format(DateTimeOffset date) =>
        date.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);
}
