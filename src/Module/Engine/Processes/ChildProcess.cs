using System.ComponentModel;
using System.Diagnostics;
using System.Runtime.ExceptionServices;
using System.Text;
using GoCross.Errors;

namespace GoCross.Processes;

/// <summary>Runs programs. The one place that starts a process.</summary>
public static class ChildProcess
{
    /// <summary>
    /// How long the pipes are waited for when the program has ended. A process that it left behind can hold them open
    /// for as long as it likes.
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

        // Before anything else: a program of a millisecond is to be watched while it lives.
        request.OnStarted?.Invoke(new StartedProcess(process.Id, started));
        using var enough = new CancellationTokenSource();
        Task<string> output = ReadAsync(process.StandardOutput, request.OutputCapture, request.OnOutputLine, enough.Token);
        Task<string> error = ReadAsync(process.StandardError, request.ErrorCapture, request.OnErrorLine, enough.Token);
        try
        {
            await WriteAsync(process.StandardInput, request, cancellation).ConfigureAwait(false);
            await process.WaitForExitAsync(cancellation).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            await KillTreeAsync(process, mark).ConfigureAwait(false);
            await EndReadingAsync(enough, output, error).ConfigureAwait(false);
            throw;
        }

        TimeSpan duration = Stopwatch.GetElapsedTime(started);
        int leftovers = request.KillLeftovers ? await mark.KillBearersAsync().ConfigureAwait(false) : 0;
        await EndReadingAsync(enough, output, error).ConfigureAwait(false);
        return new ProcessResult(
            process.ExitCode, await output.ConfigureAwait(false), await error.ConfigureAwait(false), duration)
        {
            Leftovers = leftovers,
        };
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
            StandardInputEncoding = new UTF8Encoding(encoderShouldEmitUTF8Identifier: false),
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

    /// <summary>
    /// Writes what the program reads. Nothing else is ever typed into it: a program that asks gets end-of-file instead of
    /// the user's terminal.
    /// </summary>
    private static async Task WriteAsync(StreamWriter writer, ProcessRequest request, CancellationToken cancellation)
    {
        try
        {
            await using (writer.ConfigureAwait(false))
            {
                if (request.InputStream is { } stream)
                {
                    await stream.CopyToAsync(writer.BaseStream, cancellation).ConfigureAwait(false);
                }
                else if (request.Input is { } input)
                {
                    await writer.WriteAsync(input.AsMemory(), cancellation).ConfigureAwait(false);
                }
            }
        }
        catch (IOException)
        {
            // It has ended, or reads nothing. How it ended tells.
        }
    }

    private static Task<string> ReadAsync(
        StreamReader reader, OutputCapture? capture, Action<string>? onLine, CancellationToken enough) =>
        capture is null ? ReadLinesAsync(reader, onLine, enough) : ReadBytesAsync(reader.BaseStream, capture, enough);

    private static async Task<string> ReadBytesAsync(Stream stream, OutputCapture capture, CancellationToken enough)
    {
        const int PipeSize = 64 * 1024;
        byte[] buffer = new byte[PipeSize];
        try
        {
            int count;
            while ((count = await stream.ReadAsync(buffer, enough).ConfigureAwait(false)) > 0)
            {
                capture.Add(buffer.AsSpan(0, count));
            }
        }
        catch (OperationCanceledException)
        {
            // The program has ended and somebody else holds the pipe; what the program wrote is here.
        }

        return string.Empty;
    }

    private static async Task<string> ReadLinesAsync(StreamReader reader, Action<string>? onLine, CancellationToken enough)
    {
        var text = new StringBuilder();
        ExceptionDispatchInfo? failure = null;
        try
        {
            while (await reader.ReadLineAsync(enough).ConfigureAwait(false) is { } line)
            {
                text.Append(line).Append('\n');
                try
                {
                    onLine?.Invoke(line);
                }
                catch (Exception e)
                {
                    // Whatever it is, the pipe is read on: a full one would stop the program for ever.
                    failure ??= ExceptionDispatchInfo.Capture(e);
                }
            }
        }
        catch (OperationCanceledException)
        {
            // The program has ended and somebody else holds the pipe; what the program wrote is here.
        }

        failure?.Throw();
        return text.ToString();
    }

    /// <summary>Lets the readers come to the end of their pipes, which is near once the program has ended.</summary>
    private static async Task EndReadingAsync(CancellationTokenSource enough, Task output, Task error)
    {
        Task both = Task.WhenAll(output, error);
        await Task.WhenAny(both, Task.Delay(PipeGrace, CancellationToken.None)).ConfigureAwait(false);
        await enough.CancelAsync().ConfigureAwait(false);
        await both.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    private static async Task KillTreeAsync(Process process, ProcessMark mark)
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
    }
}
