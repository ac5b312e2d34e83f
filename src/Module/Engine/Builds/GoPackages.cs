using System.Text;
using System.Text.Json;
using GoCross.Errors;
using GoCross.GoBinaries;
using GoCross.Processes;

namespace GoCross.Builds;

/// <summary>Asks go which packages are meant (<c>go list</c>).</summary>
public static class GoPackages
{
    private const string Main = "main";
    private const int SuggestedPrograms = 5;

    /// <summary>The main packages that a reference stands for.</summary>
    /// <param name="toolchain">The toolchain, as it is in the reference's working directory.</param>
    /// <param name="reference">What the user typed.</param>
    /// <param name="target">The target: build constraints decide which files count.</param>
    /// <param name="tags">Build tags to add to those of GOFLAGS.</param>
    /// <param name="cancellation">Ends the asking.</param>
    /// <exception cref="GoCrossException">PackageNoModule; PackageNoGoFiles; PackageNotMain; PackageNoneMatched;
    /// PackageUnresolved; FlagsUnclosed.</exception>
    public static async Task<IReadOnlyList<GoPackage>> ResolveAsync(
        GoToolchain toolchain,
        PackageReference reference,
        BuildTarget target,
        IReadOnlyList<string> tags,
        CancellationToken cancellation)
    {
        List<string> arguments = ["list", "-e", "-find", "-json=Dir,ImportPath,Name,Error"];
        var flags = new GoFlags(new BuildOptions { Tags = tags }, toolchain.Flags);
        if (tags.Count > 0)
        {
            arguments.Add("-tags=" + string.Join(',', flags.TagsFor(BuildStrategy.Static)));
        }

        ProcessResult result = await ListAsync(
            toolchain, reference, target, [.. arguments, "--", reference.Pattern], cancellation).ConfigureAwait(false);
        string said = GoErrorText.Of(result.StandardError, result.ExitCode);
        if (result.ExitCode != 0)
        {
            bool noModule = said.Contains("go.mod file not found", StringComparison.Ordinal)
                || said.Contains("cannot find main module", StringComparison.Ordinal);
            throw noModule
                ? GoCrossException.Create(ErrorKind.NotFound, nameof(Messages.PackageNoModule), reference.WorkingDirectory)
                : GoCrossException.Create(ErrorKind.InvalidData, nameof(Messages.PackageUnresolved), reference.Text, said);
        }

        List<Listed> found = Read(result.StandardOutput);
        if (reference.IsPattern)
        {
            Listed[] programs = [.. found.Where(package => package.Name == Main)];
            return programs.Length > 0
                ? [.. programs.Select(package => ToPackage(package, reference.WorkingDirectory, package.ImportPath))]
                : throw GoCrossException.Create(
                    ErrorKind.NotFound, nameof(Messages.PackageNoneMatched), reference.Text, reference.WorkingDirectory);
        }

        Listed one = found.Count == 1
            ? found[0]
            : throw GoCrossException.Create(ErrorKind.InvalidData, nameof(Messages.PackageUnresolved), reference.Text, said);
        if (one.Name != Main && !one.ExcludedByConstraints)
        {
            throw await ExplainAsync(toolchain, reference, target, one, cancellation).ConfigureAwait(false);
        }

        return [ToPackage(one, reference.WorkingDirectory, reference.Pattern)];
    }

    private static async Task<GoCrossException> ExplainAsync(
        GoToolchain toolchain,
        PackageReference reference,
        BuildTarget target,
        Listed package,
        CancellationToken cancellation)
    {
        bool isFolder = reference.Pattern == ".";
        string subject = isFolder ? reference.WorkingDirectory : reference.Text;
        if (package.Name.Length > 0)
        {
            return GoCrossException.Create(
                ErrorKind.InvalidArgument,
                nameof(Messages.PackageNotMain),
                subject,
                package.Name,
                await ProgramsBeneathAsync(toolchain, reference, target, cancellation).ConfigureAwait(false));
        }

        return package.Error.StartsWith("no Go files in", StringComparison.Ordinal)
            ? GoCrossException.Create(
                ErrorKind.NotFound,
                nameof(Messages.PackageNoGoFiles),
                subject,
                await ProgramsBeneathAsync(toolchain, reference, target, cancellation).ConfigureAwait(false))
            : GoCrossException.Create(ErrorKind.NotFound, nameof(Messages.PackageUnresolved), reference.Text, package.Error);
    }

    /// <summary>The programs beneath a folder, as a remedy names them, or how to find them.</summary>
    private static async Task<string> ProgramsBeneathAsync(
        GoToolchain toolchain, PackageReference reference, BuildTarget target, CancellationToken cancellation)
    {
        if (reference.Pattern != ".")
        {
            return Texts.ProgramsNone;
        }

        ProcessResult result = await ListAsync(
            toolchain,
            reference,
            target,
            ["list", "-e", "-find", "-f", "{{if eq .Name \"main\"}}{{.Dir}}{{end}}", "./..."],
            cancellation).ConfigureAwait(false);
        string[] folders = [.. result.StandardOutput.Split('\n', StringSplitOptions.RemoveEmptyEntries).Take(SuggestedPrograms)];
        return folders.Length == 0
            ? Texts.ProgramsNone
            : TextFormat.Fill(Texts.Programs, string.Join(", ", folders));
    }

    private static Task<ProcessResult> ListAsync(
        GoToolchain toolchain,
        PackageReference reference,
        BuildTarget target,
        IReadOnlyList<string> arguments,
        CancellationToken cancellation) =>
        ChildProcess.RunAsync(
            new ProcessRequest
            {
                FileName = toolchain.Command,
                Arguments = arguments,
                WorkingDirectory = reference.WorkingDirectory,
                Environment = target.Variables().ToDictionary(pair => pair.Key, pair => (string?)pair.Value),
            },
            cancellation);

    private static GoPackage ToPackage(Listed package, string workingDirectory, string argument) =>
        new(package.ImportPath, ProgramName(package.ImportPath, workingDirectory), package.Directory, workingDirectory, argument);

    private static string ProgramName(string importPath, string workingDirectory)
    {
        string name = GoProgramName.Of(importPath);

        // go list -e gives a folder that it cannot place for what it was called with.
        return name is "." or ".." ? Path.GetFileName(Path.TrimEndingDirectorySeparator(workingDirectory)) : name;
    }

    /// <summary>Reads the objects that go list writes one after another.</summary>
    private static List<Listed> Read(string json)
    {
        List<Listed> packages = [];
        ReadOnlySpan<byte> rest = Encoding.UTF8.GetBytes(json.TrimEnd());
        while (rest.Length > 0)
        {
            var reader = new Utf8JsonReader(rest);
            using JsonDocument document = JsonDocument.ParseValue(ref reader);
            JsonElement root = document.RootElement;
            packages.Add(new Listed(
                StringOf(root, "Dir"),
                StringOf(root, "ImportPath"),
                StringOf(root, "Name"),
                root.TryGetProperty("Error", out JsonElement error) ? StringOf(error, "Err") : string.Empty));
            rest = rest[(int)reader.BytesConsumed..];
        }

        return packages;
    }

    private static string StringOf(JsonElement element, string name) =>
        element.TryGetProperty(name, out JsonElement value) ? value.GetString() ?? string.Empty : string.Empty;

    private readonly record struct Listed(string Directory, string ImportPath, string Name, string Error)
    {
        /// <summary>Whether there are files, but none for the target that was asked for. Another target may have some.</summary>
        internal bool ExcludedByConstraints => Error.Contains("build constraints exclude all Go files", StringComparison.Ordinal);
    }
}
