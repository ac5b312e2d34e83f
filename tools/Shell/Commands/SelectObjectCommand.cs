using System.Management.Automation;
using System.Reflection;

namespace GoCross.Shell.Commands;

/// <summary>
/// Select-Object with -First, -Last, -Skip, -Property and -ExpandProperty. When it has its -First it ends what is
/// upstream by the exception that the real one throws and that the engine does not make public: nothing upstream gets
/// a StopProcessing.
/// </summary>
[Cmdlet(VerbsCommon.Select, "Object")]
public sealed class SelectObjectCommand : PSCmdlet
{
    private readonly Queue<PSObject> _last = new();
    private int _seen;

    [Parameter(ValueFromPipeline = true)]
    public PSObject? InputObject { get; set; }

    [Parameter(Position = 0)]
    public string[] Property { get; set; } = [];

    [Parameter]
    public string? ExpandProperty { get; set; }

    [Parameter]
    [ValidateRange(0, int.MaxValue)]
    public int First { get; set; } = int.MaxValue;

    [Parameter]
    [ValidateRange(0, int.MaxValue)]
    public int Last { get; set; }

    [Parameter]
    [ValidateRange(0, int.MaxValue)]
    public int Skip { get; set; }

    protected override void BeginProcessing()
    {
        if (First == 0)
        {
            throw StopUpstream();
        }
    }

    protected override void ProcessRecord()
    {
        if (InputObject is null || ++_seen <= Skip)
        {
            return;
        }

        if (Last > 0)
        {
            _last.Enqueue(InputObject);
            if (_last.Count > Last)
            {
                _last.Dequeue();
            }

            return;
        }

        Emit(InputObject);
        if (_seen - Skip >= First)
        {
            throw StopUpstream();
        }
    }

    protected override void EndProcessing()
    {
        foreach (PSObject value in _last)
        {
            Emit(value);
        }
    }

    private void Emit(PSObject value)
    {
        if (ExpandProperty is not null)
        {
            WriteObject(value.Properties[ExpandProperty]?.Value, enumerateCollection: true);
            return;
        }

        if (Property.Length == 0)
        {
            WriteObject(value);
            return;
        }

        var selected = new PSObject();
        foreach (string pattern in Property)
        {
            if (WildcardPattern.ContainsWildcardCharacters(pattern))
            {
                foreach (PSPropertyInfo match in value.Properties.Match(pattern))
                {
                    Add(selected, match.Name, match.Value);
                }
            }
            else
            {
                Add(selected, pattern, value.Properties[pattern]?.Value);
            }
        }

        WriteObject(selected);
    }

    private static void Add(PSObject selected, string name, object? value)
    {
        if (selected.Properties[name] is null)
        {
            selected.Properties.Add(new PSNoteProperty(name, value));
        }
    }

    private Exception StopUpstream()
    {
        Type type = typeof(PSCmdlet).Assembly.GetType(
            "System.Management.Automation.StopUpstreamCommandsException", throwOnError: true)!;
        return (Exception)Activator.CreateInstance(
            type, BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic, null, [this], null)!;
    }
}
