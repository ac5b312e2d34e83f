using System.Globalization;

namespace GoCross.Formatting;

/// <summary>Puts values into texts of resources, in the user's culture.</summary>
internal static class TextFormat
{
    /// <summary>A text with its values.</summary>
    /// <param name="text">The text, with {0} and so on.</param>
    /// <param name="values">The values.</param>
    internal static string Fill(string text, params object[] values) => string.Format(CultureInfo.CurrentCulture, text, values);
}
