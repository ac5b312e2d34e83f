namespace GoCross.Images;

/// <summary>Shares out the memory for files that are held.</summary>
/// <param name="bytes">How much there is.</param>
internal sealed class HeldBudget(long bytes)
{
    private long _left = bytes;

    /// <summary>Takes memory, if there is as much.</summary>
    internal bool TryTake(long size)
    {
        if (size > _left)
        {
            return false;
        }

        _left -= size;
        return true;
    }
}
