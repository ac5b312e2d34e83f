using GoCross.Errors;
using GoCross.Files;

namespace GoCross.Tests.Files;

public sealed class RandomAccessFileTests : IDisposable
{
    private readonly TemporaryDirectory _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Reads_where_it_is_asked_to_and_stops_at_the_end()
    {
        string path = At("file");
        File.WriteAllBytes(path, [0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
        using var file = RandomAccessFile.Open(path);
        byte[] buffer = new byte[4];
        Assert.Equal(10, file.Length);
        Assert.Equal(4, file.Read(3, buffer));
        Assert.Equal([3, 4, 5, 6], buffer);
        Assert.Equal(2, file.Read(8, buffer));
        Assert.Equal([8, 9], buffer[..2]);
        Assert.Equal(0, file.Read(10, buffer));
        Assert.Equal(0, file.Read(1000, buffer));
    }

    [Fact]
    public void A_directory_is_called_one() => Assert.Equal("PathIsDirectory", Fails(_folder.Path));

    [Fact]
    public void What_is_not_there_is_called_missing() => Assert.Equal("PathNotFound", Fails(At("nothing")));

    [UnixFact]
    public void A_link_to_nothing_is_called_missing()
    {
        File.CreateSymbolicLink(At("link"), At("nothing"));
        Assert.Equal("PathNotFound", Fails(At("link")));
    }

    [UnixFact]
    public void A_link_leads_to_its_file()
    {
        File.WriteAllBytes(At("file"), [1, 2, 3]);
        File.CreateSymbolicLink(At("one"), "file");
        File.CreateSymbolicLink(At("two"), "one");
        using var file = RandomAccessFile.Open(At("two"));
        Assert.Equal((3, At("two")), (file.Length, file.Name));
    }

    [Fact]
    public void An_empty_file_is_called_empty()
    {
        File.WriteAllBytes(At("empty"), []);
        Assert.Equal("FileEmpty", Fails(At("empty")));
    }

    [ToolFact("mkfifo")]
    public void A_pipe_is_refused_without_waiting_for_its_other_end()
    {
        Programs.Output("mkfifo", [At("pipe")]);
        File.CreateSymbolicLink(At("link"), "pipe");
        Assert.Equal("FileEmpty", Fails(At("pipe")));
        Assert.Equal("FileEmpty", Fails(At("link")));
    }

    [LinuxFact]
    public void A_device_is_refused() => Assert.Equal("FileEmpty", Fails("/dev/zero"));

    private static string Fails(string path) =>
        Assert.Throws<GoCrossException>(() => RandomAccessFile.Open(path).Dispose()).ErrorId;

    private string At(string name) => Path.Combine(_folder.Path, name);
}
