using System.Globalization;
using GoCross.GoBinaries;
using GoCross.Oci;

namespace GoCross.Scratch;

/// <summary>The instructions of the last stage: what the program needs beside itself, and how it is started.</summary>
/// <remarks>
/// What the program needs comes from small archives under rootfs/, which ADD unpacks. An archive keeps the sticky bit of
/// /tmp, the owner of the home and the modes of the rest whatever the umask of a checkout; COPY --chmod is unknown to the
/// legacy builder, and git keeps no empty directory. Each need has an archive of its own, so that each ADD has its reason
/// and images share the layers.
/// </remarks>
internal static class ImageInstructions
{
    /// <summary>The name that docker build looks for.</summary>
    internal const string DefaultName = "Dockerfile";

    /// <summary>The folder of the archives, in the context.</summary>
    internal const string RootDirectory = "rootfs";

    /// <summary>Whether a Dockerfile is the one that builders look for in a context; others of the context have files of their own.</summary>
    /// <param name="context">The context's full path.</param>
    /// <param name="dockerfile">The Dockerfile's full path.</param>
    internal static bool IsDefault(string context, string dockerfile) => dockerfile == Path.Combine(context, DefaultName);

    /// <summary>
    /// What a Dockerfile's archives have before their names below <see cref="RootDirectory"/>: nothing for the one that builders look for, and
    /// a folder of its own for another, whose users or libraries may be others.
    /// </summary>
    /// <param name="context">The context's full path.</param>
    /// <param name="dockerfile">The Dockerfile's full path.</param>
    internal static string ArchiveFolder(string context, string dockerfile) => IsDefault(context, dockerfile)
        ? string.Empty
        : string.Concat(Path.GetRelativePath(context, dockerfile).Replace(Path.DirectorySeparatorChar, '/')
            .Select(c => char.IsAsciiLetterOrDigit(c) || c is '.' or '-' or '/' ? c : '_')) + "/";

    /// <summary>An archive's path in the context, with a slash.</summary>
    internal static string ArchivePath(RootPart part) => $"{RootDirectory}/{part.FileName}";

    /// <summary>The instruction that unpacks an archive.</summary>
    internal static DockerfileInstruction Add(RootPart part) => new($"ADD {ArchivePath(part)} /", part.Reason);

    /// <summary>The stage that certificates are copied from.</summary>
    internal const string CertificateStage = "certificates";

    /// <summary>The instruction that copies them.</summary>
    internal static DockerfileInstruction CopyCertificates { get; } = new(
        $"COPY --from={CertificateStage} {RuntimeNeeds.CaCertificatesPath} {RuntimeNeeds.CaCertificatesPath}",
        "CA certificates, as the image above has them: who pulls a newer one gets newer ones.");

    /// <summary>What the image says of itself, and how the program is started.</summary>
    internal static IEnumerable<DockerfileInstruction> Configuration(ImagePlan plan, ScratchOptions options)
    {
        ImageConfiguration configuration = plan.Contents.Configure(options, baseImage: null);
        if (configuration.Labels.Count > 0)
        {
            yield return new(
                DockerfileText.Pairs("LABEL", configuration.Labels),
                "What registries and scanners show of the image (OCI annotations).");
        }

        if (configuration.Environment.Count > 0)
        {
            yield return new(
                DockerfileText.Pairs("ENV", configuration.Environment),
                "What the program finds in its environment.");
        }

        if (configuration.ExposedPorts.Count > 0)
        {
            yield return new(
                "EXPOSE " + string.Join(' ', configuration.ExposedPorts),
                "Where the program listens. For people and for docker run -P: nothing is opened by it.");
        }

        if (configuration.Volumes.Count > 0)
        {
            yield return new(
                "VOLUME " + DockerfileText.Exec(configuration.Volumes),
                "Where data is that outlives the container: an engine makes a volume of its own there unless one is given.");
        }

        if (configuration.StopSignal.Length > 0)
        {
            yield return new($"STOPSIGNAL {configuration.StopSignal}", "What docker stop and an orchestrator send to have the program end.");
        }

        if (configuration.HealthCheck is { } check)
        {
            yield return new(
                string.Concat(
                    "HEALTHCHECK ",
                    Seconds("interval", check.Interval),
                    Seconds("timeout", check.Timeout),
                    "CMD ",
                    DockerfileText.Exec([.. check.Test.Skip(1)])),
                "In exec form, as there is no shell. Docker's own image format keeps it; OCI's has no place for it, so Buildah and "
                    + "Podman drop it (unless told --format docker), and Kubernetes has probes instead.");
        }

        yield return new(
            $"USER {configuration.User}",
            options.User.IsRoot
                ? "Root, as was asked for."
                : "Not root, and by number: Kubernetes checks runAsNonRoot by numbers only.");
        yield return new(
            "ENTRYPOINT " + DockerfileText.Exec(configuration.Entrypoint),
            plan.Base.HasShell
                ? "In exec form: no shell stands between, and the program gets the signals itself."
                : "In exec form: there is no shell here, and the program gets the signals itself.");
    }

    private static string Seconds(string option, TimeSpan? time) => time is { } span
        ? string.Create(CultureInfo.InvariantCulture, $"--{option}={span.TotalSeconds:0.###}s ")
        : string.Empty;
}
