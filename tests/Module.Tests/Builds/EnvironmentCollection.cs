namespace GoCross.Tests.Builds;

/// <summary>Tests that change the process's environment: they run alone.</summary>
[CollectionDefinition(Name, DisableParallelization = true)]
public sealed class EnvironmentCollection
{
    public const string Name = "The process's environment";
}
