namespace GoCross.Fuzz;

/// <summary>What a run came to.</summary>
public sealed class FuzzReport
{
    private readonly Lock _lock = new();
    private readonly List<string> _failures = [];

    /// <summary>How many damaged files there were.</summary>
    public int Files { get; private set; }

    /// <summary>How many of them were accepted, and got a report.</summary>
    public int Accepted { get; private set; }

    /// <summary>How many of them were refused, by a named error or because they are not binaries any more.</summary>
    public int Refused => Files - Accepted;

    /// <summary>The longest that a call took.</summary>
    public TimeSpan MaxDuration { get; private set; }

    /// <summary>The most that a call allocated, in bytes.</summary>
    public long MaxMemory { get; private set; }

    /// <summary>What went wrong, each with what makes it again.</summary>
    public IReadOnlyList<string> Failures => _failures;

    internal void Add(bool accepted, TimeSpan time, long memory)
    {
        lock (_lock)
        {
            Files++;
            Accepted += accepted ? 1 : 0;
            MaxDuration = time > MaxDuration ? time : MaxDuration;
            MaxMemory = Math.Max(memory, MaxMemory);
        }
    }

    internal void Fail(string failure)
    {
        lock (_lock)
        {
            _failures.Add(failure);
        }
    }
}
