using GoCross.Builds;
using GoCross.Errors;

namespace GoCross.Tests.Builds;

/// <summary>What is sent to a container; tar and the Go documentation say what is right.</summary>
public sealed class SourceArchiveTests
{
    private const string Module = "module example.com/x\n\ngo 1.21\n";

    [Fact]
    public void The_folders_are_those_of_the_module_or_the_workspace_and_of_what_replaces_others()
    {
        using var workspace = new GoWorkspace(
            ("one/go.mod", Module + "replace (\n\texample.com/a => ../a // near\n\texample.com/b v1.2.3 => \"./inner\"\n\texample.com/c => example.com/d v1.0.0\n)\n"),
            ("one/cmd/deep/main.go", "package main\n"),
            ("one/inner/go.mod", Module),
            ("a/go.mod", Module),
            ("work/go.work", "go 1.21\nuse ./app\nuse ../one\n"),
            ("work/app/go.mod", Module),
            ("none/main.go", "package main\n"));

        Assert.Equal(["a", "one"], Folders("one/cmd/deep"));
        Assert.Equal(["a", "one", "work"], Folders("work/app"));
        Assert.Equal(["work/app"], Folders("work/app", "off"));
        Assert.Equal(["a", "one", "work"], Folders("a", Path.Combine(workspace.Source, "work/go.work")));
        Assert.Empty(Folders("none"));

        string[] Folders(string folder, string? goWork = null) =>
        [
            .. SourceFolders.Of(Path.Combine(workspace.Source, folder), goWork)
                .Select(found => Path.GetRelativePath(workspace.Source, found))
                .Order(StringComparer.Ordinal),
        ];
    }

    [ToolFact("tar", "mkfifo")]
    public async Task The_archive_holds_what_tar_says_that_it_holds()
    {
        using var workspace = new GoWorkspace(
            ("go.mod", Module), ("main.go", "package main\n"), (".git/HEAD", "ref\n"), ("sub/.git", "gitdir: ../.git/modules/sub\n"), ("tool.sh", "#!/bin/sh\n"));
        Programs.Output("chmod", ["750", "tool.sh"], workspace.Source);
        Programs.Output("mkfifo", ["pipe"], workspace.Source);
        Programs.Output("ln", ["--symbolic", "/no/such/place", "link"], workspace.Source);

        Assert.Equal(
            [
                "drwx src/", "drwx src/.git/", "-rw- src/.git/HEAD", "-rw- src/go.mod", "lrwx src/link -> /no/such/place", "-rw- src/main.go",
                "drwx src/sub/", "-rw- src/sub/.git", "-rwx src/tool.sh",
            ],
            await ListAsync(withRepository: true));
        Assert.Equal(
            ["drwx src/", "-rw- src/go.mod", "lrwx src/link -> /no/such/place", "-rw- src/main.go", "drwx src/sub/", "-rwx src/tool.sh"],
            await ListAsync(withRepository: false));

        async Task<string[]> ListAsync(bool withRepository)
        {
            var archive = SourceArchive.Create(
                [workspace.Source], withRepository, path => path.Replace(workspace.Source, "/src", StringComparison.Ordinal), CancellationToken.None);
            string file = Path.Combine(Path.GetDirectoryName(workspace.Source)!, "archive.tar");
            await using (FileStream stream = File.Create(file))
            {
                await archive.WriteAsync(stream, CancellationToken.None);
            }

            // drwxr-xr-x 0/0 0 2026-01-01 00:00 src/
            return
            [
                .. Programs.Output("tar", ["--list", "--verbose", "--numeric-owner", "--file", file])
                    .Split('\n', StringSplitOptions.RemoveEmptyEntries)
                    .Select(line => line.Split(' ', 6, StringSplitOptions.RemoveEmptyEntries))
                    .Select(words => { Assert.Equal("0/0", words[1]); return $"{words[0][..4]} {words[5]}"; })
                    .OrderBy(line => line.Split(' ')[1], StringComparer.Ordinal),
            ];
        }
    }

    [Fact]
    public void What_is_too_large_is_an_error_that_names_the_largest()
    {
        using var workspace = new GoWorkspace(("go.mod", Module), ("small/a.txt", "a"));
        workspace.Write("big/data.bin", new string('x', 3 << 20));

        GoCrossException failure = Assert.Throws<GoCrossException>(() => SourceArchive.Create(
            [workspace.Source], withRepository: true, path => path, CancellationToken.None, maxBytes: 2 << 20));

        Assert.Equal("SourceTooLarge", failure.ErrorId);
        Assert.Contains("3 MiB, and no more than 2 MiB", failure.Message, StringComparison.Ordinal);
        Assert.Contains($"{Path.Combine(workspace.Source, "big")} (3,072 KiB)", failure.Fix, StringComparison.Ordinal);
    }
}
