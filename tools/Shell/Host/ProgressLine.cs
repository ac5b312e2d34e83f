using System.Management.Automation;
using System.Management.Automation.Host;

namespace GoCross.Shell.Host;

/// <summary>
/// Shows the newest progress in one line at the cursor, and takes it away again before anything else is written.
/// </summary>
/// <param name="output">The terminal.</param>
/// <param name="width">How many columns it has now.</param>
internal sealed class ProgressLine(TextWriter output, Func<int> width)
{
    private const string EraseLine = "\r\e[K";
    private const int BarLength = 20;

    private readonly Dictionary<(long Source, int Activity), ProgressRecord> _active = [];
    private bool _shown;

    /// <summary>Shows a record, or takes its activity away if it is completed.</summary>
    internal void Update(long source, ProgressRecord record)
    {
        if (record.RecordType == ProgressRecordType.Completed)
        {
            _active.Remove((source, record.ActivityId));
            Hide();
            if (_active.Count > 0)
            {
                Show(_active.Values.Last());
            }

            return;
        }

        _active[(source, record.ActivityId)] = record;
        Show(record);
    }

    /// <summary>Takes the line off the screen until the next update.</summary>
    internal void Hide()
    {
        if (_shown)
        {
            output.Write(EraseLine);
            _shown = false;
        }
    }

    /// <summary>Forgets every activity: the pipeline has ended, and not each says so.</summary>
    internal void Reset()
    {
        _active.Clear();
        Hide();
    }

    private void Show(ProgressRecord record)
    {
        string text = record.PercentComplete is >= 0 and var percent
            ? $"{record.Activity} [{Bar(percent)}] {percent} % {record.StatusDescription}"
            : $"{record.Activity}: {record.StatusDescription}";

        // One column stays free, or the terminal goes to the next line. Escape sequences cannot be cut: off with them.
        string plain = PSHostUserInterface.GetOutputString(text, supportsVirtualTerminal: false)
            .ReplaceLineEndings(" ");
        int columns = Math.Max(1, width() - 1);
        output.Write(EraseLine + (plain.Length > columns ? plain[..columns] : plain));
        _shown = true;
    }

    private static string Bar(int percent)
    {
        int done = Math.Clamp(percent * BarLength / 100, 0, BarLength);
        return new string('=', done) + new string(' ', BarLength - done);
    }
}
