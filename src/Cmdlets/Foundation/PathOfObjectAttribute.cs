using System.Collections;
using System.Management.Automation;

namespace GoCross.Cmdlets.Foundation;

/// <summary>
/// Takes an object that stands for a file for its path: a GoBuild that is given as an argument, as one that comes down the
/// pipeline. PowerShell would take the object's text. Items of its own providers it knows to bind by itself.
/// </summary>
[AttributeUsage(AttributeTargets.Property)]
internal sealed class PathOfObjectAttribute : ArgumentTransformationAttribute
{
    private const string PathProperty = "Path";
    private const string ProviderPathProperty = "PSPath";

    /// <inheritdoc/>
    public override object? Transform(EngineIntrinsics engineIntrinsics, object? inputData) =>
        (inputData is PSObject wrapped ? wrapped.BaseObject : inputData) switch
        {
            null or string => inputData,
            IList list => list.Cast<object?>().Select(PathOf).ToArray(),
            _ => PathOf(inputData),
        };

    // A failed build has the property, and nothing in it.
    private static object? PathOf(object? value)
    {
        if (value is null or string || PSObject.AsPSObject(value) is not { BaseObject: not string } item)
        {
            return value;
        }

        return item.Properties[PathProperty] is { } path && item.Properties[ProviderPathProperty] is null
            ? LanguagePrimitives.ConvertTo<string?>(path.Value)
            : value;
    }
}
