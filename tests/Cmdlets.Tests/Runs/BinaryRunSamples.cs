using System.Management.Automation;
using GoCross.Cmdlets.Tests.Builds;
using GoCross.Cmdlets.Tests.Support;
using GoCross.Cmdlets.Tests.Views;

namespace GoCross.Cmdlets.Tests.Runs;

/// <summary>A program that succeeds, one that fails, one that is killed, one that cannot start, and tests that fail.</summary>
public sealed class BinaryRunSamples : IViewSample
{
    public string OutputType => "GoCross.Runs.BinaryRun";

    public IReadOnlyList<string> Tools => ["go", "qemu-aarch64-static"];

    public IReadOnlyList<PSObject> Create(SampleHost host)
    {
        GoProgram.Build(GoProgram.Plain, Path.Combine(host.Location, "plain"));
        GoProgram.Build(GoProgram.Plain, Path.Combine(host.Location, "plain-arm64"), "arm64");
        GoProgram.Build("package main\n\nimport \"time\"\n\nfunc main() { time.Sleep(time.Hour) }\n", Path.Combine(host.Location, "sleeper"));
        GoProgram.Build(
            "package main\n\nimport (\n\t\"fmt\"\n\t\"time\"\n)\n\nfunc main() { fmt.Println(\"ready\"); time.Sleep(time.Hour) }\n",
            Path.Combine(host.Location, "server"));
        File.WriteAllText(Path.Combine(host.Location, "script"), "#!/bin/sh\n");
        string tests = GoFolder.Write(host.Location, "tests", GoFolder.Hello);
        File.WriteAllText(
            Path.Combine(tests, "main_test.go"), "package main\n\nimport \"testing\"\n\nfunc TestWrong(t *testing.T) { t.Fail() }\n");
        return host.Run(
            """
            Test-GoBinary ./plain, ./plain-arm64
            Test-GoBinary ./plain -ExpectedExitCode 3 -ErrorAction SilentlyContinue
            Test-GoBinary ./sleeper -TimeLimit 0:00:00.2 -ErrorAction SilentlyContinue
            Test-GoBinary ./script -ErrorAction SilentlyContinue
            Test-GoBinary ./sleeper -ReadyPattern never -TimeLimit 0.2 -ErrorAction SilentlyContinue
            Test-GoBinary ./server -ReadyPattern ready
            Test-GoBinary -GoTest ./tests -ErrorAction SilentlyContinue
            """);
    }
}
