namespace GoCross.Vulnerabilities;

/// <summary>
/// The order of Alpine's versions (apk-tools, doc/apk-package.5.scd, "pkgver"): numbers with dots, a letter, suffixes
/// (_alpha, _beta, _pre and _rc before the release, _cvs, _svn, _git, _hg and _p after it), ~hash, -r and a number.
/// </summary>
internal static class ApkVersion
{
    private static readonly string[] Before = ["alpha", "beta", "pre", "rc"];
    private static readonly string[] After = ["cvs", "svn", "git", "hg", "p"];

    /// <summary>Kinds of parts in the order in which a version that has one here is before a version that has the next.</summary>
    private enum Kind
    {
        BeforeSuffix,
        End,
        Revision,
        Hash,
        SuffixNumber,
        AfterSuffix,
        Letter,
        Digits,
    }

    /// <summary>Compares two versions.</summary>
    internal static int Compare(string left, string right)
    {
        List<(Kind Kind, string Value)> lefts = Parse(left);
        List<(Kind Kind, string Value)> rights = Parse(right);
        for (int i = 0; ; i++)
        {
            (Kind leftKind, string leftValue) = lefts[Math.Min(i, lefts.Count - 1)];
            (Kind rightKind, string rightValue) = rights[Math.Min(i, rights.Count - 1)];
            if (leftKind != rightKind)
            {
                return leftKind.CompareTo(rightKind);
            }

            if (leftKind == Kind.End)
            {
                return 0;
            }

            int order = CompareValues(leftKind, leftValue, rightValue, isFirst: i == 0);
            if (order != 0)
            {
                return order;
            }
        }
    }

    private static int CompareValues(Kind kind, string left, string right, bool isFirst)
    {
        switch (kind)
        {
            case Kind.BeforeSuffix:
                return Array.IndexOf(Before, left).CompareTo(Array.IndexOf(Before, right));
            case Kind.AfterSuffix:
                return Array.IndexOf(After, left).CompareTo(Array.IndexOf(After, right));
            case Kind.Letter or Kind.Hash:
                return string.CompareOrdinal(left, right);
            case Kind.Digits when !isFirst && (left.StartsWith('0') || right.StartsWith('0')):
                // Behind the first number one with a leading zero is a fraction.
                return string.CompareOrdinal(left, right);
            default:
                string l = left.TrimStart('0');
                string r = right.TrimStart('0');
                return l.Length != r.Length ? l.Length.CompareTo(r.Length) : string.CompareOrdinal(l, r);
        }
    }

    private static List<(Kind Kind, string Value)> Parse(string version)
    {
        var parts = new List<(Kind, string)>();
        int at = 0;
        parts.Add((Kind.Digits, Digits()));
        while (at < version.Length && version[at] == '.')
        {
            at++;
            parts.Add((Kind.Digits, Digits()));
        }

        if (at < version.Length && char.IsAsciiLetterLower(version[at]))
        {
            parts.Add((Kind.Letter, version[at++].ToString()));
        }

        while (at < version.Length && version[at] == '_')
        {
            int start = ++at;
            while (at < version.Length && char.IsAsciiLetterLower(version[at]))
            {
                at++;
            }

            string suffix = version[start..at];
            parts.Add((Array.IndexOf(Before, suffix) >= 0 ? Kind.BeforeSuffix : Kind.AfterSuffix, suffix));
            if (at < version.Length && char.IsAsciiDigit(version[at]))
            {
                parts.Add((Kind.SuffixNumber, Digits()));
            }
        }

        if (at < version.Length && version[at] == '~')
        {
            int start = ++at;
            while (at < version.Length && char.IsAsciiHexDigitLower(version[at]))
            {
                at++;
            }

            parts.Add((Kind.Hash, version[start..at]));
        }

        if (version.AsSpan(at).StartsWith("-r"))
        {
            at += 2;
            parts.Add((Kind.Revision, Digits()));
        }

        parts.Add((Kind.End, string.Empty));
        return parts;

        string Digits()
        {
            int start = at;
            while (at < version.Length && char.IsAsciiDigit(version[at]))
            {
                at++;
            }

            return version[start..at];
        }
    }
}
