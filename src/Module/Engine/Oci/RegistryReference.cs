using GoCross.Errors;

namespace GoCross.Oci;

/// <summary>
/// An image in a registry: host[:port]/name[:tag][@digest], by the grammar of the distribution project. Without a host it
/// is one of Docker Hub.
/// </summary>
internal sealed record RegistryReference
{
    private const string DockerHub = "docker.io";

    private RegistryReference(string host, string repository, string? tag, string? digest)
    {
        Host = host;
        Repository = repository;
        Tag = tag;
        Digest = digest;
    }

    /// <summary>The registry's host, with its port if there is one, as Docker calls it: docker.io for Docker Hub.</summary>
    internal string Host { get; }

    /// <summary>The host and port that answer: Docker Hub's is another than its name.</summary>
    internal string Authority => Host == DockerHub ? "registry-1.docker.io" : Host;

    /// <summary>The repository in the registry: library/debian.</summary>
    internal string Repository { get; }

    /// <summary>The tag; null where only a digest is given.</summary>
    internal string? Tag { get; }

    /// <summary>The manifest's digest; null where none is given.</summary>
    internal string? Digest { get; }

    /// <summary>What the manifest is asked by. Where both are given the digest says which, as in docker pull.</summary>
    internal string TagOrDigest => Digest ?? Tag!;

    /// <summary>Reads a name.</summary>
    /// <exception cref="GoCrossException">ImageReferenceInvalid; ImageDigestInvalid.</exception>
    internal static RegistryReference Parse(string text)
    {
        int at = text.IndexOf('@', StringComparison.Ordinal);
        string? digest = at < 0 ? null : text[(at + 1)..];
        string name = at < 0 ? text : text[..at];
        if (digest is not null && !Digests.IsValid(digest))
        {
            throw GoCrossException.Create(
                ErrorKind.InvalidArgument, nameof(Messages.ImageDigestInvalid), new BlobLabel(name), digest);
        }

        var reference = ImageReference.Parse(name);
        bool isTagged = name.LastIndexOf(':') > name.LastIndexOf('/');
        return new RegistryReference(
            reference.Domain, reference.Path, digest is null || isTagged ? reference.Tag : null, digest);
    }

    /// <summary>The name in full: docker.io/library/debian:12.</summary>
    public override string ToString() =>
        $"{Host}/{Repository}{(Tag is null ? string.Empty : ":" + Tag)}{(Digest is null ? string.Empty : "@" + Digest)}";
}
