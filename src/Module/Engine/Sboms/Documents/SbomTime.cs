using GoCross.Files;
using GoCross.Formatting;

namespace GoCross.Sboms;

/// <summary>The time that documents carry: SOURCE_DATE_EPOCH's, never the clock's.</summary>
internal static class SbomTime
{
    /// <summary>The time in RFC 3339; null where SOURCE_DATE_EPOCH is not set.</summary>
    /// <exception cref="Errors.GoCrossException">SourceDateInvalid.</exception>
    internal static string? Stated() =>
        string.IsNullOrEmpty(Environment.GetEnvironmentVariable(SourceDate.Variable)) ? null : Text();

    /// <summary>The time in RFC 3339; that of 1970-01-01 where SOURCE_DATE_EPOCH is not set.</summary>
    /// <exception cref="Errors.GoCrossException">SourceDateInvalid.</exception>
    internal static string Text() => Rfc3339.Format(SourceDate.FromEnvironment());
}
