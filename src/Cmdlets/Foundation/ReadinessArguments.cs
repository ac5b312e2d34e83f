using System.Management.Automation;
using System.Text.RegularExpressions;
using GoCross.Cmdlets.Errors;
using GoCross.Errors;
using GoCross.Runs;

namespace GoCross.Cmdlets.Foundation;

/// <summary>What -ReadyPort, -ReadyUrl and -ReadyPattern say of how one knows that a server is ready.</summary>
internal static class ReadinessArguments
{
    /// <summary>Makes it of the parameters' values; one that is wrong ends the cmdlet.</summary>
    /// <param name="cmdlet">Whose parameters they are.</param>
    /// <param name="port">The port; null where none was given.</param>
    /// <param name="url">The address; null where none was given.</param>
    /// <param name="pattern">The regular expression; null where none was given.</param>
    /// <returns>Null where none of them was given.</returns>
    /// <exception cref="PipelineStoppedException">One is wrong: ReadyUrlInvalid; PatternInvalid.</exception>
    internal static Readiness? Create(GoCrossCmdlet cmdlet, int? port, Uri? url, string? pattern)
    {
        if (url is not null && !(url.IsAbsoluteUri && url.Scheme is "http" or "https"))
        {
            cmdlet.ThrowTerminatingError(ErrorRecords.Create(ErrorKind.InvalidArgument, nameof(Messages.ReadyUrlInvalid), url, url));
        }

        return port is null && url is null && pattern is null ? null : new Readiness
        {
            Port = port,
            Url = url,
            Pattern = pattern is null ? null : cmdlet.RunOrEnd(pattern, () => Pattern(pattern)),
        };
    }

    /// <summary>A regular expression that compares as -match does: case does not count unless the pattern says so with (?-i).</summary>
    /// <exception cref="GoCrossException">PatternInvalid.</exception>
    internal static Regex Pattern(string pattern)
    {
        try
        {
            return new Regex(pattern, RegexOptions.IgnoreCase | RegexOptions.CultureInvariant, RunOptions.MatchLimit);
        }
        catch (ArgumentException e)
        {
            throw GoCrossException.FromResource(
                Messages.ResourceManager, ErrorKind.InvalidArgument, nameof(Messages.PatternInvalid), e, pattern, e.Message);
        }
    }
}
