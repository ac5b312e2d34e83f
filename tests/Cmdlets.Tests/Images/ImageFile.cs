using System.Formats.Tar;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

namespace GoCross.Cmdlets.Tests.Images;

/// <summary>Writes archives as docker save does, with .NET's tar writer, from layers of paths and contents.</summary>
internal static class ImageFile
{
    /// <summary>Writes an archive.</summary>
    /// <param name="path">Its path.</param>
    /// <param name="run">The configuration's "config" in JSON.</param>
    /// <param name="layers">Of each layer its paths and contents. A path that ends in a slash is a directory.</param>
    internal static string Write(string path, string run, params (string Path, byte[] Content)[][] layers)
    {
        byte[][] archives = [.. layers.Select(layer => Tar(layer))];
        byte[] config = Encoding.UTF8.GetBytes(
            $$"""
            {"os":"linux","architecture":"amd64","config":{{run}},
             "rootfs":{"type":"layers","diff_ids":[{{string.Join(',', archives.Select(layer => $"\"sha256:{Hex(layer)}\""))}}]},
             "history":[{{string.Join(',', archives.Select((_, i) => $"{{\"created_by\":\"COPY step {i}\"}}"))}}]}
            """);
        byte[] manifest = JsonSerializer.SerializeToUtf8Bytes(new[]
        {
            new { Config = Hex(config) + ".json", RepoTags = new[] { "test:latest" }, Layers = archives.Select((_, i) => $"{i}/layer.tar") },
        });
        File.WriteAllBytes(path, Tar(
        [
            .. archives.Select((layer, i) => ($"{i}/layer.tar", layer)), (Hex(config) + ".json", config), ("manifest.json", manifest),
        ]));
        return path;
    }

    private static string Hex(byte[] content) => Convert.ToHexString(SHA256.HashData(content)).ToLowerInvariant();

    private static byte[] Tar(IEnumerable<(string Path, byte[] Content)> files)
    {
        using var stream = new MemoryStream();
        using (var writer = new TarWriter(stream, TarEntryFormat.Ustar, leaveOpen: true))
        {
            foreach ((string path, byte[] content) in files)
            {
                bool isDirectory = path.EndsWith('/');
                var entry = new UstarTarEntry(isDirectory ? TarEntryType.Directory : TarEntryType.RegularFile, path)
                {
                    ModificationTime = DateTimeOffset.UnixEpoch,
                    Mode = (UnixFileMode)0b111_101_101,
                };
                if (!isDirectory)
                {
                    entry.DataStream = new MemoryStream(content);
                }

                writer.WriteEntry(entry);
            }
        }

        return stream.ToArray();
    }
}
