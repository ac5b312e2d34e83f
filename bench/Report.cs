using System.Globalization;

namespace GoCross.Bench;

/// <summary>What the benchmarks measured: notes as they come, and at the end one table of all figures.</summary>
/// <param name="output">Where it goes.</param>
public sealed class Report(TextWriter output)
{
    /// <summary>A budget is for a machine that does nothing else; so many times of it is a defect on any.</summary>
    private const double DefectFactor = 2;

    private readonly List<Row> _rows = [];
    private string _benchmark = string.Empty;

    /// <summary>Whether nothing that was measured is a defect.</summary>
    internal bool Accepted { get; private set; } = true;

    /// <summary>Begins the figures of a benchmark.</summary>
    internal void Begin(string name, string description)
    {
        _benchmark = name;
        output.WriteLine($"{name}: {description}");
    }

    /// <summary>Says what is no figure of the table.</summary>
    internal void WriteLine(string text) => output.WriteLine(text);

    /// <summary>Adds a comparison with a peer: our part of its time.</summary>
    /// <param name="what">What was done.</param>
    /// <param name="milliseconds">How long we took.</param>
    /// <param name="peer">Who else did it.</param>
    /// <param name="peerMilliseconds">How long that took.</param>
    /// <param name="budget">What our part of the peer's time may be.</param>
    /// <param name="limit">What no busy machine explains; twice the budget, if it is not given.</param>
    internal void Compare(string what, double milliseconds, string peer, double peerMilliseconds, double budget, double limit = 0)
    {
        double ratio = milliseconds / peerMilliseconds;
        Add(new Row(
            _benchmark, what, Time(milliseconds), peer, Time(peerMilliseconds), Number(ratio), Number(budget), ratio <= budget));
        Accepted &= ratio <= (limit > 0 ? limit : DefectFactor * budget);
    }

    /// <summary>Adds a figure that has a budget and no peer.</summary>
    /// <param name="what">What was measured.</param>
    /// <param name="value">How much it is.</param>
    /// <param name="unit">Of what.</param>
    /// <param name="budget">How much it may be.</param>
    /// <param name="limit">What no busy machine explains; twice the budget, if it is not given.</param>
    internal void Measure(string what, double value, string unit, double budget, double limit = 0)
    {
        Add(new Row(_benchmark, what, $"{Number(value)} {unit}", "-", "-", "-", $"{Number(budget)} {unit}", value <= budget));
        Accepted &= value <= (limit > 0 ? limit : DefectFactor * budget);
    }

    /// <summary>Adds what is right or wrong and no figure.</summary>
    internal void Check(string what, bool right)
    {
        Add(new Row(_benchmark, what, right ? "yes" : "NO", "-", "-", "-", "-", right));
        Accepted &= right;
    }

    /// <summary>Writes the table, in Markdown, below what machine it is of and how busy that was.</summary>
    /// <param name="duration">How long all of it took.</param>
    internal void WriteTable(TimeSpan duration)
    {
        output.WriteLine();
        output.WriteLine($"{Machine.Describe()}; {duration.TotalSeconds.ToString("0", CultureInfo.InvariantCulture)} s in all.");
        output.WriteLine();
        output.WriteLine("| benchmark | what | GoCross | peer | its time | ratio | budget | |");
        output.WriteLine("|---|---|---:|---|---:|---:|---:|---|");
        foreach (Row row in _rows)
        {
            output.WriteLine(
                $"| {row.Benchmark} | {row.What} | {row.Ours} | {row.Peer} | {row.Theirs} | {row.Ratio} | {row.Budget} | {(row.IsWithin ? "within" : "OVER")} |");
        }
    }

    private void Add(Row row)
    {
        _rows.Add(row);
        string peer = row.Ratio == "-" ? string.Empty : $", {row.Peer} {row.Theirs}: {row.Ratio} of it";
        output.WriteLine($"  {row.What}: {row.Ours}{peer}{(row.Budget == "-" ? string.Empty : $", {(row.IsWithin ? "within" : "OVER")} the budget of {row.Budget}")}");
    }

    private static string Time(double milliseconds) => $"{Number(milliseconds)} ms";

    // Three digits that count.
    private static string Number(double value) => value.ToString(
        Math.Abs(value) switch { >= 100 => "0", >= 10 => "0.0", >= 1 => "0.00", _ => "0.000" }, CultureInfo.InvariantCulture);

    private sealed record Row(
        string Benchmark, string What, string Ours, string Peer, string Theirs, string Ratio, string Budget, bool IsWithin);
}
