using System.Diagnostics;
using System.Management.Automation;

namespace GoCross.Cmdlets.Tests.Hosting;

/// <summary>A script that runs. A test can wait for what comes out of it, and stop it as Ctrl+C does.</summary>
internal sealed class HostedInvocation : IDisposable
{
    private static readonly TimeSpan Timeout = TimeSpan.FromMinutes(5);

    private readonly CapturingHost _host;
    private readonly PowerShell _shell;
    private readonly PSDataCollection<PSObject> _output = [];
    private readonly IAsyncResult _running;

    internal HostedInvocation(CapturingHost host, PowerShell shell, IEnumerable<object?>? input)
    {
        _host = host;
        _shell = shell;
        PSDataCollection<object?>? pipeline = null;
        if (input is not null)
        {
            pipeline = [.. input];
            pipeline.Complete();
        }

        _running = _shell.BeginInvoke(pipeline, _output);
    }

    /// <summary>Whether it has ended.</summary>
    internal bool IsCompleted => _running.IsCompleted;

    /// <summary>Waits until that many objects have come out, or it has ended.</summary>
    /// <returns>Whether they came.</returns>
    internal bool WaitForOutput(int count, TimeSpan timeout) => WaitFor(() => _output.Count >= count, timeout);

    /// <summary>Waits until something holds, or the script has ended.</summary>
    /// <returns>Whether it holds.</returns>
    internal bool WaitFor(Func<bool> condition, TimeSpan timeout)
    {
        long start = Stopwatch.GetTimestamp();
        while (!condition())
        {
            if (IsCompleted || Stopwatch.GetElapsedTime(start) > timeout)
            {
                return condition();
            }

            Thread.Sleep(5);
        }

        return true;
    }

    /// <summary>Stops it as Ctrl+C does, and waits until it has ended.</summary>
    internal HostedResult Stop()
    {
        _shell.Stop();
        return Complete();
    }

    /// <summary>Waits until it has ended.</summary>
    internal HostedResult Complete()
    {
        if (!_running.AsyncWaitHandle.WaitOne(Timeout))
        {
            _shell.Stop();
            throw new TimeoutException($"The script had not ended after {Timeout}.");
        }

        ErrorRecord? terminating = null;
        bool stopped = false;
        try
        {
            _shell.EndInvoke(_running);
        }
        catch (PipelineStoppedException)
        {
            stopped = true;
        }
        catch (RuntimeException e)
        {
            terminating = e.ErrorRecord;
        }

        PSDataStreams streams = _shell.Streams;
        IEnumerable<ErrorRecord> errors = streams.Error;
        return new HostedResult
        {
            Output = [.. _output],
            Errors = [.. terminating is null ? errors : errors.Append(terminating)],
            Terminating = terminating,
            Stopped = stopped || _shell.InvocationStateInfo.State == PSInvocationState.Stopped,
            Warnings = [.. streams.Warning.Select(record => record.Message)],
            Verbose = [.. streams.Verbose.Select(record => record.Message)],
            Debug = [.. streams.Debug.Select(record => record.Message)],
            Information = [.. streams.Information.Select(record => record.ToString())],
            Progress = [.. streams.Progress],
            HostText = _host.Screen.TakeText(),
            Questions = _host.Screen.TakeQuestions(),
        };
    }

    public void Dispose()
    {
        _shell.Dispose();
        _output.Dispose();
    }
}
