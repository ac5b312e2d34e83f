using System.Globalization;
using System.Management.Automation;
using System.Xml.Linq;
using GoCross.Cmdlets.Tests.Hosting;

namespace GoCross.Cmdlets.Tests.Views;

/// <summary>
/// Evaluates what a view evaluates, where it can be seen to fail: in a view, an error and a property that does not
/// exist are both an empty cell.
/// </summary>
internal sealed class CellCheck(ModuleHost host)
{
    private readonly List<string> _problems = [];

    /// <summary>Every problem of a view with an object.</summary>
    internal IReadOnlyList<string> Check(FormatView view, PSObject value)
    {
        _problems.Clear();
        Visit(view.Definition, value);
        return [.. _problems.Select(problem => $"{view}: {problem}")];
    }

    private void Visit(XElement node, PSObject value)
    {
        foreach (XElement child in node.Elements())
        {
            switch (child.Name.LocalName)
            {
                case "PropertyName":
                    Property(child.Value.Trim(), value);
                    break;
                case "ScriptBlock":
                    Evaluate(child.Value, value);
                    break;
                case "ExpressionBinding":
                    VisitBinding(child, value);
                    break;
                case "EntrySelectedBy":
                    // Says whether the entry is for this object; the entry's own cells are its siblings.
                    break;
                case "TableRowEntry" or "ListEntry" or "WideEntry" or "CustomEntry" when !Selects(child, value):
                    break;
                default:
                    Visit(child, value);
                    break;
            }
        }
    }

    // What is nested in a binding is drawn for the values of the binding.
    private void VisitBinding(XElement binding, PSObject value)
    {
        if (binding.Element("ItemSelectionCondition") is { } condition && !IsTrue(Values(condition, value)))
        {
            return;
        }

        IReadOnlyList<PSObject> values = Values(binding, value);
        if (binding.Element("CustomControl") is { } control)
        {
            foreach (PSObject inner in values)
            {
                Visit(control, inner);
            }
        }
    }

    private IReadOnlyList<PSObject> Values(XElement binding, PSObject value)
    {
        if (binding.Element("ScriptBlock") is { } script)
        {
            return Evaluate(script.Value, value);
        }

        if (binding.Element("PropertyName") is not { } property)
        {
            return [value];
        }

        object? found = Property(property.Value.Trim(), value);
        return found is null ? [] : Enumerate(found);
    }

    private static IReadOnlyList<PSObject> Enumerate(object value) =>
        LanguagePrimitives.GetEnumerable(value) is { } many
            ? [.. many.Cast<object?>().OfType<object>().Select(PSObject.AsPSObject)]
            : [PSObject.AsPSObject(value)];

    private object? Property(string name, PSObject value)
    {
        try
        {
            if (value.Properties[name] is { } property)
            {
                return property.Value;
            }

            _problems.Add($"{value.TypeNames[0]} has no property {name}.");
        }
        catch (GetValueException e)
        {
            _problems.Add($"{name}: {e.Message}");
        }

        return null;
    }

    private IReadOnlyList<PSObject> Evaluate(string script, PSObject value)
    {
        HostedResult result = host.Invoke(
            "ForEach-Object -InputObject $args[0] -Process ([scriptblock]::Create($args[1]))", [value, script]);
        _problems.AddRange(result.Errors.Select(error =>
            string.Create(CultureInfo.InvariantCulture, $"{script.Trim()}: {error}")));
        return result.Output;
    }

    private static bool IsTrue(IReadOnlyList<PSObject> values) => LanguagePrimitives.IsTrue(values.ToArray());

    private static bool Selects(XElement entry, PSObject value)
    {
        string[] types = [.. (entry.Element("EntrySelectedBy")?.Elements("TypeName") ?? []).Select(type => type.Value.Trim())];
        return types.Length == 0 || types.Any(value.TypeNames.Contains);
    }
}
