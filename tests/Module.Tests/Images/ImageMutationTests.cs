using System.Diagnostics;
using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using GoCross.Errors;
using GoCross.Files;
using GoCross.Images;

namespace GoCross.Tests.Images;

/// <summary>
/// Images damaged in every way that comes to mind, digests made right again so that the damage gets behind them. Each is
/// a result or a named error, soon; a result can be listed, measured and compared. Some thousand run here; for more,
/// <c>GOCROSS_IMAGE_MUTATIONS=100000 dotnet test tests/Module.Tests -c Release --filter ImageMutationTests</c>.
/// </summary>
public sealed class ImageMutationTests : IDisposable
{
    private const int Seed = 20261124;
    private const int UsualRuns = 3000;

    /// <summary>Stands for the first half of a surrogate pair, which no writer of JSON writes.</summary>
    private const string HalfCharacter = "HALF-A-CHARACTER";

    /// <summary>Far more than any takes on a machine that does something else as well.</summary>
    private static readonly TimeSpan MaxDuration = TimeSpan.FromSeconds(20);

    private static readonly byte[] Lower = new TarBytes()
        .Directory("etc").File("etc/passwd", "root:x:0:0::/:\n").Directory("usr").Directory("usr/bin")
        .Pax(("SCHILY.xattr.security.capability", [1, 0, 0, 2, 10, 0, 0, 0])).File("usr/bin/tool", new byte[700], mode: 0x9ED)
        .HardLink("usr/bin/same", "usr/bin/tool").SymbolicLink("bin", "usr/bin").Directory("old").File("old/x", "1")
        .Pax(("GNU.sparse.major", "1"u8.ToArray()), ("GNU.sparse.minor", "0"u8.ToArray()), ("GNU.sparse.realsize", "9000"u8.ToArray()), ("GNU.sparse.name", "holes"u8.ToArray()))
        .File("GNUSparseFile.0/holes", [.. Encoding.ASCII.GetBytes("1\n512\n4\n"), .. new byte[504], 1, 2, 3, 4]).End();

    private static readonly byte[] Upper = new TarBytes()
        .File(".wh.old", "").Directory("etc").File("etc/.wh..wh..opq", "").File("etc/group", "root:x:0:\n").File("usr/bin/tool", new byte[800])
        .Pax(("path", "a/long/path/of/pax"u8.ToArray()), ("size", "3"u8.ToArray())).File("x", "abc").End();

    private static readonly ContainerImage Whole = TestImage.Read(TestImage.DockerArchive([Lower, Upper]));

    private readonly TemporaryDirectory _folder = new();

    public void Dispose() => _folder.Dispose();

    [Trait("Speed", "Slow")]
    [Fact]
    public void Every_damaged_image_is_a_result_or_a_named_error()
    {
        int runs = int.TryParse(Environment.GetEnvironmentVariable("GOCROSS_IMAGE_MUTATIONS"), CultureInfo.InvariantCulture, out int wanted) ? wanted : UsualRuns;
        string path = Path.Combine(_folder.Path, "image.tar");
        var ids = new Dictionary<string, int>();
        int read = 0;
        for (int run = 0; run < runs; run++)
        {
            byte[] archive = Damage(new Random(unchecked((Seed * 31) + run)));
            File.WriteAllBytes(path, archive);
            long start = Stopwatch.GetTimestamp();
            try
            {
                UseAll(TestImage.Read(TestImage.At(path)));
                read++;
            }
            catch (GoCrossException e)
            {
                ids[e.ErrorId] = ids.GetValueOrDefault(e.ErrorId) + 1;
            }
            catch (Exception e) when (e is not Xunit.Sdk.XunitException)
            {
                Assert.Fail($"Mutation {run} of seed {Seed}: {e}");
            }

            Assert.True(Stopwatch.GetElapsedTime(start) < MaxDuration, $"Mutation {run} of seed {Seed} took {Stopwatch.GetElapsedTime(start)}.");
        }

        // Damage gets everywhere: some images read all the same, and the others fail in many ways.
        Assert.InRange(read, runs / 20, runs - (runs / 20));
        Assert.True(ids.Count >= 10, string.Join(", ", ids.Select(pair => $"{pair.Key} {pair.Value}")));
    }

    // What cmdlets do with an image.
    private static void UseAll(ContainerImage image)
    {
        int files = image.GetFiles().Count();
        Assert.True(image.GetTree().Count() >= files);
        _ = image.GetFiles(image.Layers).Count();
        _ = image.GetTrees(image.Layers, 1).Count();
        ImageReport report = ImageReport.Of(image, CancellationToken.None);
        Assert.InRange(report.Efficiency, 0, 1);
        ImageComparison comparison = ImageComparer.Compare(Whole, image, CancellationToken.None);
        int changes = comparison.GetFileChanges()
            .Count(change => !(change.ReferenceType ?? change.DifferenceType, change.DifferenceType ?? change.ReferenceType)
                .Equals((ImageFileType.Directory, ImageFileType.Directory)));
        Assert.Equal(changes, comparison.FilesAdded + comparison.FilesRemoved + comparison.FilesChanged);
        foreach (LayerComparison row in comparison.Layers)
        {
            row.CountFileChanges(CancellationToken.None);
        }
    }

    private static byte[] Damage(Random random)
    {
        byte[][] layers = [[.. Lower], [.. Upper]];
        if (random.Next(4) != 0)
        {
            for (int i = random.Next(1, 4); i > 0; i--)
            {
                int which = random.Next(2);
                layers[which] = DamageTar(random, layers[which]);
            }
        }

        byte[] config = TestImage.Config(layers, """{"Env":["A=b"],"User":"1","Labels":{"l":"m"},"Cmd":["x"]}""");
        config = random.Next(4) == 0 ? DamageJson(random, config) : config;
        byte[] archive = random.Next(4) switch
        {
            0 => TestImage.DockerArchive(layers, config: config),
            1 => Layout(random, config, [.. layers.Select(TestImage.Gzip)]),
            2 => Layout(random, config, [.. layers.Select(TestImage.Zstd)]),
            _ => Layout(random, config, layers),
        };
        if (random.Next(5) == 0)
        {
            archive = DamageTar(random, archive);
        }

        archive = random.Next(8) switch { 0 => TestImage.Gzip(archive), 1 => TestImage.Zstd(archive), _ => archive };
        if (random.Next(8) == 0)
        {
            DamageBytes(random, archive);
        }

        return random.Next(20) == 0 ? archive[..random.Next(1, archive.Length)] : archive;
    }

    // With digests that fit whatever was damaged before, and documents damaged on the way.
    private static byte[] Layout(Random random, byte[] config, byte[][] layers)
    {
        if (random.Next(4) == 0)
        {
            DamageBytes(random, layers[random.Next(layers.Length)]);
        }

        byte[] manifest = TestImage.Manifest(config, [.. layers.Select(layer => (layer, "application/vnd.oci.image.layer.v1.tar"))]);
        manifest = random.Next(6) == 0 ? DamageJson(random, manifest) : manifest;
        byte[] index = TestImage.Index(TestImage.Descriptor(manifest, "application/vnd.oci.image.manifest.v1+json"));
        index = random.Next(8) == 0 ? DamageJson(random, index) : index;
        return TestImage.Tar(TestImage.LayoutOf(index, [config, manifest, .. layers]));
    }

    // A field of a header with a right checksum, a block that is gone, twice, or elsewhere, or any bytes.
    private static byte[] DamageTar(Random random, byte[] tar)
    {
        byte[] damaged = [.. tar];
        int blocks = damaged.Length / 512;
        int[] headers = [.. Enumerable.Range(0, blocks).Where(i => damaged.AsSpan((i * 512) + 257, 5).SequenceEqual("ustar"u8))];
        if (headers.Length == 0)
        {
            DamageBytes(random, damaged);
            return damaged;
        }

        int at = headers[random.Next(headers.Length)] * 512;
        switch (random.Next(7))
        {
            case 0:
                DamageBytes(random, damaged);
                return damaged;
            case 1:
                return [.. damaged[..at], .. damaged[(at + 512)..]];
            case 2:
                return [.. damaged[..(at + 512)], .. damaged[at..]];
            case 3:
                int other = random.Next(blocks) * 512;
                return [.. damaged[..other], .. damaged[at..(at + 512)], .. damaged[other..]];
        }

        // name, mode, uid, gid, size, type, link name, device numbers, prefix (POSIX ustar).
        (int Offset, int Length)[] fields =
            [(0, 100), (100, 8), (108, 8), (116, 8), (124, 12), (124, 12), (156, 1), (156, 1), (157, 100), (329, 16), (345, 155)];
        (int Offset, int Length) field = fields[random.Next(fields.Length)];
        Span<byte> target = damaged.AsSpan(at + field.Offset, field.Length);
        string[] values =
        [
            "../../etc/passwd", "/", ".", "..", ".wh.", ".wh..wh..opq", "a/.wh..", "usr/bin/tool", "/usr/bin/same", "7777777", "77777777777", "-1", "0", "1", "9", "",
            new string('a', 100), new string('/', 100), string.Concat(Enumerable.Repeat("a/", 50)),
        ];
        switch (random.Next(3))
        {
            case 0:
                byte[] value = Encoding.ASCII.GetBytes(values[random.Next(values.Length)]);
                target.Clear();
                value.AsSpan(0, Math.Min(value.Length, target.Length)).CopyTo(target);
                break;
            case 1 when field.Length is >= 8 and <= 12:
                TarBytes.Base256(random.Next(4) switch { 0 => -1, 1 => long.MaxValue, 2 => 1L << 40, _ => random.Next(5000) }, field.Length).CopyTo(target);
                break;
            default:
                target[random.Next(target.Length)] = field.Length == 1 ? (byte)"xgLKSV0123456789"[random.Next(16)] : (byte)random.Next(256);
                break;
        }

        TarBytes.WithChecksum(damaged[at..(at + 512)]).CopyTo(damaged, at);
        return damaged;
    }

    private static void DamageBytes(Random random, byte[] bytes)
    {
        for (int i = random.Next(1, 6); i > 0; i--)
        {
            bytes[random.Next(bytes.Length)] = random.Next(4) switch { 0 => 0, 1 => 0xFF, 2 => (byte)"0123456789{}[]\"/."[random.Next(17)], _ => (byte)random.Next(256) };
        }
    }

    // A value somewhere in the document becomes another, is gone, or is there a hundred times; or the text is damaged.
    private static byte[] DamageJson(Random random, byte[] json)
    {
        if (random.Next(4) == 0)
        {
            byte[] damaged = [.. json];
            DamageBytes(random, damaged);
            return damaged;
        }

        JsonNode root = JsonNode.Parse(json)!;
        JsonNode parent = root;
        while (true)
        {
            JsonNode?[] children = parent switch
            {
                JsonObject inside => [.. inside.Select(pair => pair.Value)],
                JsonArray array => [.. array],
                _ => [],
            };
            JsonNode[] deeper = [.. children.OfType<JsonNode>().Where(child => child is JsonObject { Count: > 0 } or JsonArray { Count: > 0 })];
            if (deeper.Length == 0 || random.Next(3) == 0)
            {
                break;
            }

            parent = deeper[random.Next(deeper.Length)];
        }

        string[] values =
        [
            "null", "-1", "9223372036854775807", "1e400", "\"\"", "\"sha256:00\"", "\"../../../etc/passwd\"", "[]", "{}", "[[[[]]]]", "true", "\"amd64\"",
            "\"application/vnd.oci.image.index.v1+json\"", "\"0001-01-01T00:00:00Z\"", "\"\\u0000" + HalfCharacter + "\"",
        ];
        JsonNode? value = Parse(values[random.Next(values.Length)]);
        switch (parent)
        {
            case JsonObject inside when inside.Count > 0:
                string key = inside.Select(pair => pair.Key).ElementAt(random.Next(inside.Count));
                if (random.Next(3) == 0)
                {
                    inside.Remove(key);
                }
                else
                {
                    inside[key] = value;
                }

                break;
            case JsonArray array when array.Count > 0:
                if (random.Next(3) == 0)
                {
                    for (int i = 0; i < 100; i++)
                    {
                        array.Add(array[0]?.DeepClone());
                    }
                }
                else
                {
                    array[random.Next(array.Count)] = value;
                }

                break;
        }

        return Encoding.UTF8.GetBytes(root.ToJsonString().Replace(HalfCharacter, "\\ud83d", StringComparison.Ordinal));

        static JsonNode? Parse(string text)
        {
            try
            {
                return JsonNode.Parse(text);
            }
            catch (JsonException)
            {
                return null;
            }
        }
    }
}
