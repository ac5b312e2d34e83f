using System.Diagnostics;
using System.Diagnostics.CodeAnalysis;
using System.Management.Automation;
using GoCross.Cmdlets.Errors;
using GoCross.Errors;

namespace GoCross.Cmdlets.Foundation;

/// <summary>What every cmdlet of GoCross has: a token that Ctrl+C cancels, and one way from an exception to an error.</summary>
public abstract class GoCrossCmdlet : PSCmdlet, IDisposable
{
    private readonly CancellationTokenSource _stop = new();

    /// <summary>Only this assembly has cmdlets of GoCross.</summary>
    private protected GoCrossCmdlet()
    {
    }

    /// <summary>Is cancelled when the pipeline is stopped from outside. A stop from downstream does not come here.</summary>
    internal CancellationToken StopToken => _stop.Token;

    /// <summary>Since when the user has seen nothing new of it, as <see cref="Stopwatch.GetTimestamp"/> counts.</summary>
    internal long WaitingSince { get; set; } = Stopwatch.GetTimestamp();

    /// <summary>
    /// Writes a line to the host by the information stream, as Write-Host does: it is not output, it is shown whatever
    /// $InformationPreference is, and 6> takes it.
    /// </summary>
    internal void WriteHost(string text) => WriteInformation(new HostInformationMessage { Message = text }, ["PSHOST"]);

    /// <inheritdoc/>
    protected sealed override void StopProcessing()
    {
        try
        {
            _stop.Cancel();
        }
        catch (ObjectDisposedException)
        {
            // The stop came as the pipeline ended by itself.
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        Dispose(disposing: true);
        GC.SuppressFinalize(this);
    }

    /// <summary>Frees what the cmdlet owns. PowerShell calls it when the pipeline has ended, however it ended.</summary>
    /// <param name="disposing">Whether this is a call of <see cref="Dispose()"/>.</param>
    protected virtual void Dispose(bool disposing)
    {
        if (disposing)
        {
            _stop.Dispose();
        }
    }

    /// <summary>
    /// Does work on one item of the input. A failure becomes an error of that item, and the pipeline goes on. The work
    /// must not write to the pipeline: what PowerShell throws from a write is not a failure of the item.
    /// </summary>
    /// <param name="target">The item, which becomes the error's target.</param>
    /// <param name="work">The work.</param>
    /// <param name="result">Its result.</param>
    /// <returns>Whether it succeeded.</returns>
    /// <exception cref="PipelineStoppedException">The pipeline was stopped meanwhile.</exception>
    internal bool TryRun<T>(object? target, Func<T> work, [NotNullWhen(true)] out T? result)
        where T : notnull
    {
        try
        {
            result = work();
            return true;
        }
        catch (OperationCanceledException) when (_stop.IsCancellationRequested)
        {
            throw new PipelineStoppedException();
        }
        catch (Exception e)
        {
            // Every other failure, a defect of ours included, costs this item and no other.
            WriteError(Failed(e, target));
            result = default;
            return false;
        }
    }

    /// <summary>
    /// Does work without which the cmdlet cannot go on; a failure ends it with a terminating error. The rule on writes
    /// is that of <see cref="TryRun{T}(object, Func{T}, out T)"/>.
    /// </summary>
    /// <param name="target">What the work is about, which becomes the error's target.</param>
    /// <param name="work">The work.</param>
    /// <exception cref="PipelineStoppedException">The work failed, or the pipeline was stopped meanwhile.</exception>
    internal T RunOrEnd<T>(object? target, Func<T> work)
    {
        try
        {
            return work();
        }
        catch (OperationCanceledException) when (_stop.IsCancellationRequested)
        {
            throw new PipelineStoppedException();
        }
        catch (Exception e)
        {
            ThrowTerminatingError(ErrorRecords.From(e, target));
            throw; // ThrowTerminatingError never returns; the compiler cannot know.
        }
    }

    /// <inheritdoc cref="RunOrEnd{T}(object, Func{T})"/>
    internal void RunOrEnd(object? target, Action work) => RunOrEnd(target, () =>
    {
        work();
        return true;
    });

    /// <summary>
    /// Does long work beside the pipeline's thread, without whose result the cmdlet cannot go on; a failure ends it with
    /// a terminating error.
    /// </summary>
    /// <param name="target">What the work is about, which becomes the error's target.</param>
    /// <param name="activity">What the progress bar says.</param>
    /// <param name="work">The work. It gets the writer and a token that every way of ending cancels.</param>
    /// <exception cref="PipelineStoppedException">The work failed, or the pipeline was stopped meanwhile.</exception>
    internal T RunOrEnd<T>(object? target, string activity, Func<IPipelineWriter, CancellationToken, Task<T>> work)
        where T : class
    {
        (T? result, Exception? failure) = RunBeside(activity, work);
        if (failure is not null)
        {
            ThrowTerminatingError(ErrorRecords.From(failure, target));
        }

        return result!;
    }

    /// <summary>
    /// Does long work on one item of the input beside the pipeline's thread. A failure becomes an error of that item, and
    /// the pipeline goes on.
    /// </summary>
    /// <param name="target">The item, which becomes the error's target.</param>
    /// <param name="activity">What the progress bar says.</param>
    /// <param name="work">The work. It gets the writer and a token that every way of ending cancels.</param>
    /// <param name="result">Its result.</param>
    /// <returns>Whether it succeeded.</returns>
    /// <exception cref="PipelineStoppedException">The pipeline was stopped meanwhile.</exception>
    internal bool TryRun<T>(
        object? target,
        string activity,
        Func<IPipelineWriter, CancellationToken, Task<T>> work,
        [NotNullWhen(true)] out T? result)
        where T : class
    {
        (result, Exception? failure) = RunBeside(activity, work);
        if (failure is not null)
        {
            WriteError(Failed(failure, target));
        }

        return result is not null;
    }

    /// <summary>Ends the cmdlet where a time is none that can be waited for.</summary>
    /// <param name="time">What the user gave.</param>
    private protected void RequireTime(TimeSpan time)
    {
        if (time <= TimeSpan.Zero || time.TotalMilliseconds > int.MaxValue)
        {
            ThrowTerminatingError(ErrorRecords.Create(
                ErrorKind.InvalidArgument, nameof(Messages.TimeLimitInvalid), time, time, int.MaxValue / 1000));
        }
    }

    /// <summary>Makes the error of an item whose work failed, and lets the cmdlet know. On any thread.</summary>
    /// <param name="failure">What went wrong.</param>
    /// <param name="target">The item.</param>
    internal ErrorRecord Failed(Exception failure, object? target)
    {
        ErrorRecord error = ErrorRecords.From(failure, target);
        OnFailed(target?.ToString() ?? string.Empty, error);
        return error;
    }

    /// <summary>
    /// Gets each item that became an error instead of a result, on any thread: its name as the user gave it, which is empty
    /// where it has none, and the error.
    /// </summary>
    private protected virtual void OnFailed(string name, ErrorRecord error)
    {
    }

    /// <summary>Warns of each.</summary>
    /// <param name="texts">What a result's Warnings say.</param>
    internal void WriteWarnings(IEnumerable<string> texts)
    {
        foreach (string text in texts)
        {
            WriteWarning(text);
        }
    }

    /// <summary>
    /// Goes through names that came down the pipeline. One that is missing is an error of its own: a failed build, for
    /// example, stands in the pipeline with no file, and that is said in those words, not in the binder's.
    /// </summary>
    /// <param name="names">What the pipeline or the user gave.</param>
    /// <param name="process">The work on one name.</param>
    internal void ForEachGiven(string?[]? names, Action<string> process)
    {
        foreach (string? name in names is null or [] ? [null] : names)
        {
            if (!string.IsNullOrEmpty(name))
            {
                process(name);
                continue;
            }

            ErrorRecord error = ErrorRecords.Create(ErrorKind.InvalidArgument, nameof(Messages.NoPath), target: null);
            OnFailed(string.Empty, error);
            WriteError(error);
        }
    }

    private (T? Result, Exception? Failure) RunBeside<T>(
        string activity, Func<IPipelineWriter, CancellationToken, Task<T>> work)
        where T : class
    {
        T? result = null;
        Exception? failure = null;
        PipelinePump.Run(
            this,
            activity,
            async (writer, cancellation) =>
            {
                try
                {
                    result = await work(writer, cancellation).ConfigureAwait(false);
                }
                catch (Exception e) when (!cancellation.IsCancellationRequested)
                {
                    failure = e;
                }
            },
            StopToken);
        return (result, failure);
    }
}
