using GoCross.Builds;

namespace GoCross.Tests.Builds;

/// <summary>Keeps what a session of builds says.</summary>
internal sealed class CollectingObserver : IBuildObserver
{
    private readonly object _gate = new();

    internal List<BuildOutcome> Outcomes { get; } = [];

    internal List<Exception> Failures { get; } = [];

    internal List<string> Warnings { get; } = [];

    internal List<string> Lines { get; } = [];

    internal List<(string Status, int Percent)> Progress { get; } = [];

    public void OnLine(string text) => Add(Lines, text);

    public void OnWarning(string text) => Add(Warnings, text);

    public void OnProgress(string status, int percent) => Add(Progress, (status, percent));

    public void OnFailure(Exception failure, object? subject) => Add(Failures, failure);

    public void OnBuilt(BuildOutcome outcome) => Add(Outcomes, outcome);

    private void Add<T>(List<T> list, T item)
    {
        lock (_gate)
        {
            list.Add(item);
        }
    }
}
