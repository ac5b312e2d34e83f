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
}
