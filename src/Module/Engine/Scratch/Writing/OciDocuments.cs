using System.Buffers;
using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;
using GoCross.Oci;

namespace GoCross.Scratch;

/// <summary>
/// Writes the JSON of an image: the OCI image specification 1.1 (config.md, manifest.md, image-index.md,
/// image-layout.md), and the manifest.json of a docker-archive. Keys in a fixed order, no blanks: the bytes are named
/// by their digests.
/// </summary>
internal static class OciDocuments
{
    private const long NanosecondsPerTick = 100;

    /// <summary>The content of the file oci-layout.</summary>
    internal static ReadOnlySpan<byte> Layout => """{"imageLayoutVersion":"1.0.0"}"""u8;

    /// <summary>The empty document (manifest.md, "Guidance for an Empty Descriptor").</summary>
    internal static ReadOnlyMemory<byte> Empty { get; } = "{}"u8.ToArray();

    /// <summary>The configuration: its digest is the image ID.</summary>
    internal static byte[] Config(PlatformImage image)
    {
        ScratchOptions options = image.Options;
        ImageConfiguration? inherited = image.Base?.Configuration;
        string created = options.Created.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);
        return Write(json =>
        {
            json.WriteStartObject();
            json.WriteString("created", created);
            WritePlatform(json, image.Program);
            json.WriteStartObject("config");
            json.WriteString("User", options.User.ToString());
            WriteKeys(
                json,
                "ExposedPorts",
                (inherited?.ExposedPorts ?? []).Concat(options.Ports.Order().Select(
                    port => string.Create(CultureInfo.InvariantCulture, $"{port}/tcp"))));
            WriteEnvironment(json, inherited, image.Contents);
            WriteArray(json, "Entrypoint", image.Contents.Entrypoint);
            WriteHealthCheck(json, options);
            WriteKeys(json, "Volumes", (inherited?.Volumes ?? []).Concat(options.Volumes.Order(StringComparer.Ordinal)));
            json.WriteString("WorkingDir", string.IsNullOrEmpty(inherited?.WorkingDirectory) ? "/" : inherited.WorkingDirectory);
            WriteTexts(json, "Labels", (inherited?.Labels ?? new Dictionary<string, string>()).Concat(image.Contents.Labels));
            string signal = options.StopSignal ?? inherited?.StopSignal ?? string.Empty;
            if (signal.Length > 0)
            {
                json.WriteString("StopSignal", signal);
            }

            json.WriteEndObject();
            json.WriteStartObject("rootfs");
            json.WriteString("type", "layers");
            WriteArray(json, "diff_ids", image.Layers.Select(layer => layer.DiffId));
            json.WriteEndObject();
            json.WriteStartArray("history");
            for (int i = 0; i < image.Layers.Count; i++)
            {
                ScratchImageLayer layer = image.Layers[i];
                DateTimeOffset? time = layer.IsOfBase ? image.Base!.Layers[i].Created : options.Created;
                json.WriteStartObject();
                if (time is { } known)
                {
                    json.WriteString("created", known.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture));
                }

                json.WriteString("created_by", layer.IsOfBase ? layer.Holds : "GoCross: " + layer.Holds);
                json.WriteEndObject();
            }

            json.WriteEndArray();
            json.WriteEndObject();
        });
    }

    /// <summary>The manifest of an image.</summary>
    /// <param name="config">The configuration.</param>
    /// <param name="layers">The layers.</param>
    /// <param name="annotations">The annotations, sorted.</param>
    internal static byte[] Manifest(
        StoredBlob config, IReadOnlyList<ScratchImageLayer> layers, IEnumerable<KeyValuePair<string, string>> annotations) => Write(json =>
    {
        json.WriteStartObject();
        json.WriteNumber("schemaVersion", 2);
        json.WriteString("mediaType", MediaTypes.OciManifest);
        json.WriteStartObject("config");
        WriteDescriptor(json, MediaTypes.OciConfig, config.Digest, config.Length);
        json.WriteEndObject();
        json.WriteStartArray("layers");
        foreach (ScratchImageLayer layer in layers)
        {
            json.WriteStartObject();
            WriteDescriptor(json, layer.MediaType, layer.Digest, layer.Length);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        WriteTexts(json, "annotations", annotations);
        json.WriteEndObject();
    });

    /// <summary>The index of several platforms' images.</summary>
    /// <param name="manifests">Each image with its program.</param>
    /// <param name="annotations">The annotations, sorted.</param>
    internal static byte[] Index(
        IEnumerable<(ScratchImageManifest Manifest, ScratchProgram Program)> manifests,
        IEnumerable<KeyValuePair<string, string>> annotations) => Write(json =>
    {
        BeginIndex(json);
        foreach ((ScratchImageManifest manifest, ScratchProgram program) in manifests)
        {
            json.WriteStartObject();
            WriteDescriptor(json, MediaTypes.OciManifest, manifest.Digest, manifest.ManifestLength);
            json.WriteStartObject("platform");
            WritePlatform(json, program);
            json.WriteEndObject();
            json.WriteEndObject();
        }

        json.WriteEndArray();
        WriteTexts(json, "annotations", annotations);
        json.WriteEndObject();
    });

    /// <summary>The manifest of a document that belongs to an image (manifest.md, "Guidelines for Artifact Usage").</summary>
    /// <param name="document">The document.</param>
    /// <param name="stored">Its blob.</param>
    /// <param name="empty">The blob of <see cref="Empty"/>.</param>
    /// <param name="subjectType">The media type of what it is about.</param>
    /// <param name="subject">What it is about.</param>
    internal static byte[] Artifact(
        AttachedDocument document, StoredBlob stored, StoredBlob empty, string subjectType, StoredBlob subject) => Write(json =>
    {
        json.WriteStartObject();
        json.WriteNumber("schemaVersion", 2);
        json.WriteString("mediaType", MediaTypes.OciManifest);
        json.WriteString("artifactType", document.MediaType);
        json.WriteStartObject("config");
        WriteDescriptor(json, MediaTypes.OciEmpty, empty.Digest, empty.Length);
        json.WriteEndObject();
        json.WriteStartArray("layers");
        json.WriteStartObject();
        WriteDescriptor(json, document.MediaType, stored.Digest, stored.Length);
        WriteTexts(json, "annotations", [new("org.opencontainers.image.title", Path.GetFileName(document.Path))]);
        json.WriteEndObject();
        json.WriteEndArray();
        json.WriteStartObject("subject");
        WriteDescriptor(json, subjectType, subject.Digest, subject.Length);
        json.WriteEndObject();
        json.WriteEndObject();
    });

    /// <summary>The content of index.json, the entry to the layout.</summary>
    /// <param name="rootType">The media type of what the name points to.</param>
    /// <param name="root">What the name points to.</param>
    /// <param name="program">The program of a single image; null for an index.</param>
    /// <param name="reference">The name.</param>
    /// <param name="attachments">What is attached.</param>
    internal static byte[] LayoutIndex(
        string rootType,
        StoredBlob root,
        ScratchProgram? program,
        ImageReference reference,
        IEnumerable<ScratchImageAttachment> attachments) => Write(json =>
    {
        BeginIndex(json);
        json.WriteStartObject();
        WriteDescriptor(json, rootType, root.Digest, root.Length);
        if (program is not null)
        {
            json.WriteStartObject("platform");
            WritePlatform(json, program);
            json.WriteEndObject();
        }

        // containerd and new docker engines name the image by the first, OCI tools by the second.
        WriteTexts(
            json,
            "annotations",
            [
                new("io.containerd.image.name", reference.CanonicalName),
                new("org.opencontainers.image.ref.name", reference.Tag),
            ]);
        json.WriteEndObject();
        foreach (ScratchImageAttachment attachment in attachments)
        {
            json.WriteStartObject();
            WriteDescriptor(json, MediaTypes.OciManifest, attachment.Digest, attachment.ManifestLength);
            json.WriteString("artifactType", attachment.ArtifactType);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteEndObject();
    });

    /// <summary>The content of manifest.json, by which docker load and docker-archive readers go.</summary>
    internal static byte[] DockerManifest(ImageReference reference, ScratchImageManifest image) => Write(json =>
    {
        json.WriteStartArray();
        json.WriteStartObject();
        json.WriteString("Config", ImageStore.PathOf(image.ImageId));
        WriteArray(json, "RepoTags", [reference.FamiliarName]);
        WriteArray(json, "Layers", image.Layers.Select(layer => ImageStore.PathOf(layer.Digest)));
        json.WriteEndObject();
        json.WriteEndArray();
    });

    private static void BeginIndex(Utf8JsonWriter json)
    {
        json.WriteStartObject();
        json.WriteNumber("schemaVersion", 2);
        json.WriteString("mediaType", MediaTypes.OciIndex);
        json.WriteStartArray("manifests");
    }

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

    private static void WriteEnvironment(Utf8JsonWriter json, ImageConfiguration? inherited, ScratchContents contents)
    {
        var variables = new SortedDictionary<string, string>(StringComparer.Ordinal);
        foreach ((string name, string value) in (inherited?.Environment ?? new Dictionary<string, string>()).Concat(contents.Environment))
        {
            variables[name] = value;
        }

        if (variables.Count > 0)
        {
            WriteArray(json, "Env", variables.Select(variable => $"{variable.Key}={variable.Value}"));
        }
    }

    // Of Docker's own: the specification has no health checks (moby image/spec/spec.md, "Healthcheck"). Times in nanoseconds.
    private static void WriteHealthCheck(Utf8JsonWriter json, ScratchOptions options)
    {
        if (options.HealthCheck.Count == 0)
        {
            return;
        }

        json.WriteStartObject("Healthcheck");
        WriteArray(json, "Test", options.HealthCheck.Prepend("CMD"));
        WriteTime("Interval", options.HealthCheckInterval);
        WriteTime("Timeout", options.HealthCheckTimeout);
        json.WriteEndObject();

        void WriteTime(string name, TimeSpan? time)
        {
            if (time is { } known)
            {
                json.WriteNumber(name, known.Ticks * NanosecondsPerTick);
            }
        }
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

    // A set, as Go writes one: an object whose values are empty objects. Nothing for an empty one.
    private static void WriteKeys(Utf8JsonWriter json, string name, IEnumerable<string> keys)
    {
        string[] distinct = [.. keys.Distinct(StringComparer.Ordinal)];
        if (distinct.Length == 0)
        {
            return;
        }

        json.WriteStartObject(name);
        foreach (string key in distinct)
        {
            json.WriteStartObject(key);
            json.WriteEndObject();
        }

        json.WriteEndObject();
    }

    // The last of several of one name counts. Nothing for none.
    private static void WriteTexts(Utf8JsonWriter json, string name, IEnumerable<KeyValuePair<string, string>> texts)
    {
        var sorted = new SortedDictionary<string, string>(StringComparer.Ordinal);
        foreach ((string key, string value) in texts)
        {
            sorted[key] = value;
        }

        if (sorted.Count == 0)
        {
            return;
        }

        json.WriteStartObject(name);
        foreach ((string key, string value) in sorted)
        {
            json.WriteString(key, value);
        }

        json.WriteEndObject();
    }
}
