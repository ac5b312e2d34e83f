using System.Text.RegularExpressions;
using GoCross.Errors;
using GoCross.Targets;

namespace GoCross.Builds;

/// <summary>
/// Where outputs go: a path with placeholders. <c>{name}</c> is the program, <c>{os}</c>, <c>{arch}</c> and
/// <c>{variant}</c> the target, <c>{strategy}</c> the strategy in lower case, <c>{ext}</c> the system's ending of
/// programs with its dot (.exe, .wasm, or nothing). Where a target has no variant, <c>{variant}</c> goes away together
/// with one separator (_ - . /) before it.
/// </summary>
public sealed partial class OutputTemplate
{
    /// <summary>The name of a file where the user gives none, or a folder.</summary>
    public const string DefaultFileName = "{name}_{os}_{arch}_{variant}_{strategy}{ext}";

    /// <summary>The folder beneath the user's location where the user gives none.</summary>
    public const string DefaultFolder = "dist";

    private static readonly string[] Placeholders = ["name", "os", "arch", "variant", "strategy", "ext"];

    private readonly string _folder;
    private readonly string _template;

    private OutputTemplate(string folder, string template)
    {
        _folder = folder;
        _template = template;
    }

    /// <summary>Takes a template.</summary>
    /// <param name="folder">The full path of the folder that the template starts at. Braces in it are letters of its name.</param>
    /// <param name="template">A relative path with placeholders, such as <see cref="DefaultFileName"/>.</param>
    /// <exception cref="GoCrossException">OutputPlaceholderUnknown.</exception>
    public static OutputTemplate Create(string folder, string template)
    {
        foreach (Match match in Placeholder().Matches(template))
        {
            if (!Placeholders.Contains(match.Groups["name"].Value.ToLowerInvariant()))
            {
                throw GoCrossException.Create(
                    ErrorKind.InvalidArgument,
                    nameof(Messages.OutputPlaceholderUnknown),
                    match.Value,
                    string.Join(", ", Placeholders.Select(name => $"{{{name}}}")));
            }
        }

        return new OutputTemplate(folder, template);
    }

    /// <summary>The folder that all outputs are in or beneath: what is before the first placeholder.</summary>
    internal string Folder
    {
        get
        {
            int brace = _template.IndexOf('{', StringComparison.Ordinal);
            return Path.TrimEndingDirectorySeparator(Path.GetFullPath(Path.Join(
                _folder, Path.GetDirectoryName(brace < 0 ? _template : _template[..brace]))));
        }
    }

    /// <summary>Whether a placeholder is used.</summary>
    internal bool Uses(string name) => Placeholder().Matches(_template)
        .Any(match => match.Groups["name"].Value.Equals(name, StringComparison.OrdinalIgnoreCase));

    /// <summary>The path of one output.</summary>
    /// <param name="package">The package.</param>
    /// <param name="target">The target.</param>
    /// <param name="strategy">The strategy.</param>
    public string Expand(GoPackage package, BuildTarget target, BuildStrategy strategy) =>
        Path.GetFullPath(Path.Join(_folder, Placeholder().Replace(_template, match =>
        {
            string separator = match.Groups["separator"].Value;
            return match.Groups["name"].Value.ToLowerInvariant() switch
            {
                "name" => separator + package.Name,
                "os" => separator + target.Os,
                "arch" => separator + target.Architecture,
                "variant" => target.VariantName is { } variant ? separator + variant.Replace(',', '-') : string.Empty,
                "strategy" => separator + strategy.ToString().ToLowerInvariant(),
                _ => separator + ExtensionOf(target),
            };
        })));

    private static string ExtensionOf(BuildTarget target) => target switch
    {
        { Os: "windows" } => ".exe",
        { Architecture: "wasm" } => ".wasm",
        _ => string.Empty,
    };

    [GeneratedRegex(@"(?<separator>[_\-./\\]?)\{(?<name>[A-Za-z]+)\}")]
    private static partial Regex Placeholder();
}
