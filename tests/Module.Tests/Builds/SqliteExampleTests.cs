using GoCross.Builds;
using GoCross.Elf;
using GoCross.Targets;

namespace GoCross.Tests.Builds;

/// <summary>SQLite's quarter of a million lines of C, linked with musl for two machines.</summary>
public sealed class SqliteExampleTests
{
    [Trait("Speed", "Slow")]
    [ToolTheory("go", "musl-gcc", "aarch64-linux-musl-gcc", "qemu-aarch64-static", "examples/sqlite-cgo/sqlite3.c")]
    [InlineData("linux/amd64")]
    [InlineData("linux/arm64")]
    public async Task It_is_static_with_musl_and_finds_again_what_it_kept(string target)
    {
        using GoWorkspace workspace = GoWorkspace.Example("sqlite-cgo");

        BuildOutcome outcome = await workspace.BuildAsync(target, BuildStrategy.Auto);

        Assert.Null(outcome.Failure?.Message);
        GoBuild build = outcome.Build;
        Assert.Equal((BuildStrategy.Musl, ElfLinkage.Static, Verdict.Yes), (build.Strategy, build.Linkage!.Value, build.RunsInScratch));
        string database = Path.Combine(workspace.Output, "words.db");
        string[] command = build.Architecture == "arm64" ? ["qemu-aarch64-static", build.Path!] : [build.Path!];
        Assert.Matches(
            $"^sqlite-cgo {target}: SQLite 3[.0-9]+ found scratch, static\n$", Programs.Output(command[0], [.. command[1..], database]));

        // SQLite's file format: the first sixteen bytes.
        Assert.Equal("SQLite format 3\0"u8.ToArray(), File.ReadAllBytes(database)[..16]);
    }
}
