using System.Text.RegularExpressions;
using GoCross.Errors;
using GoCross.Oci;

namespace GoCross.Images;

/// <summary>An image as a user names it.</summary>
public sealed partial record ImageLocation
{
    private static readonly (string Prefix, ImageTransport Transport)[] Prefixes =
    [
        ("docker-archive:", ImageTransport.DockerArchive),
        ("oci-archive:", ImageTransport.OciArchive),
        ("oci:", ImageTransport.Oci),
        ("dir:", ImageTransport.Dir),
        ("docker-daemon:", ImageTransport.DockerDaemon),
        ("docker://", ImageTransport.Registry),
    ];

    private ImageLocation(
        ImageTransport transport, string address, string text, string? imageName = null, ImageReference? reference = null)
    {
        Transport = transport;
        Address = address;
        ImageName = imageName;
        Text = text;
        Reference = reference;
    }

    /// <summary>Where the image is.</summary>
    public ImageTransport Transport { get; }

    /// <summary>Whether it has to be fetched: from an engine or a registry.</summary>
    internal bool IsRemote => Transport is ImageTransport.DockerDaemon or ImageTransport.Registry;

    /// <summary>The full path of the archive or directory; for a Docker engine the image's name or ID; for a registry the name.</summary>
    public string Address { get; }

    /// <summary>The image's name in a registry or in a Docker engine; null for a file, a directory, and an image's ID.</summary>
    public ImageReference? Reference { get; }

    /// <summary>Which of the archive's images is meant: a name with tag, or @ and its place, from 0; null where it has one.</summary>
    public string? ImageName { get; }

    /// <summary>What the user wrote.</summary>
    public string Text { get; }

    /// <summary>What names it from anywhere: the full path, with the transport and the image's name where those were given.</summary>
    public string FullName => Transport == ImageTransport.Auto
        ? Address
        : Prefixes.First(pair => pair.Transport == Transport).Prefix + Address + (ImageName is null ? "" : ":" + ImageName);

    /// <summary>The prefixes that name a transport.</summary>
    public static IEnumerable<string> TransportPrefixes => Prefixes.Select(pair => pair.Prefix);

    /// <summary>
    /// Reads a name: a path, a path behind dir:, a path behind docker-archive:, oci: or oci-archive: with an image's name behind it after
    /// another colon, or an image's name behind docker-daemon: or docker://, the engine's or a registry's. What names no file, and does not look like one, is
    /// taken for the name of an image in the Docker engine.
    /// </summary>
    /// <param name="text">The name.</param>
    /// <param name="resolve">Makes a full path from one that the user wrote.</param>
    /// <exception cref="GoCrossException">
    /// ImageSourceInvalid; PathNotFound; ImageReferenceInvalid.
    /// </exception>
    public static ImageLocation Parse(string text, Func<string, string> resolve)
    {
        foreach ((string prefix, ImageTransport transport) in Prefixes)
        {
            if (text.StartsWith(prefix, StringComparison.Ordinal))
            {
                string rest = text[prefix.Length..];
                if (rest.Length == 0)
                {
                    throw GoCrossException.Create(
                        ErrorKind.InvalidArgument, nameof(Messages.ImageSourceInvalid), text);
                }

                return transport switch
                {
                    ImageTransport.DockerDaemon => InEngine(rest, IsId(rest) ? null : ImageReference.Parse(rest), text),
                    ImageTransport.Registry => InRegistry(ImageReference.Parse(rest), text),
                    _ => ParseLocation(transport, rest, text, resolve),
                };
            }
        }

        ImageReference? reference = null;
        bool isName = (IsId(text) || ImageReference.TryParse(text, out reference)) && !ArchiveExtension().IsMatch(text);
        string path;
        try
        {
            path = resolve(text);
        }
        catch (GoCrossException) when (isName)
        {
            // To PowerShell api:v1 is a path on a drive called api.
            return InEngine(text, reference, text);
        }

        return File.Exists(path) || Directory.Exists(path) ? new ImageLocation(ImageTransport.Auto, path, text)
            : isName ? InEngine(text, reference, text)
            : throw GoCrossException.Create(ErrorKind.NotFound, nameof(Messages.PathNotFound), path);
    }

    /// <summary>What the user wrote.</summary>
    public override string ToString() => Text;

    private static ImageLocation InRegistry(ImageReference reference, string text) =>
        new(ImageTransport.Registry, reference.CanonicalName, text, reference: reference);

    private static ImageLocation InEngine(string address, ImageReference? reference, string text) =>
        new(ImageTransport.DockerDaemon, address, text, reference: reference);

    // An image's ID in an engine. A shorter one reads as a name, and the engine knows what it is.
    private static bool IsId(string text) => Digests.IsValid(text) || Digests.FromHex(text) is not null;

    // A path may hold colons, C:\ before all: the longest part that exists is the path.
    private static ImageLocation ParseLocation(
        ImageTransport transport, string rest, string text, Func<string, string> resolve)
    {
        for (int end = rest.Length; end > 0; end = rest.LastIndexOf(':', end - 1))
        {
            if (TryResolve(rest[..end]) is { } path && (File.Exists(path) || Directory.Exists(path)))
            {
                string? name = end == rest.Length ? null : rest[(end + 1)..];
                return new ImageLocation(transport, path, text, string.IsNullOrEmpty(name) ? null : name);
            }
        }

        throw GoCrossException.Create(ErrorKind.NotFound, nameof(Messages.PathNotFound), TryResolve(rest) ?? rest);

        string? TryResolve(string candidate)
        {
            try
            {
                return resolve(candidate);
            }
            catch (GoCrossException) when (candidate.Contains(':', StringComparison.Ordinal))
            {
                // To PowerShell oci:latest is a path on a drive called oci. A shorter candidate may be one of a file.
                return null;
            }
        }
    }

    [GeneratedRegex(@"\.(tar|tgz|gz|zst|oci|json)$", RegexOptions.CultureInvariant | RegexOptions.IgnoreCase)]
    private static partial Regex ArchiveExtension();
}
