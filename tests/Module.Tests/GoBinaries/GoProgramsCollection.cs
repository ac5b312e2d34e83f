namespace GoCross.Tests.GoBinaries;

/// <summary>The tests that share the programs.</summary>
[CollectionDefinition(Name)]
public sealed class GoProgramsCollection : ICollectionFixture<GoPrograms>
{
    public const string Name = "Go programs";
}
