using GoCross.Errors;
using GoCross.Runs;
using GoCross.Tests.Elf;

namespace GoCross.Tests.Runs;

/// <summary>What cannot start is explained before anything is started.</summary>
public sealed class RunPlannerTests(Subject subject, BuiltPrograms programs) : IClassFixture<Subject>, IClassFixture<BuiltPrograms>
{
    private static readonly RunOptions Default = new() { WorkingDirectory = Path.GetTempPath() };

    [ToolFact("aarch64-linux-gnu-gcc", "qemu-aarch64-static")]
    public async Task A_dynamic_foreign_program_gets_the_libraries_of_the_cross_compiler()
    {
        string program = programs.C("aarch64-linux-gnu-gcc", "hello.c");

        RunOutcome found = await Run(program, Default);
        RunOutcome given = await Run(program, Default with { SysRoot = "/usr/aarch64-linux-gnu" });
        RunOutcome variable = await Run(program, Default with
        {
            Environment = new Dictionary<string, string?> { ["QEMU_LD_PREFIX"] = "/usr/aarch64-linux-gnu" },
        });

        Assert.All([found, given, variable], outcome =>
        {
            Assert.Null(outcome.Failure);
            Assert.Equal("ready\n", outcome.Run.Output);
            Assert.Equal("/usr/aarch64-linux-gnu", outcome.Run.SysRoot);
            Assert.Equal(["-L", "/usr/aarch64-linux-gnu", program], outcome.Run.CommandLine.Skip(1));
        });
    }

    [ToolFact("aarch64-linux-gnu-gcc", "qemu-aarch64-static")]
    public async Task A_loader_that_is_not_in_the_sysroot_is_named_with_the_package_that_has_it()
    {
        string program = programs.C("aarch64-linux-gnu-gcc", "hello.c");

        RunOutcome outcome = await Run(program, Default with { SysRoot = subject.Folder });

        Assert.Equal("RunFilesMissing", outcome.Failure!.ErrorId);
        Assert.Contains("/lib/ld-linux-aarch64.so.1", outcome.Run.Reason, StringComparison.Ordinal);
        Assert.Contains(subject.Folder, outcome.Run.Reason, StringComparison.Ordinal);
        Assert.Contains("libc6-arm64-cross", outcome.Failure.Fix, StringComparison.Ordinal);
        Assert.Null(outcome.Run.Duration);

        // QEMU itself says so, too.
        Assert.Contains("ld-linux-aarch64.so.1", Programs.Run("qemu-aarch64-static", ["-L", subject.Folder, program]).StandardError, StringComparison.Ordinal);
    }

    [ToolFact("aarch64-linux-gnu-gcc", "qemu-aarch64-static")]
    public async Task A_library_that_is_not_in_the_sysroot_is_named()
    {
        string root = Path.Combine(subject.Folder, "sysroot");
        Directory.CreateDirectory(Path.Combine(root, "lib"));
        File.Copy("/usr/aarch64-linux-gnu/lib/ld-linux-aarch64.so.1", Path.Combine(root, "lib", "ld-linux-aarch64.so.1"), overwrite: true);

        RunOutcome outcome = await Run(programs.C("aarch64-linux-gnu-gcc", "hello.c"), Default with { SysRoot = root });

        Assert.Equal("RunFilesMissing", outcome.Failure!.ErrorId);
        Assert.StartsWith("libc.so.6", outcome.Run.Reason, StringComparison.Ordinal);
    }

    [ToolFact("gcc")]
    public async Task A_native_program_s_missing_loader_and_libraries_are_named()
    {
        string loader = programs.C("gcc", "hello.c", "-Wl,--dynamic-linker=/nowhere/ld.so");
        string library = programs.C("gcc", "lib.c", "-shared", "-Wl,-soname,libnowhere.so.7");
        string program = programs.C("gcc", "hello.c", "-Wl,--no-as-needed", library);

        RunOutcome noLoader = await Run(loader, Default);
        RunOutcome noLibrary = await Run(program, Default);

        Assert.All([noLoader, noLibrary], outcome => Assert.Equal("RunFilesMissing", outcome.Failure!.ErrorId));
        Assert.Contains("/nowhere/ld.so", noLoader.Run.Reason, StringComparison.Ordinal);
        Assert.Contains("libnowhere.so.7", noLibrary.Run.Reason, StringComparison.Ordinal);

        // The kernel and the loader agree that neither starts.
        Assert.Equal("ProcessStartFailed", Assert.Throws<GoCrossException>(() => Programs.Run(loader, [])).ErrorId);
        Assert.Contains("libnowhere.so.7", Programs.Run(program, []).StandardError, StringComparison.Ordinal);
    }

    [ToolFact("gcc")]
    public async Task LD_LIBRARY_PATH_counts()
    {
        string library = programs.C("gcc", "lib.c", "-shared", "-Wl,-soname,libpath.so.1");
        string program = programs.C("gcc", "hello.c", "-Wl,--no-as-needed", library, "-g");
        string folder = Path.Combine(subject.Folder, "libraries");
        Directory.CreateDirectory(folder);
        File.Copy(library, Path.Combine(folder, "libpath.so.1"), overwrite: true);

        RunOutcome outcome = await Run(
            program, Default with { Environment = new Dictionary<string, string?> { ["LD_LIBRARY_PATH"] = folder } });

        Assert.Equal("ready\n", outcome.Run.Output);
        Assert.Equal("RunFilesMissing", (await Run(program, Default)).Failure!.ErrorId);
    }

    [ToolFact("go")]
    public async Task A_program_that_nobody_may_execute_is_told_as_such()
    {
        string program = subject.Copy(subject.For(), "plain");
        Programs.Output("/bin/chmod", ["644", program]);

        RunOutcome outcome = await Run(program, Default);

        Assert.Equal("RunNotExecutable", outcome.Failure!.ErrorId);
        Assert.Contains("0644", outcome.Run.Reason, StringComparison.Ordinal);
        Assert.Contains($"chmod +x \"{program}\"", outcome.Failure.Fix, StringComparison.Ordinal);
    }

    [ToolTheory("go")]
    [InlineData("windows", "amd64", "windows/amd64")]
    [InlineData("darwin", "arm64", "darwin/arm64")]
    [InlineData("freebsd", "amd64", "freebsd/amd64")]
    public async Task A_program_of_another_system_is_told_as_such(string os, string architecture, string target)
    {
        RunOutcome outcome = await Run(subject.Idle(os, architecture), Default);

        Assert.Equal("RunOtherSystem", outcome.Failure!.ErrorId);
        Assert.Equal(target, outcome.Run.Target);
        Assert.Contains(os, outcome.Run.Reason, StringComparison.Ordinal);
    }

    [ToolFact("go", "gcc", "ar")]
    public async Task What_is_no_program_is_told_for_what_it_is()
    {
        byte[] whole = await File.ReadAllBytesAsync(subject.For());
        var files = new Dictionary<string, (byte[] Content, string Said)>
        {
            ["script"] = ("#!/bin/sh -e\necho hello\n"u8.ToArray(), "/bin/sh -e"),
            ["text"] = ("hello\n"u8.ToArray(), "not a program"),
            ["wasm"] = ([0, (byte)'a', (byte)'s', (byte)'m', 1, 0, 0, 0], "WebAssembly"),
            ["archive"] = ("!<arch>\n"u8.ToArray(), "archive"),
            ["cut"] = (whole[..(whole.Length / 2)], "cut off"),
            ["head"] = (whole[..20], ""),
        };
        foreach ((string name, (byte[] content, string said)) in files)
        {
            string path = Path.Combine(subject.Folder, name);
            await File.WriteAllBytesAsync(path, content);
            Programs.Output("/bin/chmod", ["755", path]);

            RunOutcome outcome = await Run(path, Default);

            Assert.Equal("RunNoProgram", outcome.Failure!.ErrorId);
            Assert.False(outcome.Run.Success);
            Assert.Contains(said, outcome.Run.Reason, StringComparison.OrdinalIgnoreCase);
            Assert.Null(outcome.Run.ExitCode);
        }

        Assert.Equal("RunNoProgram", (await Run(programs.C("gcc", "lib.c", "-shared"), Default)).Failure!.ErrorId);
        Assert.Equal("RunNoProgram", (await Run(programs.C("gcc", "hello.c", "-c"), Default)).Failure!.ErrorId);
    }

    [Fact]
    public async Task Where_there_is_no_file_there_is_no_run()
    {
        string empty = Path.Combine(subject.Folder, "empty");
        await File.WriteAllBytesAsync(empty, []);

        Assert.Equal("PathNotFound", (await Assert.ThrowsAsync<GoCrossException>(() => Run("/nowhere/program", Default))).ErrorId);
        Assert.Equal("PathIsDirectory", (await Assert.ThrowsAsync<GoCrossException>(() => Run(subject.Folder, Default))).ErrorId);
        Assert.Equal("FileEmpty", (await Assert.ThrowsAsync<GoCrossException>(() => Run(empty, Default))).ErrorId);
        Assert.Equal("FileEmpty", (await Assert.ThrowsAsync<GoCrossException>(() => Run("/dev/null", Default))).ErrorId);
    }

    private static async Task<RunOutcome> Run(string program, RunOptions options)
    {
        var runner = new BinaryRunner(options);
        return await runner.RunAsync(runner.Plan(program, CancellationToken.None), CancellationToken.None);
    }
}
