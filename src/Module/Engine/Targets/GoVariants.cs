using System.Text.RegularExpressions;

namespace GoCross.Targets;

/// <summary>
/// The variants of an architecture: the environment variable that Go reads, its default, and the values it takes, as
/// <c>go help environment</c> and internal/buildcfg have them.
/// </summary>
/// <param name="Variable">The variable's name, such as GOARM64.</param>
/// <param name="Default">What is set where no variant is asked for, so that the caller's environment has no say.</param>
/// <param name="Common">The values that are asked for.</param>
/// <param name="Pattern">What a value looks like in whole.</param>
/// <param name="Rest">What else there is, in words for an error.</param>
internal sealed partial record GoVariants(
    string Variable, string Default, IReadOnlyList<string> Common, Regex Pattern, string? Rest = null)
{
    private static readonly Dictionary<string, GoVariants> ByArchitecture = new(StringComparer.Ordinal)
    {
        ["386"] = new("GO386", "sse2", ["sse2", "softfloat"], FloatX86()),
        ["amd64"] = new("GOAMD64", "v1", ["v1", "v2", "v3", "v4"], Amd64()),
        ["arm"] = new("GOARM", "7", ["v5", "v6", "v7"], Arm(), "each with ,softfloat or ,hardfloat"),
        ["arm64"] = new("GOARM64", "v8.0", ["v8.0", "v9.0"], Arm64(), "up to v8.9 and v9.5, each with ,lse or ,crypto"),
        ["mips"] = new("GOMIPS", "hardfloat", ["hardfloat", "softfloat"], FloatMips()),
        ["mipsle"] = new("GOMIPS", "hardfloat", ["hardfloat", "softfloat"], FloatMips()),
        ["mips64"] = new("GOMIPS64", "hardfloat", ["hardfloat", "softfloat"], FloatMips()),
        ["mips64le"] = new("GOMIPS64", "hardfloat", ["hardfloat", "softfloat"], FloatMips()),
        ["ppc64"] = new("GOPPC64", "power8", ["power8", "power9", "power10"], Power()),
        ["ppc64le"] = new("GOPPC64", "power8", ["power8", "power9", "power10"], Power()),
        ["riscv64"] = new("GORISCV64", "rva20u64", ["rva20u64", "rva22u64", "rva23u64"], RiscV()),
    };

    /// <summary>The variants of an architecture, or null where it has none.</summary>
    internal static GoVariants? Of(string architecture) => ByArchitecture.GetValueOrDefault(architecture);

    /// <summary>Whether a variable names a variant of an architecture.</summary>
    internal static bool IsVariable(string name) =>
        ByArchitecture.Values.Any(variants => variants.Variable.Equals(name, StringComparison.OrdinalIgnoreCase));

    /// <summary>The values, as an error names them.</summary>
    internal string Known => string.Join(", ", Rest is null ? Common : Common.Append(Rest));

    /// <summary>A variant as Go wants it, or null where it is none. Docker's spellings (v7, v8) are understood.</summary>
    internal string? Normalize(string text) => Variable switch
    {
        _ when !Pattern.IsMatch(text) => null,
        "GOARM" => text.TrimStart('v'),
        "GOARM64" when text is "v8" or "v9" => text + ".0",
        _ => text,
    };

    [GeneratedRegex("^(sse2|softfloat)$")]
    private static partial Regex FloatX86();

    [GeneratedRegex("^v[1-4]$")]
    private static partial Regex Amd64();

    [GeneratedRegex("^v?[5-7](,(softfloat|hardfloat))?$")]
    private static partial Regex Arm();

    [GeneratedRegex(@"^(v8(\.[0-9])?|v9(\.[0-5])?)(,lse|,crypto)*$")]
    private static partial Regex Arm64();

    [GeneratedRegex("^(hardfloat|softfloat)$")]
    private static partial Regex FloatMips();

    [GeneratedRegex("^power(8|9|10)$")]
    private static partial Regex Power();

    [GeneratedRegex("^rva2[023]u64$")]
    private static partial Regex RiscV();
}
