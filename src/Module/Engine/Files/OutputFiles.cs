using GoCross.Errors;

namespace GoCross.Files;

/// <summary>Says of what cannot be written which file it was to be.</summary>
internal static class OutputFiles
{
    /// <summary>Does work that writes a file. What the system says of a temporary name becomes an error of the file's own.</summary>
    /// <param name="path">The file.</param>
    /// <param name="write">The work.</param>
    /// <exception cref="GoCrossException">OutputNotWritable.</exception>
    internal static T Guard<T>(string path, Func<T> write)
    {
        try
        {
            return write();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw GoCrossException.Create(
                e,
                e is UnauthorizedAccessException ? ErrorKind.AccessDenied : ErrorKind.Unavailable,
                nameof(Messages.OutputNotWritable),
                path,
                e.Message);
        }
    }
}
