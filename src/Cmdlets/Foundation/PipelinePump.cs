using System.Collections.Concurrent;
using System.Management.Automation;

namespace GoCross.Cmdlets.Foundation;

/// <summary>
/// Lets work of many threads come out of one pipeline. Workers put into a bounded queue, the pipeline's own thread
/// writes: PowerShell takes writes from no other. However it ends, the workers have ended before it returns.
/// </summary>
internal static class PipelinePump
{
    private const int QueueLength = 256;

    /// <summary>Works on items side by side. An item that fails becomes an error of that item.</summary>
    /// <param name="cmdlet">Whose pipeline gets the results.</param>
    /// <param name="activity">What the progress bar says.</param>
    /// <param name="items">The items.</param>
    /// <param name="degree">How many at once, 1 or more.</param>
    /// <param name="work">The work on one item. It gets the writer and a token that every way of ending cancels.</param>
    /// <param name="stop">The cmdlet's stop token.</param>
    /// <exception cref="PipelineStoppedException">The pipeline was stopped.</exception>
    internal static void ForEach<T>(
        GoCrossCmdlet cmdlet,
        string activity,
        IEnumerable<T> items,
        int degree,
        Func<T, IPipelineWriter, CancellationToken, Task> work,
        CancellationToken stop)
    {
        Run(cmdlet, activity, ProduceAsync, stop);

        Task ProduceAsync(IPipelineWriter writer, CancellationToken cancellation)
        {
            var options = new ParallelOptions { MaxDegreeOfParallelism = degree, CancellationToken = cancellation };
            return Parallel.ForEachAsync(items, options, async (item, token) =>
            {
                try
                {
                    await work(item, writer, token).ConfigureAwait(false);
                }
                catch (Exception e) when (!token.IsCancellationRequested)
                {
                    // Every failure, a defect of ours included, costs this item and no other.
                    writer.WriteError(cmdlet.Failed(e, item));
                }
            });
        }
    }

    /// <summary>
    /// Works on items side by side and lets the results out in the items' order. An item that fails becomes an error of
    /// that item.
    /// </summary>
    /// <param name="cmdlet">Whose pipeline gets the results.</param>
    /// <param name="activity">What the progress bar says.</param>
    /// <param name="items">Gives the items. It gets the writer, for what it has to say itself.</param>
    /// <param name="name">What an item is called in the progress bar; an error of it has that for its target.</param>
    /// <param name="ahead">How many items are begun before the first of them has to be done; 1 for one after another.</param>
    /// <param name="work">The work on one item. It gets a token that every way of ending cancels.</param>
    /// <param name="stop">The cmdlet's stop token.</param>
    /// <exception cref="PipelineStoppedException">The pipeline was stopped.</exception>
    internal static void ForEachInOrder<T>(
        GoCrossCmdlet cmdlet,
        string activity,
        Func<IPipelineWriter, IEnumerable<T>> items,
        Func<T, string> name,
        int ahead,
        Func<T, CancellationToken, IReadOnlyList<object>> work,
        CancellationToken stop)
    {
        Run(cmdlet, activity, ProduceAsync, stop);

        async Task ProduceAsync(IPipelineWriter writer, CancellationToken cancellation)
        {
            var begun = new Queue<(T Item, Task<IReadOnlyList<object>> Results)>(ahead);
            int done = 0;
            try
            {
                foreach (T item in items(writer))
                {
                    cancellation.ThrowIfCancellationRequested();
                    begun.Enqueue((item, Task.Run(() => work(item, cancellation), cancellation)));
                    if (begun.Count == ahead)
                    {
                        await WriteNextAsync().ConfigureAwait(false);
                    }
                }

                while (begun.Count > 0)
                {
                    await WriteNextAsync().ConfigureAwait(false);
                }
            }
            finally
            {
                // Whatever ended it: no work goes on when the pipeline has ended. What came of it nobody wants.
                await Task.WhenAll(begun.Select(next => (Task)next.Results)).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }

            async Task WriteNextAsync()
            {
                (T item, Task<IReadOnlyList<object>> results) = begun.Peek();
                writer.WriteProgress($"{++done}: {name(item)}", percent: -1);
                try
                {
                    foreach (object result in await results.ConfigureAwait(false))
                    {
                        writer.WriteObject(result);
                    }
                }
                catch (Exception e) when (!cancellation.IsCancellationRequested)
                {
                    // Every failure, a defect of ours included, costs this item and no other.
                    writer.WriteError(cmdlet.Failed(e, name(item)));
                }

                begun.Dequeue();
            }
        }
    }

    /// <summary>Runs one producer beside the pipeline's thread, which writes what the producer puts in.</summary>
    /// <param name="cmdlet">Whose pipeline gets the results.</param>
    /// <param name="activity">What the progress bar says.</param>
    /// <param name="produce">The producer. It gets the writer and a token that every way of ending cancels.</param>
    /// <param name="stop">The cmdlet's stop token.</param>
    /// <exception cref="PipelineStoppedException">The pipeline was stopped.</exception>
    internal static void Run(
        GoCrossCmdlet cmdlet, string activity, Func<IPipelineWriter, CancellationToken, Task> produce, CancellationToken stop)
    {
        using var cancel = CancellationTokenSource.CreateLinkedTokenSource(stop);
        using var queue = new BlockingCollection<Action<GoCrossCmdlet>>(QueueLength);
        var progress = new ProgressThrottle(activity, cmdlet.WaitingSince);
        var writer = new QueueWriter(queue, progress, cancel.Token);
        using var clock = new Timer(_ => writer.Tick(), null, ProgressThrottle.Tick, ProgressThrottle.Tick);
        Task producer = Task.Run(
            async () =>
            {
                try
                {
                    await produce(writer, cancel.Token).ConfigureAwait(false);
                }
                finally
                {
                    queue.CompleteAdding();
                }
            },
            CancellationToken.None);

        try
        {
            // Not ended by the token: what was put in before the stop is for the pipeline to refuse.
            foreach (Action<GoCrossCmdlet> write in queue.GetConsumingEnumerable(CancellationToken.None))
            {
                write(cmdlet);
            }
        }
        finally
        {
            // A downstream Select-Object -First ends us with an exception out of a write and never calls
            // StopProcessing, so it is here, and not there, that the workers are stopped in every case.
            cancel.Cancel();
            Wait(producer);
            cmdlet.WaitingSince = progress.LastShown ?? cmdlet.WaitingSince;
        }

        if (stop.IsCancellationRequested)
        {
            throw new PipelineStoppedException();
        }

        if (progress.TryComplete(out ProgressRecord? completed))
        {
            cmdlet.WriteProgress(completed);
        }

        producer.GetAwaiter().GetResult();
    }

    private static void Wait(Task producer)
    {
        try
        {
            producer.Wait();
        }
        catch (AggregateException)
        {
            // Waited for only; Run throws it again where nothing else is being thrown.
        }
    }

    private sealed class QueueWriter(
        BlockingCollection<Action<GoCrossCmdlet>> queue, ProgressThrottle progress, CancellationToken cancellation)
        : IPipelineWriter
    {
        public void WriteObject(object value) => Put(cmdlet => cmdlet.WriteObject(value));

        public void WriteError(ErrorRecord error) => Put(cmdlet => cmdlet.WriteError(error));

        public void WriteWarning(string text) => Put(cmdlet => cmdlet.WriteWarning(text));

        public void WriteHost(string text) => Put(cmdlet => cmdlet.WriteHost(text));

        public void WriteVerbose(string text) => Put(cmdlet => cmdlet.WriteVerbose(text));

        public void WriteProgress(string status, int percent)
        {
            if (progress.TryCreate(status, percent, out ProgressRecord? record))
            {
                Put(cmdlet => cmdlet.WriteProgress(record));
            }
        }

        /// <summary>Shows what was said last, if nothing has been shown for a while and the pipeline has time.</summary>
        internal void Tick()
        {
            if (progress.TryCreate(out ProgressRecord? record))
            {
                try
                {
                    queue.TryAdd(cmdlet => cmdlet.WriteProgress(record));
                }
                catch (Exception e) when (e is InvalidOperationException or ObjectDisposedException)
                {
                    // The work has just ended.
                }
            }
        }

        private void Put(Action<GoCrossCmdlet> write) => queue.Add(write, cancellation);
    }
}
