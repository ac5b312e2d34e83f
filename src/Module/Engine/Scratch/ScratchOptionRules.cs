using System.Text.RegularExpressions;
using GoCross.Errors;
using GoCross.Files;

namespace GoCross.Scratch;

/// <summary>What <see cref="ScratchOptions"/> must be like, so that it can be written into an image and into a Dockerfile.</summary>
internal static partial class ScratchOptionRules
{
    /// <summary>Fails for options that cannot be written.</summary>
    /// <param name="options">What the user said.</param>
    /// <exception cref="GoCrossException">
    /// ScratchLabelInvalid; ScratchVariableInvalid; ScratchPortInvalid; ScratchArgumentInvalid; ScratchVolumeInvalid;
    /// ScratchSignalInvalid; ScratchHealthCheckInvalid; ScratchHealthCheckTimeInvalid; SourceDateInvalid.
    /// </exception>
    internal static void Check(ScratchOptions options)
    {
        foreach ((string key, string value) in options.Labels)
        {
            if (key.Length == 0 || key.Any(c => char.IsControl(c) || char.IsWhiteSpace(c) || c is '"' or '=' or '$' or '\\') || HasControl(value))
            {
                throw GoCrossException.Create(ErrorKind.InvalidArgument, nameof(Messages.ScratchLabelInvalid), key);
            }
        }

        foreach ((string key, string value) in options.Environment)
        {
            if (key.Length == 0 || char.IsAsciiDigit(key[0]) || !key.All(c => char.IsAsciiLetterOrDigit(c) || c == '_') || HasControl(value))
            {
                throw GoCrossException.Create(ErrorKind.InvalidArgument, nameof(Messages.ScratchVariableInvalid), key);
            }
        }

        foreach (int port in options.Ports)
        {
            if (port is < 1 or > ushort.MaxValue)
            {
                throw GoCrossException.Create(ErrorKind.InvalidArgument, nameof(Messages.ScratchPortInvalid), port);
            }
        }

        foreach (string argument in options.Arguments)
        {
            if (argument.Contains('\0', StringComparison.Ordinal))
            {
                throw GoCrossException.Create(ErrorKind.InvalidArgument, nameof(Messages.ScratchArgumentInvalid), argument);
            }
        }

        foreach (string volume in options.Volumes)
        {
            if (volume.Length < 2 || volume[0] != '/' || volume.Any(c => char.IsControl(c) || c is '"' or '\\' or '$')
                || UnixPath.Rooted(volume) != volume)
            {
                throw GoCrossException.Create(ErrorKind.InvalidArgument, nameof(Messages.ScratchVolumeInvalid), volume);
            }
        }

        if (options.StopSignal is { } signal && !SignalPattern().IsMatch(signal))
        {
            throw GoCrossException.Create(ErrorKind.InvalidArgument, nameof(Messages.ScratchSignalInvalid), signal);
        }

        if (options.HealthCheck.Count > 0
            && (!options.HealthCheck[0].StartsWith('/') || options.HealthCheck.Any(part => part.Contains('\0', StringComparison.Ordinal))))
        {
            throw GoCrossException.Create(
                ErrorKind.InvalidArgument, nameof(Messages.ScratchHealthCheckInvalid), string.Join(' ', options.HealthCheck));
        }

        foreach (TimeSpan? time in (TimeSpan?[])[options.HealthCheckInterval, options.HealthCheckTimeout])
        {
            // Docker's engine refuses what is shorter than a millisecond.
            if (time < TimeSpan.FromMilliseconds(1))
            {
                throw GoCrossException.Create(ErrorKind.InvalidArgument, nameof(Messages.ScratchHealthCheckTimeInvalid), time);
            }
        }

        if (options.Created.ToUnixTimeSeconds() is < 0 or > Ustar.MaxTime)
        {
            throw GoCrossException.Create(
                ErrorKind.InvalidArgument, nameof(Messages.SourceDateInvalid), options.Created.ToUnixTimeSeconds(), Ustar.MaxTime);
        }
    }

    private static bool HasControl(string text) => text.Any(char.IsControl);

    // Names as signal(7) has them, real-time signals with their distance, or a number (docker's moby/sys/signal).
    [GeneratedRegex(@"\A(?:SIG[A-Z0-9]+(?:[+-][0-9]+)?|[1-9]|[1-5][0-9]|6[0-4])\z", RegexOptions.CultureInvariant)]
    private static partial Regex SignalPattern();
}
