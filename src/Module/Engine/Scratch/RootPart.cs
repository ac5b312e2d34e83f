using GoCross.GoBinaries;

namespace GoCross.Scratch;

/// <summary>What an image holds to meet one need.</summary>
/// <param name="Kind">The need.</param>
/// <param name="Holds">What that is, in a word or two.</param>
/// <param name="Reason">Why it is there.</param>
/// <param name="Entries">The files.</param>
internal sealed record RootPart(RuntimeNeedKind Kind, string Holds, string Reason, IReadOnlyList<RootEntry> Entries)
{
    /// <summary>The archive that a Dockerfile adds it from, below the folder of all archives.</summary>
    internal string FileName { get; init; } = Kind switch
    {
        RuntimeNeedKind.UserDatabase => "users.tar",
        RuntimeNeedKind.CaCertificates => "certificates.tar",
        RuntimeNeedKind.TimeZones => "zoneinfo.tar",
        RuntimeNeedKind.TemporaryDirectory => "tmp.tar",
        RuntimeNeedKind.HomeDirectory => "home.tar",
        RuntimeNeedKind.MimeTypes => "mimetypes.tar",
        RuntimeNeedKind.Services => "services.tar",
        RuntimeNeedKind.Protocols => "protocols.tar",
        _ => "libraries.tar",
    };

    /// <summary>Whether it was asked for and goes in even where a base image has something of the kind.</summary>
    internal bool IsWanted { get; init; }

    /// <summary>The path that a base image has where it needs nothing of this.</summary>
    internal string ProvedBy => "/" + Entries[0].Path;
}
