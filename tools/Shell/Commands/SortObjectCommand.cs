using System.Management.Automation;

namespace GoCross.Shell.Commands;

/// <summary>Sort-Object with -Property and -Descending. What is equal stays in its order.</summary>
[Cmdlet("Sort", "Object")]
public sealed class SortObjectCommand : PSCmdlet
{
    private readonly List<PSObject> _values = [];

    [Parameter(ValueFromPipeline = true)]
    public PSObject? InputObject { get; set; }

    [Parameter(Position = 0)]
    public string[] Property { get; set; } = [];

    [Parameter]
    public SwitchParameter Descending { get; set; }

    protected override void ProcessRecord()
    {
        if (InputObject is not null)
        {
            _values.Add(InputObject);
        }
    }

    protected override void EndProcessing()
    {
        Comparer<PSObject> order = Comparer<PSObject>.Create(Descending ? (a, b) => Compare(b, a) : Compare);
        WriteObject(_values.Order(order), enumerateCollection: true);
    }

    private int Compare(PSObject first, PSObject second)
    {
        if (Property.Length == 0)
        {
            return Compare((object)first, second);
        }

        foreach (string name in Property)
        {
            int order = Compare(first.Properties[name]?.Value, second.Properties[name]?.Value);
            if (order != 0)
            {
                return order;
            }
        }

        return 0;
    }

    // Values that PowerShell cannot compare are in the order of their texts, as in the real command.
    private static int Compare(object? first, object? second) =>
        LanguagePrimitives.TryCompare(first, second, ignoreCase: true, out int result)
            ? result
            : string.Compare(first?.ToString(), second?.ToString(), StringComparison.CurrentCultureIgnoreCase);
}
