using System.Globalization;
using System.Resources;
using GoCross.Formatting;

namespace GoCross.Errors;

/// <summary>
/// A failure that GoCross foresees. It says what is wrong, and <see cref="Fix"/> says what to do about it.
/// </summary>
/// <remarks>
/// Texts live in resources in pairs: <c>NAME</c> is the message, <c>NAMEFix</c> the remedy, and <c>NAME</c> itself is
/// the <see cref="ErrorId"/>, which stays the same across versions so that scripts can test it.
/// </remarks>
public sealed class GoCrossException : Exception
{
    private GoCrossException(ErrorKind kind, string errorId, string message, string fix, Exception? cause)
        : base(message, cause)
    {
        Kind = kind;
        ErrorId = errorId;
        Fix = fix;
    }

    /// <summary>The sort of failure.</summary>
    public ErrorKind Kind { get; }

    /// <summary>The failure's stable name.</summary>
    public string ErrorId { get; }

    /// <summary>What the user can do about it.</summary>
    public string Fix { get; }

    /// <summary>Whether the connection to a service, or what it held for the caller, is lost: what was asked of it may go elsewhere.</summary>
    public bool IsLoss { get; private init; }

    /// <summary>Makes an exception from a pair of texts in <paramref name="texts"/>.</summary>
    /// <param name="texts">The resources that hold <paramref name="errorId"/> and its Fix.</param>
    /// <param name="kind">The sort of failure.</param>
    /// <param name="errorId">The resource's name.</param>
    /// <param name="cause">The exception that led here, if any.</param>
    /// <param name="values">The values that the message and the remedy mention by index.</param>
    /// <exception cref="MissingManifestResourceException">There is no such pair: a defect of the caller.</exception>
    public static GoCrossException FromResource(
        ResourceManager texts, ErrorKind kind, string errorId, Exception? cause, params object?[] values)
    {
        return new GoCrossException(kind, errorId, Text(texts, errorId, values), Text(texts, errorId + "Fix", values), cause);
    }

    /// <summary>Makes an exception from the engine's own texts.</summary>
    internal static GoCrossException Create(ErrorKind kind, string errorId, params object?[] values) =>
        FromResource(Messages.ResourceManager, kind, errorId, null, values);

    /// <summary>Makes an exception from the engine's own texts, with the exception that led to it.</summary>
    internal static GoCrossException Create(Exception cause, ErrorKind kind, string errorId, params object?[] values) =>
        FromResource(Messages.ResourceManager, kind, errorId, cause, values);

    /// <summary>The same for a failure that is a loss (<see cref="IsLoss"/>).</summary>
    internal static GoCrossException CreateLoss(Exception cause, ErrorKind kind, string errorId, params object?[] values) => new(
        kind, errorId, Text(Messages.ResourceManager, errorId, values), Text(Messages.ResourceManager, errorId + "Fix", values), cause)
    {
        IsLoss = true,
    };

    // Names and texts of strangers are in nearly every message: a terminal must not obey them.
    private static object? Shown(object? value) =>
        value is null or IFormattable ? value : EscapedText.OfLines(value.ToString());

    private static string Text(ResourceManager texts, string name, object?[] values)
    {
        string format = texts.GetString(name, CultureInfo.CurrentUICulture)
            ?? throw new MissingManifestResourceException($"There is no text named {name}.");
        return string.Format(CultureInfo.CurrentCulture, format, [.. values.Select(Shown)]);
    }
}
