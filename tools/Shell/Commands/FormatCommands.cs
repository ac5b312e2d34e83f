using System.Management.Automation;
using System.Reflection;
using Microsoft.PowerShell.Commands.Internal.Format;

namespace GoCross.Shell.Commands;

/// <summary>Format-Table: the engine has all of it but the class that gives it its name.</summary>
[Cmdlet(VerbsCommon.Format, "Table")]
public sealed class FormatTableCommand : OuterFormatTableBase
{
    public FormatTableCommand() => EngineFormatter.Give(this, "Table");
}

/// <summary>Format-List: the engine has all of it but the class that gives it its name.</summary>
[Cmdlet(VerbsCommon.Format, "List")]
public sealed class FormatListCommand : OuterFormatTableAndListBase
{
    public FormatListCommand() => EngineFormatter.Give(this, "List");
}

/// <summary>Connects a format command to the engine's formatter, which the engine keeps to itself.</summary>
internal static class EngineFormatter
{
    private const BindingFlags Hidden = BindingFlags.Instance | BindingFlags.NonPublic | BindingFlags.Public;

    internal static void Give(FrontEndCommandBase command, string shape)
    {
        Assembly engine = typeof(FrontEndCommandBase).Assembly;
        string room = typeof(FrontEndCommandBase).Namespace!;
        Type formatter = engine.GetType($"{room}.InnerFormatShapeCommand", throwOnError: true)!;
        Type shapes = engine.GetType($"{room}.FormatShape", throwOnError: true)!;
        object implementation = Activator.CreateInstance(
            formatter, Hidden, binder: null, [Enum.Parse(shapes, shape)], culture: null)!;
        typeof(FrontEndCommandBase).GetField("implementation", Hidden)!.SetValue(command, implementation);
    }
}
