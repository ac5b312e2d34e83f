using System.Management.Automation;
using System.Management.Automation.Language;
using System.Management.Automation.Runspaces;
using System.Reflection;

namespace GoCross.Shell.Commands;

/// <summary>The commands that pwsh ships as modules and that the engine alone lacks. Help.txt lists them.</summary>
internal static class MissingCommands
{
    private const string Resource = "MissingCommands.ps1";

    /// <summary>Puts them into a session that is about to open.</summary>
    internal static void AddTo(InitialSessionState state)
    {
        state.Commands.Add(new SessionStateCmdletEntry("Format-Table", typeof(FormatTableCommand), null));
        state.Commands.Add(new SessionStateCmdletEntry("Format-List", typeof(FormatListCommand), null));
        state.Commands.Add(new SessionStateCmdletEntry("Select-Object", typeof(SelectObjectCommand), null));
        state.Commands.Add(new SessionStateCmdletEntry("Sort-Object", typeof(SortObjectCommand), null));
        foreach (FunctionDefinitionAst function in Functions())
        {
            // The body with its braces stands for a script block; a function's definition is what is between them.
            string body = function.Body.Extent.Text;
            state.Commands.Add(new SessionStateFunctionEntry(function.Name, body[1..^1]));
        }
    }

    private static IEnumerable<FunctionDefinitionAst> Functions()
    {
        using Stream stream = Assembly.GetExecutingAssembly().GetManifestResourceStream(Resource)!;
        using var reader = new StreamReader(stream);
        ScriptBlockAst script = Parser.ParseInput(reader.ReadToEnd(), out _, out ParseError[] errors);
        return errors.Length == 0
            ? script.FindAll(node => node is FunctionDefinitionAst, searchNestedScriptBlocks: false).Cast<FunctionDefinitionAst>()
            : throw new ParseException(errors);
    }
}
