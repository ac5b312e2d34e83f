using System.Text.RegularExpressions;
using GoCross.Formatting;
using GoCross.Names;
using GoCross.Processes;

namespace GoCross.Builds;

/// <summary>
/// Looks for the variables that were to be set at link time. Go's linker passes over a name that the program does not have
/// (cmd/link/internal/ld, addstrdata), and a stripped program has no names; what go compiled for it has.
/// </summary>
internal static partial class DefinedVariables
{
    private const string Main = "main";

    /// <summary>A warning for each variable that is in no package of a program.</summary>
    /// <param name="toolchain">The toolchain.</param>
    /// <param name="build">The program.</param>
    /// <param name="command">The command that built it.</param>
    /// <param name="names">The variables: import path, or main, and name.</param>
    /// <param name="cancellation">Ends the looking.</param>
    internal static async Task<IReadOnlyList<BuildDiagnostic>> FindMissingAsync(
        GoToolchain toolchain, BuildRequest build, BuildCommand command, IEnumerable<string> names, CancellationToken cancellation)
    {
        ProcessResult listed = await toolchain.Host.RunAsync(
            command.ToListRequest(["-deps", "-export", "-f", "{{.ImportPath}}\t{{.Export}}"]), cancellation).ConfigureAwait(false);
        if (listed.ExitCode != 0)
        {
            return [];
        }

        Dictionary<string, string> exports = listed.StandardOutput.Split('\n', StringSplitOptions.RemoveEmptyEntries)
            .Select(line => line.Split('\t'))
            .Where(parts => parts.Length == 2)
            .GroupBy(parts => parts[0], parts => parts[1], StringComparer.Ordinal)
            .ToDictionary(group => group.Key, group => group.First(), StringComparer.Ordinal);
        List<BuildDiagnostic> missing = [];
        foreach (IGrouping<string, string> package in names.GroupBy(name => name[..name.LastIndexOf('.')], StringComparer.Ordinal))
        {
            string path = package.Key == Main ? build.Package.ImportPath : package.Key;
            string[]? variables = exports.TryGetValue(path, out string? export)
                ? await VariablesAsync(toolchain, export, package.Key, cancellation).ConfigureAwait(false)
                : [];
            foreach (string name in variables is null ? [] : package.Where(name => !variables.Contains(name)))
            {
                string near = string.Join(
                    ", ", NearNames.Of(name[(package.Key.Length + 1)..], variables!.Select(known => known[(package.Key.Length + 1)..])).Select(known => $"{package.Key}.{known}"));
                missing.Add(new BuildDiagnostic
                {
                    Severity = DiagnosticSeverity.Warning,
                    Package = build.Package.ImportPath,
                    Message = export is null ? TextFormat.Fill(Texts.BuildDefineNoPackage, name, path)
                        : near.Length == 0 ? TextFormat.Fill(Texts.BuildDefineNoVariable, name)
                        : TextFormat.Fill(Texts.BuildDefineNearVariable, name, near),
                });
            }
        }

        return missing;
    }

    /// <summary>The package-level variables of a package; null where they cannot be told.</summary>
    private static async Task<string[]?> VariablesAsync(
        GoToolchain toolchain, string export, string package, CancellationToken cancellation)
    {
        if (export.Length == 0)
        {
            return null;
        }

        Dictionary<string, string?> environment = toolchain.BaseEnvironment();
        environment["GOFLAGS"] = GoFlagsVariable.None;
        ProcessResult result = await toolchain.Host.RunAsync(
            new ProcessRequest
            {
                FileName = toolchain.Command,
                Arguments = ["tool", "nm", export],
                WorkingDirectory = toolchain.Host.PathOf(toolchain.WorkingDirectory),
                Environment = environment,
            },
            cancellation).ConfigureAwait(false);
        return result.ExitCode != 0
            ? null
            :
            [
                .. result.StandardOutput.Split('\n').Select(line => DataSymbol().Match(line)).Where(match => match.Success)

                    // The dots in a path's last element are escaped (cmd/internal/objabi, PathToPrefix).
                    .Select(match => match.Groups["name"].Value.Replace("%2e", ".", StringComparison.Ordinal))
                    .Where(name => name.StartsWith(package + ".", StringComparison.Ordinal) && Identifier().IsMatch(name[(package.Length + 1)..])),
            ];
    }

    // What the compiler adds, such as ..inittask, is none.
    [GeneratedRegex(@"\A[\p{L}_][\p{L}\p{Nd}_]*\z")]
    private static partial Regex Identifier();

    // B, D and R: zeroed, written and read-only data (go tool nm).
    [GeneratedRegex(@"^\s*[0-9a-f]*\s+[BbDdRr]\s+(?<name>\S+)$")]
    private static partial Regex DataSymbol();
}
