namespace GoCross.Names;

/// <summary>
/// A version of a Go module or of a Go toolchain, in the one order that both have: semantic versioning as Go applies it
/// (golang.org/x/mod/semver; Go Modules Reference, "Versions"). What follows a + has no place in the order. A toolchain's
/// version is put into that form (go/doc "Go Toolchains"): go1.21rc1 is 1.21.0-rc.1, go1.21 is 1.21.0.
/// </summary>
public readonly record struct GoVersion : IComparable<GoVersion>
{
    private readonly string _major;
    private readonly string _minor;
    private readonly string _patch;
    private readonly string _prerelease;

    private GoVersion(string major, string minor, string patch, string prerelease)
    {
        _major = Digits(major);
        _minor = Digits(minor);
        _patch = Digits(patch);
        _prerelease = prerelease;
    }

    /// <summary>Whether it is the version of a commit and not of a tag (Go Modules Reference, "Pseudo-versions").</summary>
    public bool IsPseudo => _prerelease is not null && BaseOfPseudo(_prerelease) is { } before
        && (before.Length > 0 || (_minor is "0" && _patch is "0"));

    /// <summary>Whether it is a pseudo-version with no tag before it: v0.0.0-time-commit and the like of other majors.</summary>
    public bool IsUntagged => IsPseudo && _minor is "0" && _patch is "0" && !_prerelease.Contains('.', StringComparison.Ordinal);

    /// <summary>Whether it is the pseudo-version that stands for no commit at all (golang.org/x/mod/module, ZeroPseudoVersion).</summary>
    public bool IsZeroPseudo => IsUntagged && _prerelease == "00010101000000-000000000000";

    /// <summary>Reads a module's version: v1.2.3, with or without the v, +incompatible and +dirty passed over; or 0.</summary>
    /// <param name="text">The text.</param>
    /// <param name="version">The version.</param>
    /// <returns>False for what is not a semantic version, (devel) for example.</returns>
    public static bool TryParseModule(string? text, out GoVersion version)
    {
        version = default;
        if (string.IsNullOrEmpty(text))
        {
            return false;
        }

        ReadOnlySpan<char> rest = text.AsSpan(text[0] == 'v' ? 1 : 0);
        int plus = rest.IndexOf('+');
        rest = plus < 0 ? rest : rest[..plus];
        int dash = rest.IndexOf('-');
        ReadOnlySpan<char> prerelease = dash < 0 ? [] : rest[(dash + 1)..];
        rest = dash < 0 ? rest : rest[..dash];
        if (dash >= 0 && (prerelease.IsEmpty || !IsPrerelease(prerelease)))
        {
            return false;
        }

        Span<Range> parts = stackalloc Range[4];
        int count = rest.Split(parts, '.');
        if (count > 3 || (count < 3 && dash >= 0))
        {
            return false;
        }

        for (int i = 0; i < count; i++)
        {
            if (rest[parts[i]].IsEmpty || rest[parts[i]].ContainsAnyExceptInRange('0', '9'))
            {
                return false;
            }
        }

        version = new GoVersion(
            rest[parts[0]].ToString(),
            count > 1 ? rest[parts[1]].ToString() : "0",
            count > 2 ? rest[parts[2]].ToString() : "0",
            prerelease.ToString());
        return true;
    }

    /// <summary>
    /// Reads a toolchain's version: go1.23.5, go1.19rc1, with or without the go, with what vendors and experiments put
    /// behind it (go1.25.1 X:a, go1.26.8-X:b, go1.26.5 (Red Hat 1.26.5-1)) passed over; v1.23.5 and 1.19.0-rc.1, too.
    /// </summary>
    /// <param name="text">The text.</param>
    /// <param name="version">The version.</param>
    /// <returns>False for devel and what else is not a version.</returns>
    public static bool TryParseToolchain(string? text, out GoVersion version)
    {
        // Without the go in front it is most often what an SBOM or the database says, in semantic versioning.
        if (text is not null && !text.StartsWith("go", StringComparison.Ordinal) && TryParseModule(text, out version))
        {
            return true;
        }

        version = default;
        ReadOnlySpan<char> rest = text.AsSpan(text?.StartsWith("go", StringComparison.Ordinal) == true ? 2 : 0);
        ReadOnlySpan<char> major = TakeNumber(ref rest);
        if (major.IsEmpty || rest is not ['.', ..])
        {
            return false;
        }

        rest = rest[1..];
        ReadOnlySpan<char> minor = TakeNumber(ref rest);
        ReadOnlySpan<char> patch = "0";
        string prerelease = string.Empty;
        if (rest is ['.', ..])
        {
            rest = rest[1..];
            patch = TakeNumber(ref rest);
        }
        else if (StageOf(rest) is { } stage)
        {
            rest = rest[stage.Length..];
            ReadOnlySpan<char> number = TakeNumber(ref rest);
            if (number.IsEmpty)
            {
                return false;
            }

            prerelease = $"{stage}.{number}";
        }

        if (minor.IsEmpty || patch.IsEmpty || rest is not ([] or [' ' or '+' or '-', ..]))
        {
            return false;
        }

        version = new GoVersion(major.ToString(), minor.ToString(), patch.ToString(), prerelease);
        return true;
    }

    /// <summary>What Go calls the toolchain of a version in semantic versioning: 1.19.0-rc.1 is go1.19rc1, 1.24.2 is go1.24.2.</summary>
    /// <param name="semantic">The version, with no v.</param>
    /// <returns>The text as it came, where it is not a version.</returns>
    public static string ToolchainName(string semantic)
    {
        if (!TryParseModule(semantic, out GoVersion version))
        {
            return semantic;
        }

        // Before 1.21 the first release of a minor version had no third number.
        bool isBare = version._prerelease.Length > 0
            || (version._patch == "0" && version._major == "1" && (version._minor.Length == 1 || string.CompareOrdinal(version._minor, "21") < 0));
        string stage = version._prerelease == "0" ? string.Empty : version._prerelease.Replace(".", string.Empty, StringComparison.Ordinal);
        return $"go{version._major}.{version._minor}{(isBare ? string.Empty : "." + version._patch)}{stage}";
    }

    /// <inheritdoc/>
    public int CompareTo(GoVersion other)
    {
        int order = CompareNumbers(_major, other._major);
        order = order != 0 ? order : CompareNumbers(_minor, other._minor);
        order = order != 0 ? order : CompareNumbers(_patch, other._patch);
        return order != 0 ? order : ComparePrereleases(_prerelease ?? string.Empty, other._prerelease ?? string.Empty);
    }

    /// <summary>Whether one version is before another.</summary>
    public static bool operator <(GoVersion left, GoVersion right) => left.CompareTo(right) < 0;

    /// <summary>Whether one version is after another.</summary>
    public static bool operator >(GoVersion left, GoVersion right) => left.CompareTo(right) > 0;

    /// <summary>Whether one version is before another or the same.</summary>
    public static bool operator <=(GoVersion left, GoVersion right) => left.CompareTo(right) <= 0;

    /// <summary>Whether one version is after another or the same.</summary>
    public static bool operator >=(GoVersion left, GoVersion right) => left.CompareTo(right) >= 0;

    /// <summary>The version in semantic versioning, with no v and nothing behind a +.</summary>
    public override string ToString() => _major is null
        ? string.Empty
        : $"{_major}.{_minor}.{_patch}{(_prerelease.Length == 0 ? string.Empty : "-" + _prerelease)}";

    // As texts: numbers of any length have an order.
    private static int CompareNumbers(string? left, string? right)
    {
        left ??= "0";
        right ??= "0";
        return left.Length != right.Length ? left.Length.CompareTo(right.Length) : string.CompareOrdinal(left, right);
    }

    // Semantic Versioning 2.0.0, 11.3 and 11.4.
    private static int ComparePrereleases(string left, string right)
    {
        if (left.Length == 0 || right.Length == 0)
        {
            return (left.Length == 0).CompareTo(right.Length == 0);
        }

        string[] lefts = left.Split('.');
        string[] rights = right.Split('.');
        for (int i = 0; i < Math.Min(lefts.Length, rights.Length); i++)
        {
            bool leftNumber = lefts[i].All(char.IsAsciiDigit);
            bool rightNumber = rights[i].All(char.IsAsciiDigit);
            int order = leftNumber != rightNumber ? rightNumber.CompareTo(leftNumber)
                : leftNumber ? CompareNumbers(Digits(lefts[i]), Digits(rights[i]))
                : string.CompareOrdinal(lefts[i], rights[i]);
            if (order != 0)
            {
                return order;
            }
        }

        return lefts.Length.CompareTo(rights.Length);
    }

    private static string Digits(string number) => number.TrimStart('0') is { Length: > 0 } digits ? digits : "0";

    private static bool IsPrerelease(ReadOnlySpan<char> text)
    {
        bool empty = true;
        foreach (char character in text)
        {
            if (character == '.')
            {
                if (empty)
                {
                    return false;
                }

                empty = true;
            }
            else if (char.IsAsciiLetterOrDigit(character) || character == '-')
            {
                empty = false;
            }
            else
            {
                return false;
            }
        }

        return !empty;
    }

    // The time of the commit in 14 digits, and the first 12 of its hash. Null for what ends otherwise; else what stands
    // before: nothing, 0. where a release is before it, or pre.0. where that is a pre-release.
    private static string? BaseOfPseudo(string prerelease)
    {
        const int TimeLength = 14;
        int dash = prerelease.LastIndexOf('-');
        int time = dash - TimeLength;
        if (time < 0 || dash == prerelease.Length - 1
            || prerelease.AsSpan(time, TimeLength).ContainsAnyExceptInRange('0', '9')
            || !prerelease[(dash + 1)..].All(char.IsAsciiLetterOrDigit))
        {
            return null;
        }

        string before = prerelease[..time];
        return before is "" or "0." || before.EndsWith(".0.", StringComparison.Ordinal) ? before : null;
    }

    private static ReadOnlySpan<char> TakeNumber(scoped ref ReadOnlySpan<char> text)
    {
        const int MaxDigits = 9;
        int length = text.IndexOfAnyExceptInRange('0', '9');
        length = length < 0 ? text.Length : length;
        ReadOnlySpan<char> number = length > MaxDigits ? [] : text[..length];
        text = text[length..];
        return number;
    }

    private static string? StageOf(ReadOnlySpan<char> text) =>
        text.StartsWith("rc") ? "rc" : text.StartsWith("beta") ? "beta" : text.StartsWith("alpha") ? "alpha" : null;
}
