using GoCross.Errors;
using GoCross.Files;

namespace GoCross.Tests.Files;

public sealed class AtomicFileTests : IDisposable
{
    private readonly TemporaryDirectory _directory = new();

    private string Target => Path.Combine(_directory.Path, "result.bin");

    public void Dispose() => _directory.Dispose();

    [Fact]
    public void Committed_content_stands_under_the_name_and_nothing_else_is_left()
    {
        using (AtomicFile file = AtomicFile.Create(Target, overwrite: false))
        {
            using (FileStream stream = file.OpenWrite())
            {
                stream.Write("content"u8);
            }

            Assert.False(File.Exists(Target));
            file.Commit();
        }

        Assert.Equal("content", File.ReadAllText(Target));
        Assert.Single(Directory.GetFileSystemEntries(_directory.Path));
    }

    [Fact]
    public void Content_that_is_not_committed_leaves_nothing_and_what_stood_there_stays()
    {
        File.WriteAllText(Target, "old");
        using (AtomicFile file = AtomicFile.Create(Target, overwrite: true))
        {
            using FileStream stream = file.OpenWrite();
            stream.Write("half"u8);
        }

        Assert.Equal("old", File.ReadAllText(Target));
        Assert.Single(Directory.GetFileSystemEntries(_directory.Path));
    }

    [ToolFact("mkfifo")]
    public void A_pipe_or_a_device_is_never_replaced_and_an_empty_file_is()
    {
        string pipe = Path.Combine(_directory.Path, "pipe");
        Programs.Output("mkfifo", [pipe]);
        string link = Path.Combine(_directory.Path, "link");
        File.CreateSymbolicLink(link, pipe);

        Assert.All(new[] { pipe, link, "/dev/null" }, path => Assert.Equal(
            "PathIsSpecial", Assert.Throws<GoCrossException>(() => AtomicFile.Create(path, overwrite: true)).ErrorId));

        File.WriteAllBytes(Target, []);
        AtomicFile.Create(Target, overwrite: true).Dispose();
    }

    [Fact]
    public void A_file_that_exists_is_refused_at_once_and_replaced_on_request()
    {
        File.WriteAllText(Target, "old");

        GoCrossException e = Assert.Throws<GoCrossException>(() => AtomicFile.Create(Target, overwrite: false));
        Assert.Equal("FileExists", e.ErrorId);
        Assert.Contains("-Force", e.Fix, StringComparison.Ordinal);

        using AtomicFile file = AtomicFile.Create(Target, overwrite: true);
        File.WriteAllText(file.TemporaryPath, "new");
        file.Commit();
        Assert.Equal("new", File.ReadAllText(Target));
    }

    [Fact]
    public void A_file_that_appears_meanwhile_is_not_overwritten()
    {
        using AtomicFile file = AtomicFile.Create(Target, overwrite: false);
        File.WriteAllText(file.TemporaryPath, "ours");
        File.WriteAllText(Target, "theirs");

        Assert.Equal("FileExists", Assert.Throws<GoCrossException>(file.Commit).ErrorId);
        Assert.Equal("theirs", File.ReadAllText(Target));
    }

    [Fact]
    public void A_directory_of_that_name_is_refused()
    {
        Directory.CreateDirectory(Target);

        Assert.Equal(
            "PathIsDirectory",
            Assert.Throws<GoCrossException>(() => AtomicFile.Create(Target, overwrite: true)).ErrorId);
    }

    [Fact]
    public void A_missing_directory_is_made()
    {
        string nested = Path.Combine(_directory.Path, "a", "b", "result.bin");
        using AtomicFile file = AtomicFile.Create(nested, overwrite: false);
        File.WriteAllText(file.TemporaryPath, "x");
        file.Commit();

        Assert.True(File.Exists(nested));
    }

    [UnixFact]
    public void A_link_is_not_replaced_whatever_it_leads_to_and_one_among_the_folders_is_followed()
    {
        File.WriteAllText(Target, "mine");
        string folder = Path.Combine(_directory.Path, "folder");
        Directory.CreateSymbolicLink(folder, Directory.CreateDirectory(Path.Combine(_directory.Path, "real")).FullName);
        foreach (string target in (string[])["result.bin", "nowhere", "loop"])
        {
            string link = Path.Combine(_directory.Path, "loop");
            File.CreateSymbolicLink(link, target);
            Assert.Equal("OutputIsLink", Assert.Throws<GoCrossException>(() => AtomicFile.Create(link, overwrite: true)).ErrorId);
            Assert.Equal(target, new FileInfo(link).LinkTarget);
            File.Delete(link);
        }

        using AtomicFile file = AtomicFile.Create(Path.Combine(folder, "file"), overwrite: true);
        File.WriteAllText(file.TemporaryPath, "new");
        file.Commit();
        Assert.Equal("new", File.ReadAllText(Path.Combine(_directory.Path, "real", "file")));
    }

    [Fact]
    public void A_folder_that_was_made_for_files_that_came_to_nothing_goes_and_one_with_a_file_stays()
    {
        string made = Path.Combine(_directory.Path, "made");
        AtomicFile first = AtomicFile.Create(Path.Combine(made, "a", "first"), overwrite: false);
        AtomicFile second = AtomicFile.Create(Path.Combine(made, "a", "second"), overwrite: false);
        first.Dispose();
        Assert.True(Directory.Exists(Path.Combine(made, "a")), "The second file is still in the making there.");
        second.Dispose();
        Assert.False(Directory.Exists(made));

        using (AtomicFile kept = AtomicFile.Create(Path.Combine(made, "kept"), overwrite: false))
        using (AtomicFile.Create(Path.Combine(made, "b", "lost"), overwrite: false))
        {
            File.WriteAllText(kept.TemporaryPath, "kept");
            kept.Commit();
        }

        Assert.Equal([Path.Combine(made, "kept")], Directory.GetFileSystemEntries(made));
    }
}
