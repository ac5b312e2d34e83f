using System.Xml.Linq;
using GoCross.Cmdlets.Tests.Hosting;

namespace GoCross.Cmdlets.Tests.Views;

/// <summary>One view of the module's format files.</summary>
/// <param name="Name">The view's name.</param>
/// <param name="File">The file that it is in.</param>
/// <param name="TypeNames">The types that it is for.</param>
/// <param name="Definition">Its XML.</param>
internal sealed record FormatView(string Name, string File, IReadOnlyList<string> TypeNames, XElement Definition)
{
    /// <summary>Reads every view of the files that the manifest names.</summary>
    internal static IReadOnlyList<FormatView> ReadAll(IEnumerable<string> files) =>
    [
        .. from file in files
           let document = XDocument.Load(Path.Combine(Checkout.Root, file)).Root!
           from view in document.Descendants("View")
           select new FormatView(
               view.Element("Name")!.Value.Trim(), file, [.. TypesOf(document, view.Element("ViewSelectedBy")!)], view),
    ];

    public override string ToString() => $"{File}: {Name}";

    private static IEnumerable<string> TypesOf(XElement document, XElement selectedBy) =>
        selectedBy.Elements("TypeName").Select(type => type.Value.Trim()).Concat(
            from set in selectedBy.Elements("SelectionSetName")
            from definition in document.Descendants("SelectionSet")
            where definition.Element("Name")!.Value.Trim() == set.Value.Trim()
            from type in definition.Descendants("TypeName")
            select type.Value.Trim());
}
