using System.Management.Automation;
using GoCross.Cmdlets.Foundation;
using GoCross.Containers;

namespace GoCross.Cmdlets.Commands;

/// <summary>Writes the Dockerfile that fits a static program, with what it needs beside it.</summary>
[Cmdlet(VerbsCommon.New, "ScratchDockerfile", DefaultParameterSetName = PathSet, SupportsShouldProcess = true)]
[OutputType(typeof(ScratchDockerfile))]
public sealed class NewScratchDockerfileCommand : ScratchCmdlet
{
    private readonly List<ScratchProgram> _programs = [];

    /// <inheritdoc/>
    private protected override void ProcessPath(string fullPath)
    {
        if (TryRun(fullPath, () => ScratchProgram.Inspect(fullPath, StopToken), out ScratchProgram? program))
        {
            _programs.Add(program);
        }
    }

    /// <summary>Writes one Dockerfile for all the binaries: their platforms are known now.</summary>
    protected override void EndProcessing()
    {
        if (_programs.Count == 0)
        {
            return;
        }

        ScratchDockerfile dockerfile = RunOrEnd(
            _programs[0].Path, () => ScratchDockerfileWriter.Create(_programs, Destination("Dockerfile"), Options));
        string files = string.Join(", ", dockerfile.Files.Select(
            file => System.IO.Path.GetRelativePath(System.IO.Path.GetDirectoryName(dockerfile.Path)!, file)));
        if (!ShouldProcess(
            dockerfile.Path, $"Write {files} for {string.Join(", ", dockerfile.Platforms)}"))
        {
            return;
        }

        RunOrEnd(dockerfile.Path, () =>
        {
            ScratchDockerfileWriter.Write(dockerfile, Force);
            return dockerfile;
        });
        Warn(dockerfile.Warnings);
        WriteObject(dockerfile);
    }
}
