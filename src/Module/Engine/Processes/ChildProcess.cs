using System.ComponentModel;
using System.Diagnostics;
using System.Text;
using GoCross.Errors;

namespace GoCross.Processes;

/// <summary>Runs programs. The one place that starts a process.</summary>
public static class ChildProcess
{
    /// <summary>
    /// How long a killed tree's pipes are waited for. A grandchild that had left the tree before the kill can hold
    /// them open for as long as it likes.
    /// </summary>
    private static readonly TimeSpan PipeGrace = TimeSpan.FromSeconds(2);

    /// <summary>Runs a program, reads both of its streams, and returns when it has ended.</summary>
    /// <param name="request">What to run.</param>
    /// <param name="cancellation">Kills the program and all its descendants.</param>
    /// <exception cref="GoCrossException">ProcessStartFailed: there is no such program, or it may not be executed.</exception>
    /// <exception cref="OperationCanceledException">Cancelled. No process of the tree is left.</exception>
    public static async Task<ProcessResult> RunAsync(ProcessRequest request, CancellationToken cancellation)
    {
        cancellation.ThrowIfCancellationRequested();
        var mark = new ProcessMark();
        using var process = new Process { StartInfo = CreateStartInfo(request, mark) };
        long started = Stopwatch.GetTimestamp();
        try
        {
            process.Start();
        }
        catch (Exception e) when (e is Win32Exception or DirectoryNotFoundException)
        {
            throw GoCrossException.Create(
                e, ErrorKind.ToolMissing, nameof(Messages.ProcessStartFailed), request.FileName, e.Message);
        }

        // Nothing is ever typed into it: a program that asks gets end-of-file at once instead of the user's terminal.
        process.StandardInput.Close();
        Task<string> output = ReadAsync(process.StandardOutput, request.OnOutputLine);
        Task<string> error = ReadAsync(process.StandardError, request.OnErrorLine);
        try
        {
            await process.WaitForExitAsync(cancellation).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            await KillTreeAsync(process, mark, output, error).ConfigureAwait(false);
            throw;
        }

        TimeSpan duration = Stopwatch.GetElapsedTime(started);
        return new ProcessResult(
            process.ExitCode, await output.ConfigureAwait(false), await error.ConfigureAwait(false), duration);
    }

    private static ProcessStartInfo CreateStartInfo(ProcessRequest request, ProcessMark mark)
    {
        var info = new ProcessStartInfo(request.FileName)
        {
            WorkingDirectory = request.WorkingDirectory,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            StandardOutputEncoding = Encoding.UTF8,
            StandardErrorEncoding = Encoding.UTF8,
            UseShellExecute = false,
            CreateNoWindow = true,
        };
        foreach (string argument in request.Arguments)
        {
            info.ArgumentList.Add(argument);
        }

        foreach ((string name, string? value) in request.Environment)
        {
            if (value is null)
            {
                info.Environment.Remove(name);
            }
            else
            {
                info.Environment[name] = value;
            }
        }

        info.Environment[ProcessMark.Variable] = mark.Value;
        return info;
    }

    private static async Task<string> ReadAsync(StreamReader reader, Action<string>? onLine)
    {
        var text = new StringBuilder();
        while (await reader.ReadLineAsync().ConfigureAwait(false) is { } line)
        {
            text.Append(line).Append('\n');
            onLine?.Invoke(line);
        }

        return text.ToString();
    }

    private static async Task KillTreeAsync(Process process, ProcessMark mark, Task output, Task error)
    {
        try
        {
            process.Kill(entireProcessTree: true);
        }
        catch (Exception e) when (e is InvalidOperationException or Win32Exception or AggregateException)
        {
            // It ended by itself in the meantime, or a descendant that is not ours to kill did not let itself be killed.
        }

        await process.WaitForExitAsync(CancellationToken.None).ConfigureAwait(false);
        await mark.KillBearersAsync().ConfigureAwait(false);
        await Task.WhenAny(Task.WhenAll(output, error), Task.Delay(PipeGrace)).ConfigureAwait(false);
    }
}
