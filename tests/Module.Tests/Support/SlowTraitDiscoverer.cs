using Xunit.Abstractions;
using Xunit.Sdk;

namespace GoCross.Tests;

/// <summary>
/// Gives a test the trait Speed=Slow by the attribute that makes it a test: those that start an engine, for example.
/// <c>build.ps1 test -Fast</c> leaves out what has it. Other tests get it with <c>[Trait("Speed", "Slow")]</c>.
/// </summary>
public sealed class SlowTraitDiscoverer : ITraitDiscoverer
{
    internal const string Name = "GoCross.Tests.SlowTraitDiscoverer";

    internal const string Assembly = "Module.Tests";

    /// <inheritdoc/>
    public IEnumerable<KeyValuePair<string, string>> GetTraits(IAttributeInfo traitAttribute) => [new("Speed", "Slow")];
}
