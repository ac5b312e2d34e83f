using System.Globalization;
using System.Text;

namespace GoCross.Bench.Images;

/// <summary>An image of 3,000,000 files of a byte: what a file costs in memory at its peak.</summary>
public sealed class TinyFilesBenchmark : IBenchmark
{
    private const int Files = 3_000_000;
    private const int FilesOfDirectory = 1000;
    private const int BudgetOfFile = 400;

    public string Name => "tiny-files";

    public string Description => "an image of 3,000,000 tiny files: memory a file at its peak";

    public void Run(Report report)
    {
        DirectoryInfo folder = Directory.CreateTempSubdirectory("gocross-bench-");
        try
        {
            string path = Path.Combine(folder.FullName, "image.tar");
            Write(path);
            (long peak, int files) = ImageProbe.Start(path);
            double cost = (double)peak / files;
            report.WriteLine(string.Create(
                CultureInfo.InvariantCulture, $"  {files} files in {new FileInfo(path).Length / 1e9:0.0} GB: {peak / 1048576.0:0} MiB at the peak"));
            report.Check($"all of {Files} files are seen", files == Files);
            report.Measure($"peak memory for {Files} files", cost, "bytes a file", BudgetOfFile, limit: BudgetOfFile);
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    // A docker-archive of one layer, whose diff ID is told when it is written: the configuration comes behind it.
    private static void Write(string path)
    {
        using var file = new FileStream(path, FileMode.CreateNew, FileAccess.ReadWrite, FileShare.Read, 1 << 20);
        long layer = (Files * 1024L) + 1024;
        file.Write(Header("layer.tar", layer));
        long start = file.Position;
        using var hash = System.Security.Cryptography.IncrementalHash.CreateHash(System.Security.Cryptography.HashAlgorithmName.SHA256);
        byte[] block = new byte[512];
        for (int i = 0; i < Files; i++)
        {
            Put(Header($"srv/{i / FilesOfDirectory:0000}/some-file-{i:0000000}", 1));
            block[0] = (byte)i;
            Put(block);
        }

        Put(new byte[1024]);
        string diffId = Convert.ToHexString(hash.GetHashAndReset()).ToLowerInvariant();
        Entry("c.json", "{\"os\":\"linux\",\"architecture\":\"amd64\",\"rootfs\":{\"type\":\"layers\",\"diff_ids\":[\"sha256:" + diffId + "\"]}}");
        Entry("manifest.json", """[{"Config":"c.json","RepoTags":["tiny:1"],"Layers":["layer.tar"]}]""");
        file.Write(new byte[1024]);

        void Put(byte[] bytes)
        {
            file.Write(bytes);
            hash.AppendData(bytes);
        }

        void Entry(string name, string text)
        {
            byte[] content = Encoding.ASCII.GetBytes(text);
            file.Write(Header(name, content.Length));
            file.Write(content);
            file.Write(new byte[(512 - (content.Length % 512)) % 512]);
        }
    }

    private static byte[] Header(string name, long size)
    {
        byte[] header = new byte[512];
        void Text(int at, string text) => Encoding.ASCII.GetBytes(text).CopyTo(header, at);
        Text(0, name);
        Text(100, "0000644");
        Text(124, Convert.ToString(size, 8).PadLeft(11, '0'));
        Text(156, "0");
        Text(257, "ustar");
        Text(263, "00");
        header.AsSpan(148, 8).Fill((byte)' ');
        Text(148, Convert.ToString(header.Sum(value => value), 8).PadLeft(6, '0') + "\0 ");
        return header;
    }
}
