using System.Text.RegularExpressions;
using GoCross.Errors;

namespace GoCross.Oci;

/// <summary>
/// An image's name with a tag, by the grammar of the distribution project (distribution/reference, reference.go).
/// </summary>
public sealed partial record ImageReference
{
    private const string DefaultDomain = "docker.io";
    private const string OfficialPrefix = "library/";
    private const int MaxNameLength = 255;

    private ImageReference(string domain, string path, string tag)
    {
        Domain = domain;
        Path = path;
        Tag = tag;
    }

    /// <summary>The registry, with its port if there is one; <c>docker.io</c> where the name has none.</summary>
    public string Domain { get; }

    /// <summary>The repository's path in the registry, for example <c>library/api</c>.</summary>
    public string Path { get; }

    /// <summary>The tag; <c>latest</c> where the name has none.</summary>
    public string Tag { get; }

    /// <summary>The name in full, as containerd wants it: <c>docker.io/library/api:latest</c>.</summary>
    public string CanonicalName => $"{Domain}/{Path}:{Tag}";

    /// <summary>The name as docker shows it: <c>api:latest</c>.</summary>
    public string FamiliarName
    {
        get
        {
            if (Domain != DefaultDomain)
            {
                return CanonicalName;
            }

            string path = Path.StartsWith(OfficialPrefix, StringComparison.Ordinal) && Path.IndexOf('/', OfficialPrefix.Length) < 0
                ? Path[OfficialPrefix.Length..]
                : Path;
            return $"{path}:{Tag}";
        }
    }

    /// <summary>Reads <c>[REGISTRY/]PATH[:TAG]</c>.</summary>
    /// <param name="text">The text.</param>
    /// <exception cref="GoCrossException">ImageReferenceInvalid; ImageReferenceHasDigest.</exception>
    public static ImageReference Parse(string text)
    {
        if (text.Contains('@', StringComparison.Ordinal))
        {
            throw GoCrossException.Create(ErrorKind.InvalidArgument, nameof(Messages.ImageReferenceHasDigest), text);
        }

        // A colon belongs to the tag if no slash follows it; else it is the registry's port.
        int colon = text.LastIndexOf(':');
        bool tagged = colon > text.LastIndexOf('/');
        string name = tagged ? text[..colon] : text;
        string tag = tagged ? text[(colon + 1)..] : "latest";

        // The first part is a registry if it cannot be a part of a path, or is localhost: distribution/reference,
        // splitDockerDomain.
        int slash = name.IndexOf('/', StringComparison.Ordinal);
        string first = slash < 0 ? "" : name[..slash];
        bool hasDomain = first.AsSpan().IndexOfAny('.', ':') >= 0 || first == "localhost" || first.Any(char.IsAsciiLetterUpper);
        string domain = hasDomain ? first : DefaultDomain;
        string path = hasDomain ? name[(slash + 1)..] : name;
        if (domain == "index.docker.io")
        {
            domain = DefaultDomain;
        }

        if (domain == DefaultDomain && !path.Contains('/', StringComparison.Ordinal))
        {
            path = OfficialPrefix + path;
        }

        if (!DomainPattern().IsMatch(domain)
            || !PathPattern().IsMatch(path)
            || !TagPattern().IsMatch(tag)
            || domain.Length + 1 + path.Length > MaxNameLength
            || IdPattern().IsMatch(name))
        {
            throw GoCrossException.Create(ErrorKind.InvalidArgument, nameof(Messages.ImageReferenceInvalid), text);
        }

        return new ImageReference(domain, path, tag);
    }

    /// <summary>A name with the tag <c>latest</c> for a program: its file name with what the grammar forbids taken out.</summary>
    /// <param name="programName">The program's file name.</param>
    internal static ImageReference ForProgram(string programName)
    {
        string path = ForbiddenPattern().Replace(programName.ToLowerInvariant(), "-").Trim('-');
        return new ImageReference(DefaultDomain, OfficialPrefix + (path.Length == 0 || IdPattern().IsMatch(path) ? "program" : path), "latest");
    }

    /// <summary><see cref="FamiliarName"/>.</summary>
    public override string ToString() => FamiliarName;

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
