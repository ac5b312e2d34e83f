
namespace GoCross.Images;

/// <summary>
/// Puts the layers of two images beside each other. Layers with the same diff ID are the same, wherever they stand; of
/// the others those are paired that are most alike, the best pair first. The position decides only between equals: a
/// layer put in front of the others moves nothing.
/// </summary>
internal static class LayerAligner
{
    /// <summary>Less alike than this is not alike.</summary>
    private const double MinSimilarity = 0.1;

    // What a file weighs besides its bytes, so that empty files and links count, and a directory, which says little.
    private const int FileWeight = 512;
    private const int DirectoryWeight = 16;

    // A path that more layers have than this says little about any of them.
    private const int MaxLayersOfPath = 64;

    /// <summary>Aligns. The rows follow the difference image; what only the reference has stands where it stood there.</summary>
    internal static IReadOnlyList<LayerComparison> Align(
        IReadOnlyList<ImageLayer> reference,
        IReadOnlyList<ImageLayer> difference,
        ImageLimits limits,
        CancellationToken cancellation)
    {
        // Of each difference layer the reference layer beside it, or -1.
        int[] partners = new int[difference.Count];
        double[] similarities = new double[difference.Count];
        Array.Fill(partners, -1);
        HashSet<int> free = PairEqual(reference, difference, partners, similarities);
        PairAlike(reference, difference, free, partners, similarities, cancellation);

        var rows = new List<LayerComparison>();
        int next = 0;
        for (int i = 0; i < difference.Count; i++)
        {
            for (; next <= partners[i]; next++)
            {
                AddFree(next);
            }

            ImageLayer? partner = partners[i] < 0 ? null : reference[partners[i]];
            rows.Add(Row(partner, difference[i], similarities[i], limits));
        }

        for (; next < reference.Count; next++)
        {
            AddFree(next);
        }

        return rows;

        void AddFree(int index)
        {
            if (free.Contains(index))
            {
                rows.Add(Row(reference[index], null, 0, limits));
            }
        }
    }

    // Gives the reference layers that have no partner. A layer may be in an image twice.
    private static HashSet<int> PairEqual(
        IReadOnlyList<ImageLayer> reference, IReadOnlyList<ImageLayer> difference, int[] partners, double[] similarities)
    {
        var byDiffId = new Dictionary<string, Queue<int>>(StringComparer.Ordinal);
        foreach (ImageLayer layer in reference)
        {
            if (!byDiffId.TryGetValue(layer.DiffId, out Queue<int>? places))
            {
                byDiffId.Add(layer.DiffId, places = new Queue<int>());
            }

            places.Enqueue(layer.Index);
        }

        for (int i = 0; i < difference.Count; i++)
        {
            if (byDiffId.TryGetValue(difference[i].DiffId, out Queue<int>? places) && places.TryDequeue(out int place))
            {
                partners[i] = place;
                similarities[i] = 1;
            }
        }

        return [.. byDiffId.Values.SelectMany(places => places)];
    }

    private static void PairAlike(
        IReadOnlyList<ImageLayer> reference,
        IReadOnlyList<ImageLayer> difference,
        HashSet<int> free,
        int[] partners,
        double[] similarities,
        CancellationToken cancellation)
    {
        int[] open = [.. Enumerable.Range(0, difference.Count).Where(i => partners[i] < 0)];
        if (open.Length == 0 || free.Count == 0)
        {
            return;
        }

        var index = new SimilarityIndex(MaxLayersOfPath);
        foreach (int i in open)
        {
            cancellation.ThrowIfCancellationRequested();
            index.Add(i, difference[i].Contents, WeightOf);
        }

        var pairs = new List<(double Similarity, double Distance, int Reference, int Difference)>();
        foreach (int i in free.Order())
        {
            cancellation.ThrowIfCancellationRequested();
            foreach ((int other, double similarity) in index.Compare(reference[i].Contents, WeightOf))
            {
                if (similarity >= MinSimilarity)
                {
                    double distance = Math.Abs(((double)i / reference.Count) - ((double)other / difference.Count));
                    pairs.Add((similarity, distance, i, other));
                }
            }
        }

        foreach ((double similarity, _, int left, int right) in pairs
            .OrderByDescending(pair => pair.Similarity)
            .ThenBy(pair => pair.Distance)
            .ThenBy(pair => pair.Reference)
            .ThenBy(pair => pair.Difference))
        {
            if (partners[right] < 0 && free.Remove(left))
            {
                partners[right] = left;
                similarities[right] = similarity;
            }
        }
    }

    private static double WeightOf(LayerEntry entry) =>
        entry.Type == ImageFileType.Directory ? DirectoryWeight : FileWeight + (double)entry.Size;

    private static LayerComparison Row(
        ImageLayer? reference, ImageLayer? difference, double similarity, ImageLimits limits) =>
        new(limits) { Reference = reference, Difference = difference, Similarity = similarity };
}
