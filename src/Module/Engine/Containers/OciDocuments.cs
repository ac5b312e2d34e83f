using System.Buffers;
using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace GoCross.Containers;

/// <summary>
/// Writes the JSON of an image: the OCI image specification 1.0 (config.md, manifest.md, image-index.md,
/// image-layout.md), and the manifest.json of a docker-archive. Keys in a fixed order, no blanks: the bytes are named
/// by their digests.
/// </summary>
internal static class OciDocuments
{
    private const string ManifestType = "application/vnd.oci.image.manifest.v1+json";
    private const string IndexType = "application/vnd.oci.image.index.v1+json";
    private const string ConfigType = "application/vnd.oci.image.config.v1+json";
    private const string LayerType = "application/vnd.oci.image.layer.v1.tar";

    /// <summary>The content of the file oci-layout.</summary>
    internal static ReadOnlySpan<byte> Layout => """{"imageLayoutVersion":"1.0.0"}"""u8;

    /// <summary>The configuration: its digest is the image ID.</summary>
    internal static byte[] Config(
        ScratchProgram program, ScratchContents contents, ScratchOptions options, IReadOnlyList<ScratchImageLayer> layers)
    {
        string created = options.Created.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);
        return Write(json =>
        {
            json.WriteStartObject();
            json.WriteString("created", created);
            WritePlatform(json, program);
            json.WriteStartObject("config");
            json.WriteString("User", options.User.ToString());
            if (options.Ports.Count > 0)
            {
                json.WriteStartObject("ExposedPorts");
                foreach (int port in options.Ports.Distinct().Order())
                {
                    json.WriteStartObject(string.Create(CultureInfo.InvariantCulture, $"{port}/tcp"));
                    json.WriteEndObject();
                }

                json.WriteEndObject();
            }

            if (contents.Environment.Count > 0)
            {
                WriteArray(json, "Env", contents.Environment.Select(variable => $"{variable.Key}={variable.Value}"));
            }

            WriteArray(json, "Entrypoint", contents.Entrypoint);
            json.WriteString("WorkingDir", "/");
            json.WriteStartObject("Labels");
            foreach ((string key, string value) in contents.Labels)
            {
                json.WriteString(key, value);
            }

            json.WriteEndObject();
            json.WriteEndObject();
            json.WriteStartObject("rootfs");
            json.WriteString("type", "layers");
            WriteArray(json, "diff_ids", layers.Select(layer => layer.DiffId));
            json.WriteEndObject();
            json.WriteStartArray("history");
            foreach (ScratchImageLayer layer in layers)
            {
                json.WriteStartObject();
                json.WriteString("created", created);
                json.WriteString("created_by", "GoCross: " + layer.Holds);
                json.WriteEndObject();
            }

            json.WriteEndArray();
            json.WriteEndObject();
        });
    }

    /// <summary>The manifest: its digest is what a registry calls the image by.</summary>
    internal static byte[] Manifest(string configDigest, int configLength, IReadOnlyList<ScratchImageLayer> layers) => Write(json =>
    {
        json.WriteStartObject();
        json.WriteNumber("schemaVersion", 2);
        json.WriteString("mediaType", ManifestType);
        json.WriteStartObject("config");
        WriteDescriptor(json, ConfigType, configDigest, configLength);
        json.WriteEndObject();
        json.WriteStartArray("layers");
        foreach (ScratchImageLayer layer in layers)
        {
            json.WriteStartObject();
            WriteDescriptor(json, LayerType, layer.Digest, layer.Length);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteEndObject();
    });

    /// <summary>The content of index.json, the entry to the layout.</summary>
    internal static byte[] Index(ScratchProgram program, ImageReference reference, string manifestDigest, int manifestLength) => Write(json =>
    {
        json.WriteStartObject();
        json.WriteNumber("schemaVersion", 2);
        json.WriteString("mediaType", IndexType);
        json.WriteStartArray("manifests");
        json.WriteStartObject();
        WriteDescriptor(json, ManifestType, manifestDigest, manifestLength);
        json.WriteStartObject("platform");
        WritePlatform(json, program);
        json.WriteEndObject();

        // containerd and new docker engines name the image by the first, OCI tools by the second.
        json.WriteStartObject("annotations");
        json.WriteString("io.containerd.image.name", reference.CanonicalName);
        json.WriteString("org.opencontainers.image.ref.name", reference.Tag);
        json.WriteEndObject();
        json.WriteEndObject();
        json.WriteEndArray();
        json.WriteEndObject();
    });

    /// <summary>The content of manifest.json, by which docker load and docker-archive readers go.</summary>
    internal static byte[] DockerManifest(
        ImageReference reference, string configPath, IEnumerable<string> layerPaths) => Write(json =>
    {
        json.WriteStartArray();
        json.WriteStartObject();
        json.WriteString("Config", configPath);
        WriteArray(json, "RepoTags", [reference.FamiliarName]);
        WriteArray(json, "Layers", layerPaths);
        json.WriteEndObject();
        json.WriteEndArray();
    });

    private static byte[] Write(Action<Utf8JsonWriter> write)
    {
        var buffer = new ArrayBufferWriter<byte>();

        // The strict encoder is for JSON inside of HTML; this one leaves a + in a version readable.
        using (var json = new Utf8JsonWriter(buffer, new JsonWriterOptions { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping }))
        {
            write(json);
        }

        return buffer.WrittenSpan.ToArray();
    }

    private static void WritePlatform(Utf8JsonWriter json, ScratchProgram program)
    {
        json.WriteString("architecture", program.Architecture);
        json.WriteString("os", program.OperatingSystem);
        if (program.Variant is { } variant)
        {
            json.WriteString("variant", variant);
        }
    }

    private static void WriteDescriptor(Utf8JsonWriter json, string mediaType, string digest, long length)
    {
        json.WriteString("mediaType", mediaType);
        json.WriteString("digest", digest);
        json.WriteNumber("size", length);
    }

    private static void WriteArray(Utf8JsonWriter json, string name, IEnumerable<string> values)
    {
        json.WriteStartArray(name);
        foreach (string value in values)
        {
            json.WriteStringValue(value);
        }

        json.WriteEndArray();
    }
}
