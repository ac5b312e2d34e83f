using Xunit.Sdk;

namespace GoCross.Tests;

/// <summary>A test on packages of Debian, and with programs. Where they cannot be fetched, it is skipped with the reason.</summary>
[TraitDiscoverer(SlowTraitDiscoverer.Name, SlowTraitDiscoverer.Assembly)]
public sealed class DebianFactAttribute : FactAttribute, ITraitAttribute
{
    /// <param name="tools">The programs that it needs besides.</param>
    public DebianFactAttribute(params string[] tools) => Skip = ReasonFor(tools);

    internal static string? ReasonFor(string[] tools) =>
        Tools.FirstMissing(tools) is { } missing ? $"needs {missing}" : DebianPackages.Reason;
}

/// <summary>A theory on packages of Debian.</summary>
[TraitDiscoverer(SlowTraitDiscoverer.Name, SlowTraitDiscoverer.Assembly)]
public sealed class DebianTheoryAttribute : TheoryAttribute, ITraitAttribute
{
    /// <param name="tools">The programs that it needs besides.</param>
    public DebianTheoryAttribute(params string[] tools) => Skip = DebianFactAttribute.ReasonFor(tools);
}
