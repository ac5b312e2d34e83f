namespace GoCross.Images;

/// <summary>Shares out the bytes that all spools of a session may keep. Safe for several threads.</summary>
/// <param name="bytes">How many there are.</param>
/// <param name="tryMakeRoom">Gives up what is needed least; false where there is nothing.</param>
internal sealed class SpoolRoom(long bytes, Func<bool> tryMakeRoom)
{
    private long _used;

    /// <summary>Takes room, where there is as much or it can be made.</summary>
    internal bool TryTake(long size)
    {
        if (size > bytes)
        {
            return false;
        }

        while (true)
        {
            long used = Interlocked.Read(ref _used);
            if (size <= bytes - used)
            {
                if (Interlocked.CompareExchange(ref _used, used + size, used) == used)
                {
                    return true;
                }
            }
            else if (!tryMakeRoom())
            {
                return false;
            }
        }
    }

    /// <summary>Gives room back.</summary>
    internal void Give(long size) => Interlocked.Add(ref _used, -size);
}
