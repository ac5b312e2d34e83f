using System.Globalization;
using System.Management.Automation;
using GoCross.Errors;

namespace GoCross.Cmdlets.Errors;

/// <summary>
/// Makes every error record of the module. Each has a stable ErrorId, a category, the input as its target, and a
/// RecommendedAction that says what to do.
/// </summary>
internal static class ErrorRecords
{
    // ENOSPC and EDQUOT on Linux, EDQUOT on macOS, ERROR_HANDLE_DISK_FULL and ERROR_DISK_FULL on Windows.
    private static readonly int[] DiskFullCodes = [28, 122, 69, 39, 112];

    /// <summary>The record for an exception.</summary>
    /// <param name="exception">What happened.</param>
    /// <param name="target">The input that it happened to: what a script finds in TargetObject.</param>
    internal static ErrorRecord From(Exception exception, object? target)
    {
        // Tasks wrap what they throw; the reader wants the cause.
        Exception cause = exception is AggregateException { InnerExceptions.Count: 1 } aggregate
            ? aggregate.InnerExceptions[0]
            : exception;
        return cause switch
        {
            GoCrossException known => Create(known, target),
            IContainsErrorRecord { ErrorRecord: { } own } => new ErrorRecord(own, own.Exception),
            _ => Create(Translate(cause, target), target),
        };
    }

    /// <summary>The record for a failure that the cmdlets themselves find.</summary>
    /// <param name="kind">The sort of failure.</param>
    /// <param name="errorId">The text's name in this assembly's resources.</param>
    /// <param name="target">The input that it happened to.</param>
    /// <param name="values">The values that the text mentions.</param>
    internal static ErrorRecord Create(ErrorKind kind, string errorId, object? target, params object?[] values) =>
        Create(GoCrossException.FromResource(Messages.ResourceManager, kind, errorId, null, values), target);

    private static ErrorRecord Create(GoCrossException exception, object? target) =>
        new(exception, exception.ErrorId, CategoryOf(exception.Kind), target)
        {
            ErrorDetails = new ErrorDetails(exception.Message) { RecommendedAction = exception.Fix },
        };

    private static GoCrossException Translate(Exception exception, object? target)
    {
        object subject = PathIn(exception) ?? target ?? string.Empty;
        (ErrorKind kind, string id) = exception switch
        {
            FileNotFoundException or DirectoryNotFoundException => (ErrorKind.NotFound, nameof(Messages.PathMissing)),
            UnauthorizedAccessException => (ErrorKind.AccessDenied, nameof(Messages.AccessDenied)),
            IOException io when IsReadOnlyFileSystem(io) => (ErrorKind.AccessDenied, nameof(Messages.AccessDenied)),
            IOException io when IsDiskFull(io) => (ErrorKind.Unavailable, nameof(Messages.DiskFull)),
            IOException => (ErrorKind.Unavailable, nameof(Messages.IOFailed)),
            _ => (ErrorKind.ToolFailed, nameof(Messages.UnexpectedFailure)),
        };
        return GoCrossException.FromResource(Messages.ResourceManager, kind, id, exception, subject, exception.Message);
    }

    private static string? PathIn(Exception exception) => (exception as FileNotFoundException)?.FileName;

    // On Unix .NET puts errno into HResult; on Windows the code is in its low word.
    private static bool IsDiskFull(IOException exception) => DiskFullCodes.Contains(exception.HResult & 0xFFFF);

    private static bool IsReadOnlyFileSystem(IOException exception) =>
        !OperatingSystem.IsWindows() && (exception.HResult & 0xFFFF) == 30; // EROFS

    private static ErrorCategory CategoryOf(ErrorKind kind) => kind switch
    {
        ErrorKind.InvalidArgument => ErrorCategory.InvalidArgument,
        ErrorKind.NotFound => ErrorCategory.ObjectNotFound,
        ErrorKind.AlreadyExists => ErrorCategory.ResourceExists,
        ErrorKind.AccessDenied => ErrorCategory.PermissionDenied,
        ErrorKind.InvalidData => ErrorCategory.InvalidData,
        ErrorKind.LimitExceeded => ErrorCategory.LimitsExceeded,
        ErrorKind.Unsupported => ErrorCategory.NotImplemented,
        ErrorKind.ToolMissing => ErrorCategory.NotInstalled,
        ErrorKind.ToolFailed => ErrorCategory.InvalidOperation,
        ErrorKind.VerificationFailed => ErrorCategory.InvalidResult,
        ErrorKind.Unavailable => ErrorCategory.ResourceUnavailable,
        _ => throw new ArgumentOutOfRangeException(
            nameof(kind), string.Format(CultureInfo.InvariantCulture, "The kind {0} has no category.", kind)),
    };
}
