using GoCross.Files;
using GoCross.Processes;
using GoCross.Scratch;

namespace GoCross.Tests.Scratch;

public sealed class UstarTests : IDisposable
{
    private readonly TemporaryDirectory _directory = new();

    public void Dispose() => _directory.Dispose();

    [ToolFact("tar")]
    public async Task The_archive_is_the_one_that_GNU_tar_makes_byte_for_byte()
    {
        string longFolder = new('d', 90);
        string longName = new('f', 99);
        string tree = Path.Combine(_directory.Path, "tree");
        Directory.CreateDirectory(Path.Combine(tree, "a", longFolder));
        Directory.CreateDirectory(Path.Combine(tree, "tmp"));
        File.WriteAllText(Path.Combine(tree, "a", "one"), new string('x', 1000));
        File.WriteAllText(Path.Combine(tree, "a", "zero"), "");
        File.WriteAllText(Path.Combine(tree, "a", longFolder, longName), "deep");
        await Shell($"""
            umask 022
            chmod 755 a 'a/{longFolder}'; chmod 1777 tmp; chmod 644 a/one a/zero 'a/{longFolder}/{longName}'
            ln a/one b-link
            tar --format=ustar --blocking-factor=1 --numeric-owner --owner=65532 --group=1000 --mtime=@1700000000 \
                --no-recursion -cf ../expected.tar a a/{longFolder} a/{longFolder}/{longName} a/one a/zero b-link tmp
            """, tree);

        byte[] actual = RootArchive.Create(
            [
                Owned(new RootEntry("tmp", UstarType.Directory, Convert.ToInt32("1777", 8))),
                Owned(RootEntry.HardLink("b-link", "a/one")),
                Owned(RootEntry.File("a/zero", default)),
                Owned(RootEntry.File($"a/{longFolder}/{longName}", "deep"u8.ToArray())),
                Owned(RootEntry.File("a/one", Enumerable.Repeat((byte)'x', 1000).ToArray())),
                Owned(RootEntry.Directory("a/" + longFolder)),
                Owned(RootEntry.Directory("a")),
            ],
            1_700_000_000);

        Assert.Equal(File.ReadAllBytes(Path.Combine(_directory.Path, "expected.tar")), actual);
    }

    [Fact]
    public void Directories_that_nobody_named_are_added_once_before_what_is_in_them()
    {
        byte[] archive = RootArchive.Create([RootEntry.File("usr/share/b", default), RootEntry.File("usr/share/a", default)], 0);

        using var reader = new System.Formats.Tar.TarReader(new MemoryStream(archive));
        List<string> names = [];
        while (reader.GetNextEntry() is { } entry)
        {
            names.Add(entry.Name);
        }

        Assert.Equal(["usr/", "usr/share/", "usr/share/a", "usr/share/b"], names);
    }

    private static RootEntry Owned(RootEntry entry) => entry with { UserId = 65532, GroupId = 1000 };

    private static async Task Shell(string script, string directory)
    {
        ProcessResult result = await ChildProcess.RunAsync(
            new ProcessRequest { FileName = "/bin/sh", Arguments = ["-ec", script], WorkingDirectory = directory },
            CancellationToken.None);
        Assert.True(result.ExitCode == 0, result.StandardError);
    }
}
