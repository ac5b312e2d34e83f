using System.Management.Automation;
using GoCross.Cmdlets.Errors;
using GoCross.Cmdlets.Foundation;
using GoCross.Errors;
using GoCross.Images;
using GoCross.Sboms;

namespace GoCross.Cmdlets.Commands;

/// <summary>Lists what Go programs, folders and images are made of, and writes it as CycloneDX or SPDX. Executes nothing.</summary>
[Cmdlet(VerbsCommon.Get, "GoSbom", DefaultParameterSetName = PathSet, SupportsShouldProcess = true)]
[OutputType(typeof(Sbom))]
public sealed class GetGoSbomCommand : SubjectCmdlet<Sbom>
{
    private const string SpdxExtension = ".spdx.json";
    private const string CycloneDxExtension = ".cdx.json";

    private readonly HashSet<string> _written = new(StringComparer.Ordinal);
    private string? _output;
    private bool _outputIsFolder;
    private SbomFormat _format;

    /// <summary>The file that the bill of materials is written to, or an existing folder for one file each.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string? OutputPath { get; set; }

    /// <summary>How it is written.</summary>
    [Parameter]
    public SbomFormat Format { get; set; }

    /// <summary>Replaces a file that stands there.</summary>
    [Parameter]
    public SwitchParameter Force { get; set; }

    /// <inheritdoc/>
    protected override void BeginProcessing()
    {
        base.BeginProcessing();
        if (OutputPath is not null)
        {
            _output = RunOrEnd(OutputPath, () => SessionPaths.Resolve(this, OutputPath));
            _outputIsFolder = Directory.Exists(_output);
        }

        _format = !MyInvocation.BoundParameters.ContainsKey(nameof(Format)) && _output?.EndsWith(SpdxExtension, StringComparison.OrdinalIgnoreCase) == true
            ? SbomFormat.Spdx
            : Format;
    }

    /// <inheritdoc/>
    private protected override Sbom OfProgram(string fullPath, CancellationToken cancellation) =>
        new SbomReader { CommandLine = CommandLine ?? [] }.ReadProgram(fullPath, cancellation);

    /// <inheritdoc/>
    private protected override Sbom OfFolder(string fullPath, Action<string, Exception> onUnreadable, CancellationToken cancellation) =>
        new SbomReader { OnUnreadable = onUnreadable }.ReadFolder(fullPath, cancellation);

    /// <inheritdoc/>
    private protected override Sbom OfImage(OpenImage image, CancellationToken cancellation) => new SbomReader().ReadImage(image, cancellation);

    /// <inheritdoc/>
    private protected override Sbom OfDocument(string fullPath) => SbomDocuments.Read(fullPath);

    /// <inheritdoc/>
    private protected override void Emit(string target, Sbom result)
    {
        // What asks the user is not to be taken for a failure of the writing.
        string? path = Confirmed(result);
        if (TryRun(target, () => Save(result, path), out Sbom? saved))
        {
            WriteObject(saved);
        }
    }

    // Where it is written to; null where it is not.
    private string? Confirmed(Sbom sbom)
    {
        WriteWarnings(sbom.Warnings);
        if (_output is null)
        {
            return null;
        }

        string path = _outputIsFolder ? System.IO.Path.Combine(_output, FileName(sbom)) : _output;
        return ShouldProcess(path, $"Write the bill of materials of {sbom.Name} as {_format}") ? path : null;
    }

    private Sbom Save(Sbom sbom, string? path)
    {
        if (path is null)
        {
            return sbom;
        }

        // With -Force the second would replace the first one unseen.
        return _written.Add(path)
            ? sbom.Save(path, _format, Force)
            : throw GoCrossException.FromResource(
                Messages.ResourceManager, ErrorKind.InvalidArgument, nameof(Messages.SbomDestinationTaken), null, sbom.Name, path);
    }

    private string FileName(Sbom sbom)
    {
        char[] name = sbom.Name.ToCharArray();
        for (int i = 0; i < name.Length; i++)
        {
            name[i] = char.IsLetterOrDigit(name[i]) || name[i] is '.' or '-' or '_' ? name[i] : '_';
        }

        return new string(name) + (_format == SbomFormat.Spdx ? SpdxExtension : CycloneDxExtension);
    }
}
