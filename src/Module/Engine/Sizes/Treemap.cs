namespace GoCross.Sizes;

/// <summary>A rectangle of a treemap, in the units of the whole.</summary>
/// <param name="Left">Its left edge.</param>
/// <param name="Top">Its upper edge.</param>
/// <param name="Width">Its width.</param>
/// <param name="Height">Its height.</param>
internal readonly record struct TreemapTile(double Left, double Top, double Width, double Height)
{
    /// <summary>The tile without a strip along its upper edge and a frame around it; nothing where it is smaller.</summary>
    public TreemapTile Inside(double strip, double frame) => new(
        Left + frame,
        Top + strip,
        Math.Max(0, Width - (2 * frame)),
        Math.Max(0, Height - strip - frame));
}

/// <summary>
/// Fills a rectangle with tiles whose areas are as values are to one another, and that are as near to a wanted ratio of sides as
/// rows allow: squarified treemaps (Bruls, Huizing, van Wijk 2000).
/// </summary>
internal static class Treemap
{
    /// <summary>The ratio that tiles should have: the golden one, as tiles hold text.</summary>
    private static readonly double WantedRatio = (1 + Math.Sqrt(5)) / 2;

    /// <summary>Lays tiles out.</summary>
    /// <param name="values">The values, none negative, largest first for the best ratios.</param>
    /// <param name="whole">The rectangle that they fill.</param>
    /// <returns>A tile for each value, in their order.</returns>
    public static TreemapTile[] Squarify(ReadOnlySpan<double> values, TreemapTile whole)
    {
        var tiles = new TreemapTile[values.Length];
        double left = whole.Left;
        double top = whole.Top;
        double right = whole.Left + whole.Width;
        double bottom = whole.Top + whole.Height;
        double rest = 0;
        foreach (double value in values)
        {
            rest += value;
        }

        for (int first = 0; first < values.Length;)
        {
            double width = right - left;
            double height = bottom - top;
            int end = EndOfRow(values, first, rest, width, height, out double sum);
            bool isAcross = width < height;
            double share = rest > 0 ? sum / rest : 1;
            double depth = (isAcross ? height : width) * share;
            double at = isAcross ? left : top;
            for (int i = first; i < end; i++)
            {
                double length = sum > 0 ? (isAcross ? width : height) * values[i] / sum : 0;
                tiles[i] = isAcross ? new TreemapTile(at, top, length, depth) : new TreemapTile(left, at, depth, length);
                at += length;
            }

            left += isAcross ? 0 : depth;
            top += isAcross ? depth : 0;
            rest -= sum;
            first = end;
        }

        return tiles;
    }

    // A row takes values for as long as the worst ratio of its tiles does not get worse.
    private static int EndOfRow(ReadOnlySpan<double> values, int first, double rest, double width, double height, out double sum)
    {
        int end = first;
        sum = 0;
        while (sum == 0 && end < values.Length)
        {
            sum = values[end++];
        }

        double least = sum;
        double most = sum;
        double scale = Math.Max(height / width, width / height) / (rest * WantedRatio);
        double worst = Worst(sum);
        for (; end < values.Length; end++)
        {
            double value = values[end];
            least = Math.Min(least, value);
            most = Math.Max(most, value);
            double next = Worst(sum + value);
            if (next > worst)
            {
                break;
            }

            sum += value;
            worst = next;
        }

        return end;

        double Worst(double total)
        {
            double square = total * total * scale;
            return Math.Max(most / square, square / least);
        }
    }
}
