using System.Diagnostics.CodeAnalysis;
using System.Text.RegularExpressions;
using GoCross.Errors;

namespace GoCross.Oci;

/// <summary>
/// An image's name, by the grammar of the distribution project (distribution/reference, reference.go):
/// <c>[REGISTRY/]PATH[:TAG][@DIGEST]</c>. Two names that mean the same image are equal, however they are written.
/// </summary>
public sealed partial record ImageReference
{
    /// <summary>The registry of a name without one.</summary>
    internal const string DefaultDomain = "docker.io";

    private const string OfficialPrefix = "library/";
    private const int MaxNameLength = 255;

    private readonly string _written;

    private ImageReference(string domain, string path, string? tag, string? digest, string written)
    {
        Domain = domain;
        Path = path;
        Tag = tag;
        Digest = digest;
        _written = written;
    }

    /// <summary>The registry, with its port if there is one; <c>docker.io</c> where the name has none.</summary>
    public string Domain { get; }

    /// <summary>The repository's path in the registry, for example <c>library/api</c>.</summary>
    public string Path { get; }

    /// <summary>The tag; <c>latest</c> where the name has neither tag nor digest; null where it has a digest alone.</summary>
    public string? Tag { get; }

    /// <summary>The digest of the manifest or the index; null where the name has none.</summary>
    public string? Digest { get; }

    /// <summary>The registry and the path: <c>docker.io/library/api</c>.</summary>
    public string Repository => $"{Domain}/{Path}";

    /// <summary>The name in full, as containerd wants it: <c>docker.io/library/api:latest</c>.</summary>
    public string CanonicalName => Repository + Suffix;

    /// <summary>The name as docker shows it: <c>api:latest</c>.</summary>
    public string FamiliarName => (Domain != DefaultDomain ? Repository : IsOfficial ? Path[OfficialPrefix.Length..] : Path) + Suffix;

    /// <summary>Whether it is one of Docker Hub's own images, which nobody else can push.</summary>
    public bool IsOfficial => Domain == DefaultDomain
        && Path.StartsWith(OfficialPrefix, StringComparison.Ordinal)
        && Path.IndexOf('/', OfficialPrefix.Length) < 0;

    /// <summary>The name as it was written, with the tag that it means where it has neither tag nor digest.</summary>
    internal string WrittenWithTag => Digest is null && !_written.EndsWith(":" + Tag, StringComparison.Ordinal) ? $"{_written}:{Tag}" : _written;

    /// <summary>
    /// What the manifest is asked for by. Where there are both, the digest says which, as it does for docker pull.
    /// </summary>
    internal string TagOrDigest => Digest ?? Tag!;

    private string Suffix => (Tag is null ? string.Empty : ":" + Tag) + (Digest is null ? string.Empty : "@" + Digest);

    /// <summary>Reads a name.</summary>
    /// <param name="text">The text.</param>
    /// <exception cref="GoCrossException">ImageReferenceInvalid.</exception>
    public static ImageReference Parse(string text) => TryParse(text, out ImageReference? reference)
        ? reference
        : throw GoCrossException.Create(ErrorKind.InvalidArgument, nameof(Messages.ImageReferenceInvalid), text);

    /// <summary>Reads the name of an image that is to be made, which cannot have a digest yet.</summary>
    /// <param name="text">The text.</param>
    /// <exception cref="GoCrossException">ImageReferenceInvalid; ImageReferenceHasDigest.</exception>
    public static ImageReference ParseTagged(string text) => text.Contains('@', StringComparison.Ordinal)
        ? throw GoCrossException.Create(ErrorKind.InvalidArgument, nameof(Messages.ImageReferenceHasDigest), text)
        : Parse(text);

    /// <summary>A name with the tag <c>latest</c> for a program: its file name with what the grammar forbids taken out.</summary>
    /// <param name="programName">The program's file name.</param>
    internal static ImageReference ForProgram(string programName)
    {
        string path = ForbiddenPattern().Replace(programName.ToLowerInvariant(), "-").Trim('-');
        path = path.Length == 0 || IdPattern().IsMatch(path) ? "program" : path;
        return new ImageReference(DefaultDomain, OfficialPrefix + path, "latest", null, path + ":latest");
    }

    /// <summary>Reads a name.</summary>
    /// <param name="text">The text.</param>
    /// <param name="reference">The name; null if it is not one.</param>
    internal static bool TryParse(string text, [NotNullWhen(true)] out ImageReference? reference)
    {
        int at = text.IndexOf('@', StringComparison.Ordinal);
        string? digest = at < 0 ? null : text[(at + 1)..];
        string name = at < 0 ? text : text[..at];

        // A colon belongs to the tag if no slash follows it; else it is the registry's port.
        int colon = name.LastIndexOf(':');
        bool isTagged = colon > name.LastIndexOf('/');
        string? tag = isTagged ? name[(colon + 1)..] : digest is null ? "latest" : null;
        name = isTagged ? name[..colon] : name;

        // The first part is a registry if it cannot be a part of a path, or is localhost: distribution/reference,
        // splitDockerDomain.
        int slash = name.IndexOf('/', StringComparison.Ordinal);
        string first = slash < 0 ? "" : name[..slash];
        bool hasDomain = first.AsSpan().IndexOfAny('.', ':') >= 0 || first == "localhost" || first.Any(char.IsAsciiLetterUpper);
        string domain = !hasDomain || first == "index.docker.io" ? DefaultDomain : first;
        string path = hasDomain ? name[(slash + 1)..] : name;
        if (domain == DefaultDomain && !path.Contains('/', StringComparison.Ordinal))
        {
            path = OfficialPrefix + path;
        }

        bool isValid = DomainPattern().IsMatch(domain)
            && PathPattern().IsMatch(path)
            && (tag is null || TagPattern().IsMatch(tag))
            && (digest is null || Digests.IsValid(digest))
            && domain.Length + 1 + path.Length <= MaxNameLength
            && !IdPattern().IsMatch(name);
        reference = isValid ? new ImageReference(domain, path, tag, digest, text) : null;
        return isValid;
    }

    /// <summary>The name with a digest that holds it still.</summary>
    /// <param name="digest">The digest.</param>
    internal ImageReference WithDigest(string digest) => new(Domain, Path, Tag, digest, $"{_written}@{digest}");

    /// <inheritdoc/>
    public bool Equals(ImageReference? other) => CanonicalName == other?.CanonicalName;

    /// <inheritdoc/>
    public override int GetHashCode() => CanonicalName.GetHashCode(StringComparison.Ordinal);

    /// <summary>The name as it was written.</summary>
    public override string ToString() => _written;

    [GeneratedRegex(
        @"\A(?:(?:[a-zA-Z0-9]|[a-zA-Z0-9][a-zA-Z0-9-]*[a-zA-Z0-9])(?:\.(?:[a-zA-Z0-9]|[a-zA-Z0-9][a-zA-Z0-9-]*[a-zA-Z0-9]))*|\[[a-fA-F0-9:]+\])(?::[0-9]+)?\z",
        RegexOptions.CultureInvariant)]
    private static partial Regex DomainPattern();

    [GeneratedRegex(
        @"\A[a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*(?:/[a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*)*\z",
        RegexOptions.CultureInvariant)]
    private static partial Regex PathPattern();

    [GeneratedRegex(@"\A[A-Za-z0-9_][A-Za-z0-9_.-]{0,127}\z", RegexOptions.CultureInvariant)]
    private static partial Regex TagPattern();

    [GeneratedRegex(@"\A[a-f0-9]{64}\z", RegexOptions.CultureInvariant)]
    private static partial Regex IdPattern();

    [GeneratedRegex("[^a-z0-9]+", RegexOptions.CultureInvariant)]
    private static partial Regex ForbiddenPattern();
}
