using System.IO.Compression;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using GoCross.Images;
using GoCross.Oci;

namespace GoCross.Tests.Images;

/// <summary>Images written by hand, in every form that they come in.</summary>
internal static class TestImage
{
    internal static string Sha256(byte[] content) => "sha256:" + Convert.ToHexString(SHA256.HashData(content)).ToLowerInvariant();

    internal static string Hex(byte[] content) => Sha256(content)["sha256:".Length..];

    internal static byte[] Gzip(byte[] content)
    {
        using var result = new MemoryStream();
        using (var gzip = new GZipStream(result, CompressionLevel.Fastest, leaveOpen: true))
        {
            gzip.Write(content);
        }

        return result.ToArray();
    }

    internal static byte[] Zstd(byte[] content)
    {
        using var compressor = new ZstdSharp.Compressor();
        return compressor.Wrap(content).ToArray();
    }

    /// <summary>A configuration with the diff IDs of some unpacked layers.</summary>
    internal static byte[] Config(byte[][] layers, string run = "{}", string architecture = "amd64", string? variant = null) =>
        Encoding.UTF8.GetBytes(
            $$"""
            {"architecture":"{{architecture}}",{{(variant is null ? "" : $"\"variant\":\"{variant}\",")}}"os":"linux","config":{{run}},
             "rootfs":{"type":"layers","diff_ids":[{{string.Join(',', layers.Select(layer => $"\"{Sha256(layer)}\""))}}]},
             "history":[{{string.Concat(layers.Select((_, i) => $"{{\"created\":\"2024-01-02T03:04:05Z\",\"created_by\":\"step {i}\"}},"))}}
                        {"created_by":"ENV a=b","empty_layer":true}]}
            """);

    /// <summary>An archive as Docker 1.10 to 24 writes it: manifest.json at its end, a directory a layer.</summary>
    internal static byte[] DockerArchive(byte[][] layers, string run = "{}", string[]? names = null, byte[]? config = null)
    {
        var tar = new TarBytes();
        var manifest = new JsonArray(AddDockerImage(tar, "layer", layers, names ?? ["test:latest"], config ?? Config(layers, run)));
        return tar.File("manifest.json", manifest.ToJsonString()).End();
    }

    /// <summary>The same of several images, by their names.</summary>
    internal static byte[] DockerArchiveOf(IReadOnlyDictionary<string, byte[][]> images)
    {
        var tar = new TarBytes();
        var manifest = new JsonArray([.. images.Select((image, i) => (JsonNode)AddDockerImage(tar, $"{i}-", image.Value, [image.Key], Config(image.Value)))]);
        return tar.File("manifest.json", manifest.ToJsonString()).End();
    }

    private static JsonObject AddDockerImage(TarBytes tar, string folder, byte[][] layers, string[] names, byte[] config)
    {
        tar.File($"{Hex(config)}.json", config);
        var paths = new JsonArray();
        for (int i = 0; i < layers.Length; i++)
        {
            tar.Directory($"{folder}{i}").File($"{folder}{i}/VERSION", "1.0").File($"{folder}{i}/json", "{}")
                .File($"{folder}{i}/layer.tar", layers[i]);
            paths.Add($"{folder}{i}/layer.tar");
        }

        return new JsonObject
        {
            ["Config"] = $"{Hex(config)}.json",
            ["RepoTags"] = new JsonArray([.. names.Select(name => (JsonNode)name)]),
            ["Layers"] = paths,
        };
    }

    internal static byte[] Manifest(
        byte[] config, (byte[] Blob, string MediaType)[] layers, string configType = "application/vnd.oci.image.config.v1+json") => JsonSerializer.SerializeToUtf8Bytes(new
    {
        schemaVersion = 2,
        mediaType = "application/vnd.oci.image.manifest.v1+json",
        config = Descriptor(config, configType),
        layers = layers.Select(layer => Descriptor(layer.Blob, layer.MediaType)),
    });

    internal static Dictionary<string, object> Descriptor(byte[] blob, string mediaType) => new()
    {
        ["mediaType"] = mediaType,
        ["digest"] = Sha256(blob),
        ["size"] = blob.Length,
    };

    /// <summary>A descriptor of an image's manifest that names its platform.</summary>
    internal static Dictionary<string, object> DescriptorFor(
        byte[] manifest, string architecture, string os = "linux", string mediaType = "application/vnd.oci.image.manifest.v1+json") =>
        new(Descriptor(manifest, mediaType)) { ["platform"] = new { os, architecture } };

    internal static byte[] Index(params Dictionary<string, object>[] manifests) => JsonSerializer.SerializeToUtf8Bytes(new
    {
        schemaVersion = 2,
        mediaType = "application/vnd.oci.image.index.v1+json",
        manifests,
    });

    /// <summary>The files of an OCI layout: an index and blobs.</summary>
    internal static Dictionary<string, byte[]> LayoutOf(byte[] index, params byte[][] blobs)
    {
        var files = new Dictionary<string, byte[]>
        {
            ["oci-layout"] = Encoding.ASCII.GetBytes("""{"imageLayoutVersion":"1.0.0"}"""),
            ["index.json"] = index,
        };
        foreach (byte[] blob in blobs)
        {
            files[$"blobs/sha256/{Hex(blob)}"] = blob;
        }

        return files;
    }

    /// <summary>A layout of one image, its layers stored as they are given.</summary>
    internal static Dictionary<string, byte[]> Layout(byte[] config, params byte[][] storedLayers)
    {
        byte[] manifest = Manifest(config, [.. storedLayers.Select(layer => (layer, "application/vnd.oci.image.layer.v1.tar"))]);
        return LayoutOf(
            Index(Descriptor(manifest, "application/vnd.oci.image.manifest.v1+json")), [config, manifest, .. storedLayers]);
    }

    internal static byte[] Tar(IEnumerable<KeyValuePair<string, byte[]>> files)
    {
        var tar = new TarBytes();
        foreach ((string path, byte[] content) in files)
        {
            tar.File(path, content);
        }

        return tar.End();
    }

    internal static ImageLocation Save(string folder, byte[] archive, string name = "image.tar")
    {
        string path = Path.Combine(folder, name);
        File.WriteAllBytes(path, archive);
        return At(path);
    }

    /// <summary>A file or directory whose content tells what it is.</summary>
    internal static ImageLocation At(string path) => ImageLocation.Parse(path, name => name);

    internal static ImageLocation SaveDirectory(string folder, IEnumerable<KeyValuePair<string, byte[]>> files)
    {
        foreach ((string path, byte[] content) in files)
        {
            string full = Path.Combine(folder, path);
            Directory.CreateDirectory(Path.GetDirectoryName(full)!);
            File.WriteAllBytes(full, content);
        }

        return At(folder);
    }

    internal static ContainerImage Read(ImageLocation location) =>
        new ImageReader().ReadAsync(location, CancellationToken.None).GetAwaiter().GetResult();

    internal static ContainerImage Read(byte[] archive)
    {
        using var folder = new GoCross.Files.TemporaryDirectory();
        return Read(Save(folder.Path, archive));
    }

    /// <summary>Reads an image and compares it with one that was read.</summary>
    internal static async Task<ImageComparison> CompareAsync(ContainerImage reference, ImageLocation difference, ImageReader? reader = null) =>
        ImageComparer.Compare(
            reference,
            await (reader ?? new ImageReader()).ReadAsync(difference, reference, CancellationToken.None),
            CancellationToken.None);

    /// <summary>What the image's file system holds: path and what is there, in the order of the paths.</summary>
    internal static string[] Tree(ContainerImage image)
    {
        var lines = new List<string>();
        for (int node = 1; node < image.Files.Paths.Count; node++)
        {
            if (image.Files.TryGetEntry(node, out var entry, out var extra, out int layer))
            {
                string link = extra is null || extra.LinkTarget.Length == 0 ? "" : " -> " + Encoding.UTF8.GetString(extra.LinkTarget);
                lines.Add($"{image.Files.Paths.PathOf(node)} {entry.Type} {entry.Size} @{layer}{link}");
            }
            else if (image.Files.IsPresent(node))
            {
                lines.Add($"{image.Files.Paths.PathOf(node)} implied");
            }
        }

        lines.Sort(StringComparer.Ordinal);
        return [.. lines];
    }
}
