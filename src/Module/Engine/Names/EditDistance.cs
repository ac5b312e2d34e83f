namespace GoCross.Names;

/// <summary>How far apart two names are, to find the one that was meant.</summary>
internal static class EditDistance
{
    /// <summary>
    /// The fewest single characters to insert, delete, replace or swap with their neighbour that make one of the other
    /// (the distance of Damerau and Levenshtein, no place edited twice).
    /// </summary>
    internal static int Between(string first, string second)
    {
        var distance = new int[first.Length + 1, second.Length + 1];
        for (int i = 0; i <= first.Length; i++)
        {
            distance[i, 0] = i;
        }

        for (int j = 0; j <= second.Length; j++)
        {
            distance[0, j] = j;
        }

        for (int i = 1; i <= first.Length; i++)
        {
            for (int j = 1; j <= second.Length; j++)
            {
                int replace = distance[i - 1, j - 1] + (first[i - 1] == second[j - 1] ? 0 : 1);
                int min = Math.Min(replace, Math.Min(distance[i - 1, j], distance[i, j - 1]) + 1);
                if (i > 1 && j > 1 && first[i - 1] == second[j - 2] && first[i - 2] == second[j - 1])
                {
                    min = Math.Min(min, distance[i - 2, j - 2] + 1);
                }

                distance[i, j] = min;
            }
        }

        return distance[first.Length, second.Length];
    }
}
