using System.Diagnostics;
using GoCross.Errors;
using GoCross.Files;
using GoCross.Toolchains;

namespace GoCross.Tests.Toolchains;

/// <summary>PATH is the whole process's, so these stand in one collection with others that change the environment.</summary>
[Collection(Builds.EnvironmentCollection.Name)]
public sealed class ToolProbeTests : IDisposable
{
    private static readonly Distribution Bookworm = new(PackageSystem.Debian, "bookworm");

    private readonly TemporaryDirectory _folder = new();
    private readonly string? _path = Environment.GetEnvironmentVariable("PATH");

    public void Dispose()
    {
        Environment.SetEnvironmentVariable("PATH", _path);
        _folder.Dispose();
    }

    [ToolTheory("gcc", "qemu-aarch64-static", "git")]
    [InlineData("gcc", "-dumpfullversion")]
    [InlineData("git", "--version")]
    [InlineData("qemu-aarch64-static", "--version")]
    public async Task A_tool_s_version_is_what_it_says(string name, string argument)
    {
        Toolchain tool = await new ToolProbe(null).FindAsync(name, CancellationToken.None);

        Assert.True(tool.Found);
        Assert.Null(tool.Problem);
        Assert.Equal(Tools.Find(name), tool.Path);
        Assert.Contains(tool.Version!, Programs.Output(name, [argument]), StringComparison.Ordinal);
        Assert.Equal(3, tool.Version!.Split('.').Length);
    }

    [ToolFact("go")]
    public async Task Go_is_found_where_it_is_given_and_where_installers_put_it()
    {
        string go = Tools.Require("go");

        Toolchain given = await new ToolProbe(go).FindAsync("go", CancellationToken.None);
        Toolchain looked = await new ToolProbe(null).FindAsync("go", CancellationToken.None);

        Assert.Equal("go" + given.Version, Programs.Output("go", ["env", "GOVERSION"], environment: new Dictionary<string, string?> { ["GOTOOLCHAIN"] = "local" }).Trim());
        Assert.Equal(go, given.Path);
        Assert.True(looked.Found);
        Assert.Equal("GoPathInvalid", Assert.Throws<GoCrossException>(() => new ToolProbe(_folder.Path)).ErrorId);
    }

    [Theory]
    [InlineData("gcc (Debian 12.2.0-14+deb12u1) 12.2.0", "12.2.0")]
    [InlineData("gcc (GCC) 13.2.1 20230801 (Red Hat 13.2.1-1)", "13.2.1")]
    [InlineData("Apple clang version 15.0.0 (clang-1500.3.9.4)", "15.0.0")]
    [InlineData("go version go1.23.5 linux/amd64", "1.23.5")]
    [InlineData("go version devel go1.25-a76cc5a4ec Mon Jan 6 linux/amd64", "1.25-a76cc5a4ec")]
    [InlineData("qemu-aarch64 version 7.2.22 (Debian 1:7.2+dfsg-7+deb12u18)", "7.2.22")]
    [InlineData("Docker version 20.10.24+dfsg1, build 297e128", "20.10.24+dfsg1")]
    [InlineData("upx 4.2.2\nUCL data compression library 1.03", "4.2.2")]
    [InlineData("0.14.0-dev.2577+271452d22", "0.14.0-dev.2577+271452d22")]
    [InlineData("no number here", null)]
    public void A_version_is_told_from_the_first_line(string output, string? version) =>
        Assert.Equal(version, ToolDefinition.ReadVersion(output));

    [UnixFact]
    public async Task A_tool_that_fails_is_found_and_has_no_version_but_a_reason()
    {
        Write("upx", "echo 'upx: cannot open shared object' >&2; exit 127");

        Toolchain tool = await Probe(TimeSpan.FromSeconds(30)).FindAsync("upx", CancellationToken.None);

        Assert.True(tool.Found);
        Assert.Null(tool.Version);
        Assert.Contains("127", tool.Problem, StringComparison.Ordinal);
        Assert.Contains("cannot open shared object", tool.Problem, StringComparison.Ordinal);
    }

    [UnixFact]
    public async Task A_tool_that_says_no_version_or_cannot_be_started_is_told_as_such()
    {
        Write("upx", "echo hello");
        File.WriteAllText(Path.Combine(_folder.Path, "git"), "#!/nowhere/interpreter\n");
        Programs.Output("/bin/chmod", ["500", Path.Combine(_folder.Path, "git")]);

        Assert.Contains("hello", (await Probe(TimeSpan.FromSeconds(30)).FindAsync("upx", CancellationToken.None)).Problem, StringComparison.Ordinal);
        Assert.Contains("could not be started", (await Probe(TimeSpan.FromSeconds(30)).FindAsync("git", CancellationToken.None)).Problem, StringComparison.Ordinal);
    }

    [LinuxFact]
    public async Task A_tool_that_hangs_or_floods_is_given_up_and_killed()
    {
        // The shell is what holds the mark; both it and its child have to go.
        Write("upx", "sleep 300");
        Write("git", "exec /usr/bin/yes a-long-line-without-a-version");

        Toolchain[] tools = await Task.WhenAll(
            Probe(TimeSpan.FromMilliseconds(500)).FindAsync("upx", CancellationToken.None),
            Probe(TimeSpan.FromMilliseconds(500)).FindAsync("git", CancellationToken.None));

        Assert.All(tools, tool => Assert.Contains("did not answer", tool.Problem, StringComparison.Ordinal));
        Assert.DoesNotContain(Process.GetProcessesByName("yes"), process => CommandLine(process.Id).Contains("a-long-line", StringComparison.Ordinal));
    }

    [UnixFact]
    public async Task What_is_missing_has_a_command_or_a_note_and_never_both()
    {
        ToolProbe probe = Probe(TimeSpan.FromSeconds(1));

        Toolchain[] tools = await Task.WhenAll(ToolProbe.Names.Where(name => name != "go").Select(name => probe.FindAsync(name, CancellationToken.None)));

        Assert.All(tools, tool =>
        {
            Assert.False(tool.Found);
            Assert.Null(tool.Problem);
            Assert.NotEmpty(tool.NeededFor);
            Assert.True(tool.InstallCommand is null != tool.InstallNote is null, tool.Name);
        });
        Assert.Equal(tools.Length, tools.Select(tool => tool.Name).Distinct().Count());
    }

    private ToolProbe Probe(TimeSpan timeout)
    {
        Environment.SetEnvironmentVariable("PATH", _folder.Path);
        return new ToolProbe(null, Bookworm, timeout);
    }

    private void Write(string name, string script)
    {
        string path = Path.Combine(_folder.Path, name);
        File.WriteAllText(path, "#!/bin/sh\nPATH=/usr/bin:/bin\n" + script + "\n");
        Programs.Output("/bin/chmod", ["700", path]);
    }

    private static string CommandLine(int id)
    {
        try
        {
            return File.ReadAllText($"/proc/{id}/cmdline");
        }
        catch (IOException)
        {
            return "";
        }
    }
}
