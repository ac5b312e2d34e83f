using System.Text.Json;
using GoCross.Errors;
using GoCross.Files;

namespace GoCross.Scratch;

/// <summary>A document that is to be attached to an image, and what its content says that it is.</summary>
/// <param name="Path">Its full path.</param>
/// <param name="MediaType">What it is, in a media type.</param>
/// <param name="Content">Its bytes.</param>
/// <param name="Subjects">The SHA-256 hashes that an in-toto statement is about, in lower case; empty for another document.</param>
internal sealed record AttachedDocument(string Path, string MediaType, byte[] Content, IReadOnlyList<string> Subjects)
{
    private const long MaxLength = 64L << 20;

    /// <summary>Reads a document.</summary>
    /// <param name="path">Its full path.</param>
    /// <exception cref="GoCrossException">PathNotFound; PathIsDirectory; FileEmpty; AttachmentTooLong; AttachmentUnknown.</exception>
    /// <exception cref="IOException">It cannot be read.</exception>
    /// <exception cref="UnauthorizedAccessException">It may not be read.</exception>
    internal static AttachedDocument Read(string path)
    {
        using RandomAccessFile file = RandomAccessFile.Open(path);
        if (file.Length > MaxLength)
        {
            throw GoCrossException.Create(
                ErrorKind.LimitExceeded, nameof(Messages.AttachmentTooLong), path, file.Length, MaxLength);
        }

        byte[] content = new byte[file.Length];
        content = content[..file.Read(0, content)];
        try
        {
            using JsonDocument json = JsonDocument.Parse(content);
            JsonElement root = json.RootElement;
            if (Text(root, "bomFormat") == "CycloneDX")
            {
                return new AttachedDocument(path, "application/vnd.cyclonedx+json", content, []);
            }

            if (Text(root, "spdxVersion") is not null)
            {
                return new AttachedDocument(path, "application/spdx+json", content, []);
            }

            if (Text(root, "_type") is { } type && type.StartsWith("https://in-toto.io/Statement/", StringComparison.Ordinal))
            {
                return new AttachedDocument(path, "application/vnd.in-toto+json", content, ReadSubjects(root));
            }
        }
        catch (JsonException e)
        {
            throw GoCrossException.Create(e, ErrorKind.InvalidData, nameof(Messages.AttachmentUnknown), path);
        }

        throw GoCrossException.Create(ErrorKind.InvalidData, nameof(Messages.AttachmentUnknown), path);
    }

    private static string[] ReadSubjects(JsonElement statement) =>
        statement.TryGetProperty("subject", out JsonElement subjects) && subjects.ValueKind == JsonValueKind.Array
            ?
            [
                .. subjects.EnumerateArray()
                    .Select(subject => subject.ValueKind == JsonValueKind.Object && subject.TryGetProperty("digest", out JsonElement digest)
                        ? Text(digest, "sha256")
                        : null)
                    .OfType<string>()
                    .Select(hash => hash.ToLowerInvariant()),
            ]
            : [];

    private static string? Text(JsonElement element, string name) =>
        element.ValueKind == JsonValueKind.Object && element.TryGetProperty(name, out JsonElement value) && value.ValueKind == JsonValueKind.String
            ? value.GetString()
            : null;
}
