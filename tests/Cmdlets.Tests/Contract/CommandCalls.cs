using System.Management.Automation;
using System.Management.Automation.Language;

namespace GoCross.Cmdlets.Tests.Contract;

/// <summary>Reads the calls of a module's cmdlets in a script, without running it.</summary>
internal static class CommandCalls
{
    /// <summary>Names of parameters that no cmdlet of the module has, where a script gives them to it.</summary>
    internal static IEnumerable<string> Problems(Ast script, PSModuleInfo module)
    {
        foreach (CommandAst call in script.FindAll(node => node is CommandAst, searchNestedScriptBlocks: true).Cast<CommandAst>())
        {
            if (call.GetCommandName() is not { } name || !module.ExportedCmdlets.TryGetValue(name, out CmdletInfo? cmdlet))
            {
                continue;
            }

            foreach (CommandParameterAst parameter in call.CommandElements.OfType<CommandParameterAst>())
            {
                if (!Has(cmdlet, parameter.ParameterName))
                {
                    yield return $"{call.Extent.StartLineNumber}: {name} has no parameter -{parameter.ParameterName}";
                }
            }
        }
    }

    private static bool Has(CmdletInfo cmdlet, string name) => cmdlet.Parameters.Values.Any(parameter =>
        parameter.Name.StartsWith(name, StringComparison.OrdinalIgnoreCase)
        || parameter.Aliases.Contains(name, StringComparer.OrdinalIgnoreCase));
}
