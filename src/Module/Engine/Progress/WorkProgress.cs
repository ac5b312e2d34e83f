using System.Collections.Concurrent;
using System.Globalization;

namespace GoCross.Progress;

/// <summary>How many items of work are done, of how many, and which are being worked on. Safe on every thread.</summary>
/// <param name="verb">What is being done to an item: "building".</param>
/// <param name="onProgress">Gets each change: a status, and how much is done in percent, -1 where that cannot be told.</param>
/// <param name="done">How many items were done before.</param>
public sealed class WorkProgress(string verb, Action<string, int> onProgress, int done = 0)
{
    private readonly ConcurrentDictionary<string, bool> _running = new(StringComparer.Ordinal);
    private int _done = done;
    private int _count;

    /// <summary>How many items there are, as far as that is known; 0 for unknown.</summary>
    public int Count
    {
        get => Volatile.Read(ref _count);
        set
        {
            Volatile.Write(ref _count, value);
            Tell();
        }
    }

    /// <summary>Says that an item is begun.</summary>
    /// <param name="name">What it is called.</param>
    public void Begin(string name)
    {
        _running[name] = true;
        Tell();
    }

    /// <summary>Says that what was begun under a name has ended.</summary>
    /// <param name="name">The name.</param>
    /// <param name="items">How many items that was.</param>
    public void End(string name, int items = 1)
    {
        _running.TryRemove(name, out _);
        Interlocked.Add(ref _done, items);
        Tell();
    }

    private void Tell()
    {
        int ended = Volatile.Read(ref _done);
        int count = Math.Max(Count, ended);
        string running = string.Join(", ", _running.Keys.Order(StringComparer.Ordinal));
        onProgress(
            string.Create(
                CultureInfo.CurrentCulture,
                $"{ended}{(Count > 0 ? $" of {count}" : "")} done{(running.Length > 0 ? $"; {verb} {running}" : "")}"),
            Count > 0 ? ended * 100 / count : -1);
    }
}
