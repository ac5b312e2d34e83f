using System.Diagnostics.CodeAnalysis;
using System.Management.Automation;
using GoCross.Cmdlets.Errors;

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
    private protected CancellationToken StopToken => _stop.Token;

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
    /// must not write to the pipeline: what PowerShell throws from a write is no failure of the item.
    /// </summary>
    /// <param name="target">The item, which becomes the error's target.</param>
    /// <param name="work">The work.</param>
    /// <param name="result">Its result.</param>
    /// <returns>Whether it succeeded.</returns>
    /// <exception cref="PipelineStoppedException">The pipeline was stopped meanwhile.</exception>
    private protected bool TryRun<T>(object? target, Func<T> work, [NotNullWhen(true)] out T? result)
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
            WriteError(ErrorRecords.From(e, target));
            result = default;
            return false;
        }
    }

    /// <summary>
    /// Does work without which the cmdlet cannot go on; a failure ends it with a terminating error. The rule on writes
    /// is that of <see cref="TryRun{T}"/>.
    /// </summary>
    /// <param name="target">What the work is about, which becomes the error's target.</param>
    /// <param name="work">The work.</param>
    /// <exception cref="PipelineStoppedException">The work failed, or the pipeline was stopped meanwhile.</exception>
    private protected T RunOrEnd<T>(object? target, Func<T> work)
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

    /// <summary>
    /// Does long work beside the pipeline's thread, without whose result the cmdlet cannot go on; a failure ends it with
    /// a terminating error.
    /// </summary>
    /// <param name="target">What the work is about, which becomes the error's target.</param>
    /// <param name="activity">What the progress bar says.</param>
    /// <param name="work">The work. It gets the writer and a token that every way of ending cancels.</param>
    /// <exception cref="PipelineStoppedException">The work failed, or the pipeline was stopped meanwhile.</exception>
    private protected T RunOrEnd<T>(
        object? target, string activity, Func<IPipelineWriter, CancellationToken, Task<T>> work)
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
        if (failure is not null)
        {
            ThrowTerminatingError(ErrorRecords.From(failure, target));
        }

        return result!;
    }
}
