using System.Management.Automation;
using GoCross.Processes;

namespace GoCross.Cmdlets.Foundation;

/// <summary>Reads what users write for -GoPath.</summary>
internal static class GoPaths
{
    /// <summary>The full path of a command or folder, or of a command that is named such as the go1.22.12 of golang.org/dl.</summary>
    /// <param name="cmdlet">Whose location relative paths start at.</param>
    /// <param name="text">What the user wrote; null where nothing was written.</param>
    /// <exception cref="GoCross.Errors.GoCrossException">ProviderNotSupported; DriveMissing.</exception>
    internal static string? Resolve(PSCmdlet cmdlet, string? text)
    {
        return text is null ? null : Of(text, SessionPaths.Resolve(cmdlet, text));
    }

    /// <summary>The same of a text whose full path is known.</summary>
    /// <param name="text">What the user wrote.</param>
    /// <param name="full">The full path that it has from the session's location.</param>
    internal static string Of(string text, string full)
    {
        bool isName = !text.AsSpan().ContainsAny('/', '\\') && !File.Exists(full) && !Directory.Exists(full);
        return isName ? ProgramLookup.Find(text) ?? full : full;
    }
}
