namespace GoCross.Progress;

/// <summary>Adds up what is sent side by side. Safe on every thread; reports come one after the other.</summary>
/// <param name="onProgress">Gets each change; null for nobody.</param>
internal sealed class TransferMeter(Action<TransferProgress>? onProgress)
{
    private readonly object _gate = new();
    private long _sent;
    private long _total;

    /// <summary>Says that more is to be sent.</summary>
    internal void Expect(long bytes)
    {
        lock (_gate)
        {
            _total += bytes;
        }
    }

    /// <summary>Says that bytes are sent, or, with less than 0, are to be sent again.</summary>
    internal void Add(long bytes, string what)
    {
        lock (_gate)
        {
            _sent += bytes;
            onProgress?.Invoke(new TransferProgress(_sent, _total, what));
        }
    }
}
