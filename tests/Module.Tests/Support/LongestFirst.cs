using System.Reflection;
using Xunit.Abstractions;

[assembly: TestCollectionOrderer(GoCross.Tests.LongestFirst.Name, GoCross.Tests.LongestFirst.Assembly)]

namespace GoCross.Tests;

/// <summary>
/// Starts what takes long before the rest, for no thread to wait at the end for another: first the tests that share an
/// engine, of which one runs at a time, then the classes with a slow test.
/// </summary>
public sealed class LongestFirst : ITestCollectionOrderer
{
    internal const string Name = "GoCross.Tests.LongestFirst";

    internal const string Assembly = "Module.Tests";

    /// <summary>xunit's name of a collection that is a class of its own begins so.</summary>
    private const string OfClass = "Test collection for ";

    /// <inheritdoc/>
    public IEnumerable<ITestCollection> OrderTestCollections(IEnumerable<ITestCollection> testCollections) =>
        testCollections.OrderBy(Rank).ThenBy(collection => collection.DisplayName, StringComparer.Ordinal);

    private static int Rank(ITestCollection collection) =>
        collection.DisplayName == DockerDaemon.Collection ? 0 : HasSlowTest(collection.DisplayName) ? 1 : 2;

    private static bool HasSlowTest(string name) =>
        name.StartsWith(OfClass, StringComparison.Ordinal)
        && typeof(LongestFirst).Assembly.GetType(name[OfClass.Length..]) is { } type
        && type.GetMethods().Cast<MemberInfo>().Prepend(type).Any(member => member.GetCustomAttributesData().Any(attribute =>
            attribute.AttributeType == typeof(TraitAttribute) && (string?)attribute.ConstructorArguments[1].Value == "Slow"));
}
