using System.Globalization;

namespace GoCross.Builds;

/// <summary>Puts values into the texts of <see cref="Texts"/>, in the user's culture.</summary>
internal static class TextFormat
{
    internal static string Fill(string text, params object[] values) => string.Format(CultureInfo.CurrentCulture, text, values);
}
