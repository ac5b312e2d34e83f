namespace GoCross.Processes;

/// <summary>How a program ended.</summary>
/// <param name="ExitCode">Its exit status; on Unix 128 + n when signal n ended it.</param>
/// <param name="StandardOutput">All it wrote to standard output, lines ended by a line feed.</param>
/// <param name="StandardError">All it wrote to standard error, lines ended by a line feed.</param>
/// <param name="Duration">From start to exit.</param>
public sealed record ProcessResult(int ExitCode, string StandardOutput, string StandardError, TimeSpan Duration)
{
    /// <summary>How many processes it left behind, where those were to be killed (<see cref="ProcessRequest.KillLeftovers"/>).</summary>
    public int Leftovers { get; init; }
}
