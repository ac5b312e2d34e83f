namespace GoCross.Binaries;

/// <summary>Puts the things of two binaries beside each other by their names.</summary>
internal static class ItemAligner
{
    /// <summary>
    /// Aligns things. A name may stand several times, as a symbol in several versions and a section of an object file
    /// do: then those that are the same belong together, and where one is left on each side, those.
    /// </summary>
    /// <param name="reference">Those of one binary.</param>
    /// <param name="difference">Those of the other.</param>
    /// <returns>
    /// In the order of the reference, and behind them the names that only the difference has. Null where there is none
    /// on that side.
    /// </returns>
    internal static IEnumerable<(ComparedItem? Reference, ComparedItem? Difference)> Align(
        IEnumerable<ComparedItem> reference, IEnumerable<ComparedItem> difference)
    {
        var all = new List<Namesakes>();
        var byName = new Dictionary<string, Namesakes>(StringComparer.Ordinal);
        foreach (ComparedItem item in reference)
        {
            Add(Named(item.Name).Reference, item);
        }

        foreach (ComparedItem item in difference)
        {
            Add(Named(item.Name).Difference, item);
        }

        return all.SelectMany(namesakes => namesakes.Pair());

        Namesakes Named(string name)
        {
            if (!byName.TryGetValue(name, out Namesakes? namesakes))
            {
                byName.Add(name, namesakes = new Namesakes());
                all.Add(namesakes);
            }

            return namesakes;
        }

        static void Add(List<ComparedItem> side, ComparedItem item)
        {
            if (item.Present)
            {
                side.Add(item);
            }
        }
    }

    private sealed class Namesakes
    {
        internal List<ComparedItem> Reference { get; } = new(1);

        internal List<ComparedItem> Difference { get; } = new(1);

        internal List<(ComparedItem? Reference, ComparedItem? Difference)> Pair()
        {
            if (Reference.Count <= 1 && Difference.Count <= 1)
            {
                return Reference.Count + Difference.Count == 0 ? [] : [(First(Reference), First(Difference))];
            }

            var pairs = new List<(ComparedItem?, ComparedItem?)>();
            var left = new List<ComparedItem>();
            Dictionary<object, Queue<ComparedItem>> unpaired = Difference
                .GroupBy(item => item.Identity)
                .ToDictionary(same => same.Key, same => new Queue<ComparedItem>(same));
            foreach (ComparedItem item in Reference)
            {
                if (unpaired.TryGetValue(item.Identity, out Queue<ComparedItem>? same) && same.TryDequeue(out ComparedItem other))
                {
                    pairs.Add((item, other));
                }
                else
                {
                    left.Add(item);
                }
            }

            ComparedItem[] right = [.. unpaired.Values.SelectMany(rest => rest)];
            if (left.Count == 1 && right.Length == 1)
            {
                pairs.Add((left[0], right[0]));
                return pairs;
            }

            pairs.AddRange(left.Select(item => ((ComparedItem?)item, (ComparedItem?)null)));
            pairs.AddRange(right.Select(item => ((ComparedItem?)null, (ComparedItem?)item)));
            return pairs;
        }

        private static ComparedItem? First(List<ComparedItem> items) => items.Count == 0 ? null : items[0];
    }
}
