using System.Diagnostics;
using System.Text;
using GoCross.Tests;

namespace GoCross.Cmdlets.Tests.Shell;

/// <summary>The shell on a terminal that script(1) makes, with somebody who types and reads.</summary>
internal sealed class ShellTerminal : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly Lock _lock = new();
    private readonly StringBuilder _screen = new();
    private readonly Process _process;
    private readonly Task _reader;
    private int _read;

    /// <summary>Starts it.</summary>
    /// <param name="arguments">The shell's arguments, as sh reads them.</param>
    /// <param name="noColor">Whether NO_COLOR is set.</param>
    internal ShellTerminal(string arguments, bool noColor = false)
    {
        var start = new ProcessStartInfo(Tools.Require("script"))
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,

            // With exec: the sh that script starts would answer a Ctrl+C in the shell's stead.
            ArgumentList = { "-qec", $"exec dotnet '{ShellProcess.Program}' {arguments}", "/dev/null" },
        };
        start.Environment["TERM"] = "xterm";
        start.Environment["NO_COLOR"] = noColor ? "1" : string.Empty;
        _process = Process.Start(start)!;
        _reader = Task.Run(ReadAsync);
    }

    /// <summary>All that was shown so far.</summary>
    internal string Screen
    {
        get
        {
            lock (_lock)
            {
                return _screen.ToString();
            }
        }
    }

    internal void Type(string keys)
    {
        _process.StandardInput.Write(keys);
        _process.StandardInput.Flush();
    }

    /// <summary>Waits until a text is shown, behind the one that was waited for last.</summary>
    internal void WaitFor(string text)
    {
        long start = Stopwatch.GetTimestamp();
        while (true)
        {
            string screen = Screen;
            int at = screen.IndexOf(text, _read, StringComparison.Ordinal);
            if (at >= 0)
            {
                _read = at + text.Length;
                return;
            }

            Assert.True(Stopwatch.GetElapsedTime(start) < Patience, $"There is no \"{text}\" behind {_read} of: {screen}");
            Thread.Sleep(20);
        }
    }

    /// <summary>Waits for the shell's end and gives its exit status.</summary>
    internal int WaitForExit()
    {
        Assert.True(_process.WaitForExit(Patience), $"The shell goes on: {Screen}");
        _reader.Wait(Patience);
        return _process.ExitCode;
    }

    public void Dispose()
    {
        if (!_process.HasExited)
        {
            _process.Kill(entireProcessTree: true);
        }

        _process.Dispose();
    }

    private async Task ReadAsync()
    {
        char[] buffer = new char[4096];
        int count;
        while ((count = await _process.StandardOutput.ReadAsync(buffer)) > 0)
        {
            lock (_lock)
            {
                _screen.Append(buffer, 0, count);
            }
        }
    }
}
