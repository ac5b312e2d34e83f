using GoCross.Errors;

namespace GoCross.Builds;

/// <summary>Tells from what go printed which failure it is, where more can be said than that the program does not build.</summary>
internal static class BuildFailure
{
    private const string CacheWords = "failed to initialize build cache";

    /// <summary>Words of go, of the programs that it runs, and of libc, and the errors that they stand for; the first that is found counts.</summary>
    private static readonly (string ErrorId, string[] Words)[] Known =
    [
        (nameof(Messages.BuildDiskFull), ["no space left on device", "disk quota exceeded"]),
        (nameof(Messages.GoCacheUnusable), [CacheWords]),
        (nameof(Messages.BuildKilled), ["signal: killed"]),
        (
            nameof(Messages.BuildModuleMissing),
            [
                "no required module provides package", "cannot find module providing package", "missing go.sum entry",
                "module lookup disabled by GOPROXY", "dial tcp",
            ]),
    ];

    /// <summary>The stable name of the error of a build that failed, and what go printed of its cause.</summary>
    /// <param name="errors">What go printed; at least one.</param>
    internal static (string ErrorId, BuildDiagnostic Cause) Of(IReadOnlyList<BuildDiagnostic> errors)
    {
        foreach ((string errorId, string[] words) in Known)
        {
            if (errors.FirstOrDefault(error => Array.Exists(words, word => error.Message.Contains(word, StringComparison.OrdinalIgnoreCase)))
                is { } cause)
            {
                return (errorId, cause);
            }
        }

        // Build constraints rule all files out, or cgo is off and all use C.
        return errors[0].Message.Contains("build constraints exclude all Go files", StringComparison.Ordinal)
            ? (nameof(Messages.BuildExcluded), errors[0])
            : (nameof(Messages.BuildFailed), errors[0]);
    }

    /// <summary>Whether go said that it has no build cache to work with.</summary>
    /// <param name="said">What it said.</param>
    internal static bool IsOfCache(string said) => said.Contains(CacheWords, StringComparison.OrdinalIgnoreCase);
}
