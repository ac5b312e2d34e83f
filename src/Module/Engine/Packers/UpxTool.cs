using GoCross.Errors;
using GoCross.Processes;
using GoCross.Toolchains;

namespace GoCross.Packers;

/// <summary>The program upx, which packs files.</summary>
public sealed class UpxTool
{
    private static readonly string[] Names = ["upx", "upx-ucl"];

    private readonly string _path;

    private UpxTool(string path) => _path = path;

    /// <summary>Finds upx on PATH.</summary>
    /// <exception cref="GoCrossException">UpxMissing, with the command that installs it.</exception>
    public static UpxTool Find() => Names.Select(ProgramLookup.Find).FirstOrDefault(path => path is not null) is { } path
        ? new UpxTool(path)
        : throw GoCrossException.Create(ErrorKind.ToolMissing, nameof(Messages.UpxMissing), InstallHint.For(Names[0]));

    /// <summary>The command that packs a file, a word an item.</summary>
    /// <param name="input">The file's full path. It is not changed.</param>
    /// <param name="output">The packed file's full path.</param>
    /// <param name="method">How hard to compress.</param>
    public IReadOnlyList<string> CommandLine(string input, string output, UpxMethod method) =>
    [
        _path,
        "-q",
        .. method switch
        {
            UpxMethod.Best => ["--best"],
            UpxMethod.Lzma => ["--best", "--lzma"],
            _ => Array.Empty<string>(),
        },
        "-o",
        output,
        input,
    ];

    /// <summary>Packs a file.</summary>
    /// <param name="input">The file's full path. It is not changed.</param>
    /// <param name="output">The packed file's full path. Nothing may be there.</param>
    /// <param name="method">How hard to compress.</param>
    /// <param name="cancellation">Kills upx.</param>
    /// <exception cref="GoCrossException">UpxRefused, with what upx says.</exception>
    /// <exception cref="OperationCanceledException">Cancelled.</exception>
    public async Task PackAsync(string input, string output, UpxMethod method, CancellationToken cancellation)
    {
        IReadOnlyList<string> command = CommandLine(input, output, method);
        ProcessResult result = await ChildProcess.RunAsync(
            new ProcessRequest
            {
                FileName = command[0],
                Arguments = [.. command.Skip(1)],
                WorkingDirectory = Path.GetDirectoryName(output)!,

                // Options that a user keeps in a variable would change what is measured.
                Environment = new Dictionary<string, string?> { ["UPX"] = null },
            },
            cancellation).ConfigureAwait(false);
        if (result.ExitCode != 0)
        {
            string said = $"{result.StandardError}\n{result.StandardOutput}".Split('\n')
                .Select(line => line.Trim()).FirstOrDefault(line => line.StartsWith("upx: ", StringComparison.Ordinal)) ?? $"{result.ExitCode}";
            throw GoCrossException.Create(ErrorKind.ToolFailed, nameof(Messages.UpxRefused), input, said);
        }
    }
}
