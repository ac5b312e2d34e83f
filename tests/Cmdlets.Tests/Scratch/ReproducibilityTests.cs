using System.Diagnostics;
using System.Security.Cryptography;
using GoCross.Cmdlets.Tests.Support;

namespace GoCross.Cmdlets.Tests.Scratch;

/// <summary>The bytes of what is written, from processes with other surroundings.</summary>
public sealed class ReproducibilityTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("gocross-test-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Trait("Speed", "Slow")]
    [ToolFact("go", "sh")]
    public void Time_zone_umask_locale_and_location_do_not_matter()
    {
        GoProgram.Build(GoProgram.Needy, Path.Combine(_folder, "bin", "api"));

        string[] first = Write("first", "umask 022; export TZ=UTC LC_ALL=C");
        string[] second = Write("second", "umask 077; export TZ=Asia/Kathmandu LC_ALL=de_DE.UTF-8 HOME=/");

        Assert.Equal(8, first.Length);
        Assert.Equal(first, second);
    }

    [Trait("Speed", "Slow")]
    [ToolFact("go", "sh")]
    public void The_source_date_is_the_time_of_all_and_nothing_else_changes_it()
    {
        GoProgram.Build(GoProgram.Needy, Path.Combine(_folder, "bin", "api"));

        string[] unset = Write("unset", "unset SOURCE_DATE_EPOCH");
        string[] zero = Write("zero", "export SOURCE_DATE_EPOCH=0");
        string[] later = Write("later", "export SOURCE_DATE_EPOCH=1700000000");

        Assert.Equal(unset, zero);
        Assert.NotEqual(zero, later);
        Assert.Equal(
            "2023-11-14T22:13:20Z",
            Run("tar", "-xOf", Path.Combine(_folder, "later", "api.tar"), "--wildcards", "blobs/sha256/*")
                .Split("{\"created\":\"")[1].Split('"')[0]);
    }

    [Trait("Speed", "Slow")]
    [ToolFact("go", "sh")]
    public void A_source_date_that_is_none_is_an_error()
    {
        GoProgram.Build(GoProgram.Plain, Path.Combine(_folder, "bin", "api"));

        using Process shell = Start("bad", "export SOURCE_DATE_EPOCH=yesterday");
        PowerShellResult result = PowerShellProcess.Finish(shell);

        Assert.Equal(1, result.ExitCode);
        Assert.Contains("yesterday", result.Error + result.Output, StringComparison.Ordinal);
        Assert.False(File.Exists(Path.Combine(_folder, "bad", "api.tar")));
    }

    /// <summary>Writes a Dockerfile and an image in a process of their own and gives the hashes of all files, by name.</summary>
    private string[] Write(string name, string surroundings)
    {
        using Process shell = Start(name, surroundings);
        PowerShellResult result = PowerShellProcess.Finish(shell);
        Assert.True(result.ExitCode == 0, result.Output + result.Error);
        string folder = Path.Combine(_folder, name);
        return
        [
            .. Directory.GetFiles(folder, "*", SearchOption.AllDirectories)
                .Order(StringComparer.Ordinal)
                .Select(file => $"{Path.GetRelativePath(folder, file)} {Convert.ToHexString(SHA256.HashData(File.ReadAllBytes(file)))}"),
        ];
    }

    private Process Start(string name, string surroundings)
    {
        string folder = Path.Combine(_folder, name);
        Directory.CreateDirectory(folder);
        File.Copy(Path.Combine(_folder, "bin", "api"), Path.Combine(folder, "api"));
        const string Command =
            "$ErrorActionPreference = 'Stop'; $null = New-ScratchImage ./api -OutputPath ./api.tar; $null = New-ScratchDockerfile ./api";
        return PowerShellProcess.Start(
            "/bin/sh", ["-c", surroundings + "; exec dotnet \"$@\"", "sh", .. PowerShellProcess.Arguments(Command)], folder);
    }

    private static string Run(string program, params string[] arguments)
    {
        using Process process = Process.Start(
            new ProcessStartInfo(Tools.Require(program), arguments) { RedirectStandardOutput = true })!;
        string output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return output;
    }
}
