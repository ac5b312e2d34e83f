using GoCross.Errors;

namespace GoCross.Images;

/// <summary>
/// Reads files out of a layer that cannot be read by position: one that is compressed, or comes from a service. The first
/// pass holds the libraries that come along, as many as the budget allows, for a question about a program is followed by
/// questions about those. After that who asks for files in the layer's order is answered in one more pass, however many
/// they are.
/// </summary>
/// <param name="open">Starts a walk from the layer's beginning.</param>
/// <param name="contents">What was read of the layer.</param>
/// <param name="budget">What may be held of all layers together.</param>
internal sealed class ForwardLayer(Func<LayerWalk> open, LayerIndex contents, HeldBudget budget) : IDisposable
{
    private readonly Dictionary<int, byte[]> _libraries = [];
    private bool _isSurveyed;
    private LayerWalk? _walk;
    private (int Entry, byte[] Content)? _last;

    /// <summary>Reads a regular file whole. Its size is the caller's to bound.</summary>
    /// <param name="entry">The number of its entry in the layer's index.</param>
    /// <exception cref="GoCrossException">ImageChanged; BlobDamaged; what opening the layer throws.</exception>
    internal byte[] Read(int entry)
    {
        Survey(entry);
        if (_libraries.TryGetValue(entry, out byte[]? content))
        {
            return content;
        }

        if (_last is not { } last || last.Entry != entry)
        {
            _last = null;
            last = (entry, WalkTo(entry).ReadFile());
            _last = last;
        }

        return last.Content;
    }

    /// <summary>Closes the layer.</summary>
    public void Dispose()
    {
        _walk?.Dispose();
        _walk = null;
    }

    // Once, and with it the file that is wanted.
    private void Survey(int wanted)
    {
        if (_isSurveyed)
        {
            return;
        }

        using LayerWalk walk = open();
        while (walk.MoveNext())
        {
            if (walk.Known.Type != ImageFileType.File)
            {
                continue;
            }

            if (KeptFiles.IsLibrary(contents.Paths.Name(walk.Known.Node)) && budget.TryTake(walk.Known.Size))
            {
                _libraries.Add(walk.Entry, walk.ReadFile());
            }
            else if (walk.Entry == wanted)
            {
                _last = (walk.Entry, walk.ReadFile());
            }
        }

        _isSurveyed = true;
    }

    private LayerWalk WalkTo(int entry)
    {
        if (_walk is null || _walk.Entry >= entry)
        {
            Dispose();
            _walk = open();
        }

        while (_walk.Entry < entry && _walk.MoveNext())
        {
            // What lies before it is passed over.
        }

        return _walk;
    }
}
