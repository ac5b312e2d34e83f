namespace GoCross.Targets;

/// <summary>A pair of system and architecture that a Go toolchain makes programs for (<c>go tool dist list</c>).</summary>
/// <param name="Os">The system (GOOS).</param>
/// <param name="Architecture">The architecture (GOARCH).</param>
/// <param name="CgoSupported">Whether programs with C code can be made for it.</param>
/// <param name="FirstClass">Whether a failure on it holds up a release of Go.</param>
public sealed record GoTarget(string Os, string Architecture, bool CgoSupported, bool FirstClass)
{
    /// <summary>The pair as one writes it: linux/amd64.</summary>
    public string Name => $"{Os}/{Architecture}";

    /// <inheritdoc/>
    public override string ToString() => Name;
}
