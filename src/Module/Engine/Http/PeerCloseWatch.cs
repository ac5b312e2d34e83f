namespace GoCross.Http;

/// <summary>Whether the other side of an <see cref="AnswerFirstStream"/> has closed the connection while something is sent.</summary>
internal sealed class PeerCloseWatch
{
    private static readonly AsyncLocal<PeerCloseWatch?> Watching = new();
    private volatile bool _hasPeerClosed;

    /// <summary>Whether it has: nothing that is written arrives any more.</summary>
    internal bool HasPeerClosed => _hasPeerClosed;

    /// <summary>Watches what is written by the caller, an asynchronous method, and by what it calls.</summary>
    internal static PeerCloseWatch Start()
    {
        var watch = new PeerCloseWatch();
        Watching.Value = watch;
        return watch;
    }

    /// <summary>Tells whoever watches.</summary>
    internal static void Tell()
    {
        if (Watching.Value is { } watch)
        {
            watch._hasPeerClosed = true;
        }
    }
}
