using System.Text.Json;
using GoCross.Builds;

namespace GoCross.Tests.Builds;

public sealed class ProvenanceTests : IDisposable
{
    private const string Secret = "s3cr3t-of-the-caller";
    private const string Module = "module example.com/x\n\ngo 1.21\n";

    private readonly string? _before = Environment.GetEnvironmentVariable("GOCROSS_TEST_TOKEN");

    public ProvenanceTests() => Environment.SetEnvironmentVariable("GOCROSS_TEST_TOKEN", Secret);

    [ToolFact("go", "git", "sha256sum")]
    public async Task The_statement_says_what_trimpath_keeps_out_of_the_program_and_no_secret()
    {
        using GoWorkspace workspace = Workspace();
        var options = new BuildOptions
        {
            LdFlags = "-X main.version=1.2",
            Tags = ["extra"],
            Environment = new Dictionary<string, string> { ["MY_TOKEN"] = Secret, ["GOFLAGS"] = "-tags=more" },
            Provenance = OutputTemplate.Create(workspace.Output, "{name}.intoto.json"),
        };

        BuildOutcome outcome = await workspace.BuildAsync(options: options);

        Assert.Null(outcome.Failure?.Message);
        GoBuild build = outcome.Build;
        string text = File.ReadAllText(build.ProvenancePath!);
        Assert.DoesNotContain(Secret, text + build.Command + string.Join(' ', build.Environment.Values), StringComparison.Ordinal);
        using var document = JsonDocument.Parse(text);
        JsonElement statement = document.RootElement;

        // The fields that in-toto's statement v1 and SLSA's provenance v1 require.
        Assert.Equal("https://in-toto.io/Statement/v1", statement.GetProperty("_type").GetString());
        Assert.Equal("https://slsa.dev/provenance/v1", statement.GetProperty("predicateType").GetString());
        JsonElement subject = Assert.Single(statement.GetProperty("subject").EnumerateArray());
        Assert.Equal(Path.GetFileName(build.Path), subject.GetProperty("name").GetString());
        Assert.Equal(Programs.Output("sha256sum", [build.Path!])[..64], subject.GetProperty("digest").GetProperty("sha256").GetString());
        JsonElement definition = statement.GetProperty("predicate").GetProperty("buildDefinition");
        Assert.NotEmpty(definition.GetProperty("buildType").GetString()!);
        JsonElement external = definition.GetProperty("externalParameters");
        Assert.Equal("-X main.version=1.2", external.GetProperty("ldflags").GetString());
        Assert.Equal(["extra"], external.GetProperty("tags").EnumerateArray().Select(tag => tag.GetString()));
        JsonElement environment = definition.GetProperty("internalParameters").GetProperty("environment");
        Assert.Equal("0", environment.GetProperty("CGO_ENABLED").GetString());
        Assert.Equal("-tags=more", environment.GetProperty("GOFLAGS").GetString());
        Assert.Equal("***", environment.GetProperty("MY_TOKEN").GetString());
        JsonElement source = Assert.Single(definition.GetProperty("resolvedDependencies").EnumerateArray());
        Assert.Equal(
            Programs.Output("git", ["rev-parse", "HEAD"], workspace.Source).Trim(),
            source.GetProperty("digest").GetProperty("gitCommit").GetString());
        JsonElement run = statement.GetProperty("predicate").GetProperty("runDetails");
        Assert.NotEmpty(run.GetProperty("builder").GetProperty("id").GetString()!);
        Assert.True(run.GetProperty("metadata").GetProperty("startedOn").GetDateTimeOffset() <= run.GetProperty("metadata").GetProperty("finishedOn").GetDateTimeOffset());
    }

    [ToolFact("go")]
    public async Task A_build_that_fails_leaves_no_statement_and_an_old_one_is_not_replaced_unasked()
    {
        using var workspace = new GoWorkspace(("go.mod", Module), ("main.go", "package main\n\nfunc main() { wrong }\n"));
        var options = new BuildOptions { Provenance = OutputTemplate.Create(workspace.Output, "{name}.intoto.json") };

        Assert.Equal("BuildFailed", (await workspace.BuildAsync(options: options)).Failure!.ErrorId);
        Assert.False(Directory.Exists(workspace.Output));

        workspace.Write("main.go", "package main\n\nfunc main() {}\n");
        string statement = Path.Combine(Directory.CreateDirectory(workspace.Output).FullName, "x.intoto.json");
        File.WriteAllText(statement, "mine");
        Assert.Equal("FileExists", (await workspace.BuildAsync(options: options)).Failure!.ErrorId);
        Assert.Equal("mine", File.ReadAllText(statement));
        Assert.Equal([statement], Directory.GetFileSystemEntries(workspace.Output));
    }

    [ToolFact("go")]
    public async Task A_folder_for_statements_that_cannot_be_written_is_named_before_anything_is_built()
    {
        using var workspace = new GoWorkspace(("go.mod", Module), ("main.go", "package main\n\nfunc main() {}\n"));

        BuildOutcome outcome = await workspace.BuildAsync(
            options: new BuildOptions { Provenance = OutputTemplate.Create("/sys/kernel", "{name}.intoto.json") });

        Assert.Equal("OutputNotWritable", outcome.Failure?.ErrorId);
        Assert.StartsWith("\"/sys/kernel/x.intoto.json\"", outcome.Failure!.Message, StringComparison.Ordinal);
        Assert.False(Directory.Exists(workspace.Output));
    }

    public void Dispose() => Environment.SetEnvironmentVariable("GOCROSS_TEST_TOKEN", _before);

    private static GoWorkspace Workspace()
    {
        var workspace = new GoWorkspace(("go.mod", Module), ("main.go", "package main\n\nvar version string\n\nfunc main() { println(version) }\n"));
        Programs.Output("git", ["init", "-q"], workspace.Source);
        Programs.Output("git", ["add", "."], workspace.Source);
        Programs.Output("git", ["-c", "user.name=t", "-c", "user.email=t@example.com", "commit", "-q", "-m", "first"], workspace.Source);
        return workspace;
    }
}
