namespace GoCross.Vulnerabilities;

/// <summary>The order of Debian's versions (deb-version(7)): epoch, upstream version, revision; ~ is before everything.</summary>
internal static class DpkgVersion
{
    /// <summary>Compares two versions.</summary>
    internal static int Compare(string left, string right)
    {
        (string leftEpoch, string leftUpstream, string leftRevision) = Split(left);
        (string rightEpoch, string rightUpstream, string rightRevision) = Split(right);
        int order = ComparePart(leftEpoch, rightEpoch);
        order = order != 0 ? order : ComparePart(leftUpstream, rightUpstream);
        return order != 0 ? order : ComparePart(leftRevision, rightRevision);
    }

    private static (string Epoch, string Upstream, string Revision) Split(string version)
    {
        int colon = version.IndexOf(':', StringComparison.Ordinal);
        string epoch = colon < 0 ? "0" : version[..colon];
        string rest = version[(colon + 1)..];
        int dash = rest.LastIndexOf('-');
        return (epoch, dash < 0 ? rest : rest[..dash], dash < 0 ? string.Empty : rest[(dash + 1)..]);
    }

    // By turns what is not a digit, letters before all else and ~ before the end, and a number of any length.
    private static int ComparePart(string left, string right)
    {
        int l = 0;
        int r = 0;
        while (l < left.Length || r < right.Length)
        {
            while ((l < left.Length && !char.IsAsciiDigit(left[l])) || (r < right.Length && !char.IsAsciiDigit(right[r])))
            {
                int order = WeightAt(left, l).CompareTo(WeightAt(right, r));
                if (order != 0)
                {
                    return order;
                }

                l++;
                r++;
            }

            ReadOnlySpan<char> leftNumber = NumberAt(left, ref l);
            ReadOnlySpan<char> rightNumber = NumberAt(right, ref r);
            int byNumber = leftNumber.Length != rightNumber.Length
                ? leftNumber.Length.CompareTo(rightNumber.Length)
                : leftNumber.SequenceCompareTo(rightNumber);
            if (byNumber != 0)
            {
                return byNumber;
            }
        }

        return 0;
    }

    private static int WeightAt(string text, int at) => at >= text.Length || char.IsAsciiDigit(text[at]) ? 0
        : text[at] == '~' ? -1
        : char.IsAsciiLetter(text[at]) ? text[at]
        : text[at] + 256;

    private static ReadOnlySpan<char> NumberAt(string text, ref int at)
    {
        int start = at;
        while (at < text.Length && char.IsAsciiDigit(text[at]))
        {
            at++;
        }

        return text.AsSpan(start, at - start).TrimStart('0');
    }
}
