using System.Globalization;
using GoCross.Errors;

namespace GoCross.Files;

/// <summary>The time that reproducible output carries instead of the time of its making.</summary>
public static class SourceDate
{
    /// <summary>The latest time that a tar header can hold: eleven octal digits of seconds (POSIX ustar).</summary>
    internal const long MaxTime = (1L << 33) - 1;

    /// <summary>The variable's name (reproducible-builds.org/specs/source-date-epoch).</summary>
    public const string Variable = "SOURCE_DATE_EPOCH";

    /// <summary>The time in SOURCE_DATE_EPOCH; 1970-01-01 where it is not set.</summary>
    /// <exception cref="GoCrossException">SourceDateInvalid.</exception>
    public static DateTimeOffset FromEnvironment() => Parse(Environment.GetEnvironmentVariable(Variable));

    /// <summary>Reads seconds since 1970; null and the empty text are 1970-01-01.</summary>
    /// <exception cref="GoCrossException">SourceDateInvalid.</exception>
    internal static DateTimeOffset Parse(string? text)
    {
        if (string.IsNullOrEmpty(text))
        {
            return DateTimeOffset.UnixEpoch;
        }

        return long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out long seconds) && seconds <= MaxTime
            ? DateTimeOffset.FromUnixTimeSeconds(seconds)
            : throw GoCrossException.Create(ErrorKind.InvalidArgument, nameof(Messages.SourceDateInvalid), text, MaxTime);
    }
}
