using GoCross.Cmdlets.Tests.Hosting;
using GoCross.Cmdlets.Tests.Support;

namespace GoCross.Cmdlets.Tests.Builds;

/// <summary>
/// A go command that says what the real one says, and whose builds never end: it writes half a program, starts children
/// of its own, leaves files in the temporary folder, and sleeps. Only its build for amd64 ends, with a program of the
/// real one. While it lives, folders for temporary files are made in a folder of its own, so that each is seen.
/// </summary>
internal sealed class SlowGo : IDisposable
{
    private readonly string _folder;
    private readonly string _temporary;
    private readonly string _output;
    private readonly string? _before = Environment.GetEnvironmentVariable("TMPDIR");

    internal SlowGo(ModuleHost host)
    {
        string package = GoFolder.Write(host.Location, "hello", GoFolder.Hello);
        _folder = Directory.CreateDirectory(Path.Combine(host.Location, "slow")).FullName;
        _temporary = Directory.CreateDirectory(Path.Combine(_folder, "tmp")).FullName;
        _output = Path.Combine(host.Location, "dist");
        Program = Path.Combine(_folder, "program");
        Command = Path.Combine(_folder, "go");
        GoProgram.Build(GoFolder.Hello, Program);
        Write("env", GoFolder.Go(package, "env", "-json"));
        Write("tool", GoFolder.Go(package, "tool", "dist", "list", "-json"));
        Write("list", GoFolder.Go(package, "list", "-e", "-find", "-json=Dir,ImportPath,Name,Error", "."));
        Write("go", $$"""
            #!/bin/sh
            export GOCROSS_TEST='{{_folder}}'
            [ "$1" = build ] || exec cat '{{_folder}}'/"$1"
            while [ "$1" != -o ]; do shift; done
            printf half > "$2"
            [ "$GOARCH" = amd64 ] && exec cp '{{Program}}' "$2"
            printf half > "$TMPDIR/work"
            sleep 300 &
            (sleep 300; sleep 300) &
            wait

            """);
        if (!OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(Command, UnixFileMode.UserRead | UnixFileMode.UserExecute);
        }

        Environment.SetEnvironmentVariable("TMPDIR", _temporary);
    }

    /// <summary>The full path of the command.</summary>
    internal string Command { get; }

    /// <summary>The program that its build for amd64 gives.</summary>
    internal string Program { get; }

    /// <summary>What is in the output folder: whole programs, and what is to be none.</summary>
    internal string[] Outputs() => Directory.Exists(_output) ? Directory.GetFileSystemEntries(_output) : [];

    /// <summary>What go has begun to write: not the empty file with which a build sees whether it may write at all.</summary>
    internal string[] HalfWritten() => [.. Outputs().Where(path => new FileInfo(path) is { Exists: true, Length: > 0 })];

    /// <summary>No process that bears our mark is left of it, and no temporary folder.</summary>
    internal void AssertNothingRuns()
    {
        Assert.Empty(RunningProcesses.That((command, environment) =>
            environment.Contains("GOCROSS_RUN=", StringComparison.Ordinal)
            && (environment.Contains(_folder, StringComparison.Ordinal) || command.Contains(_folder, StringComparison.Ordinal))));
        Assert.Empty(Directory.GetFileSystemEntries(_temporary, "gocross-*"));
    }

    public void Dispose() => Environment.SetEnvironmentVariable("TMPDIR", _before);

    private void Write(string name, string text) => File.WriteAllText(Path.Combine(_folder, name), text);
}
