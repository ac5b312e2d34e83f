namespace GoCross.Targets;

/// <summary>What a program is built for: a system, an architecture and, where asked for, a variant of it.</summary>
public sealed record BuildTarget
{
    internal BuildTarget(GoTarget target, string? variant)
    {
        Platform = target;
        Variant = variant;
    }

    /// <summary>The pair of system and architecture, as the toolchain knows it.</summary>
    public GoTarget Platform { get; }

    /// <summary>The system (GOOS).</summary>
    public string Os => Platform.Os;

    /// <summary>The architecture (GOARCH).</summary>
    public string Architecture => Platform.Architecture;

    /// <summary>The variant that was asked for, as Go wants it: v3 for GOAMD64=v3, 7 for GOARM=7. Null for Go's default.</summary>
    public string? Variant { get; }

    /// <summary>The target as one writes it: linux/arm64, linux/amd64/v3, linux/arm/v7.</summary>
    public string Name => Variant is null ? Platform.Name : $"{Platform.Name}/{VariantName}";

    /// <summary>The variant as one writes it. Go alone writes ARM's without the v.</summary>
    internal string? VariantName => Variant is not null && Architecture == "arm" ? "v" + Variant : Variant;

    /// <summary>The variables that name the target, the variant's among them whether one was asked for or not.</summary>
    internal IEnumerable<KeyValuePair<string, string>> Variables()
    {
        yield return new("GOOS", Os);
        yield return new("GOARCH", Architecture);
        if (GoVariants.Of(Architecture) is { } variants)
        {
            yield return new(variants.Variable, Variant ?? variants.Default);
        }
    }

    /// <inheritdoc/>
    public override string ToString() => Name;
}
