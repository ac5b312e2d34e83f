using System.IO.Compression;
using GoCross.Errors;
using GoCross.Files;
using GoCross.Scratch;

namespace GoCross.Tests.Scratch;

public sealed class ZoneDataTests : IDisposable
{
    private const string System = "/usr/share/zoneinfo";

    private readonly TemporaryDirectory _directory = new();

    public void Dispose() => _directory.Dispose();

    [ToolFact("zdump")]
    public void All_zones_and_links_that_the_database_lists_are_there()
    {
        // tzdata.zi is the database's source in short form: Z NAME begins a zone, L TARGET NAME is a link.
        IEnumerable<string> listed = File.ReadLines(Path.Combine(System, "tzdata.zi"))
            .Select(line => line.Split(' '))
            .Where(words => words[0] is "Z" or "L")
            .Select(words => words[0] == "Z" ? words[1] : words[2]);

        var zones = ZoneData.Read(null);

        Assert.Empty(listed.Except(zones.Zones.Keys));
        Assert.DoesNotContain(zones.Zones.Keys, name => name.StartsWith("posix/", StringComparison.Ordinal)
            || name.StartsWith("right/", StringComparison.Ordinal)
            || name.Contains(".tab", StringComparison.Ordinal));
    }

    [Fact]
    public void A_zone_with_several_names_is_there_once()
    {
        Put("Europe/Berlin", "TZif-berlin");
        Put("Europe/Busingen", "TZif-zurich");
        Put("Europe/Zurich", "TZif-zurich");

        List<RootEntry> entries = [.. ZoneData.Read(_directory.Path).ToEntries()];

        Assert.Equal(
            [
                ("usr/share/zoneinfo/Europe/Berlin", UstarType.File, ""),
                ("usr/share/zoneinfo/Europe/Busingen", UstarType.File, ""),
                ("usr/share/zoneinfo/Europe/Zurich", UstarType.HardLink, "usr/share/zoneinfo/Europe/Busingen"),
            ],
            entries.Select(entry => (entry.Path, entry.Type, entry.LinkName)));
    }

    [UnixFact]
    public void What_is_no_zone_is_left_out_and_circular_links_do_no_harm()
    {
        Put("UTC", "TZif");
        Put("zone.tab", "TZif");
        Put("leapseconds", "# leap");
        Put("posix/UTC", "TZif");
        Put("right/UTC", "TZif");
        Put("localtime", "TZif");
        Directory.CreateSymbolicLink(Path.Combine(_directory.Path, "loop"), ".");

        Assert.Equal(["UTC"], ZoneData.Read(_directory.Path).Zones.Keys);
    }

    [Fact]
    public void A_zip_gives_what_its_directory_gives()
    {
        Put("in/Europe/Berlin", "TZif-berlin");
        Put("in/UTC", "TZif-utc");
        string zip = Path.Combine(_directory.Path, "zoneinfo.zip");
        ZipFile.CreateFromDirectory(Path.Combine(_directory.Path, "in"), zip, CompressionLevel.NoCompression, includeBaseDirectory: false);

        Assert.Equal(ZoneData.Read(Path.Combine(_directory.Path, "in")).Zones, ZoneData.Read(zip).Zones);
    }

    [Fact]
    public void What_holds_no_zones_is_refused()
    {
        Put("text", "text");

        Assert.Equal("ZoneDataInvalid", Error(_directory.Path));
        Assert.Equal("ZoneDataInvalid", Error(Path.Combine(_directory.Path, "text")));
        Assert.Equal("PathNotFound", Error(Path.Combine(_directory.Path, "missing")));
    }

    [Fact]
    public void What_is_larger_than_any_database_is_refused()
    {
        Put("UTC", "TZif");
        using (FileStream stream = File.OpenWrite(Path.Combine(_directory.Path, "UTC")))
        {
            stream.SetLength((1 << 20) + 1);
        }

        Assert.Equal("ZoneDataTooLarge", Error(_directory.Path));
    }

    private static string Error(string path) => Assert.Throws<GoCrossException>(() => ZoneData.Read(path)).ErrorId;

    private void Put(string name, string content)
    {
        string path = Path.Combine(_directory.Path, name);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllText(path, content);
    }
}
