using System.Globalization;

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
    /// <summary>The folder of the archives, in the context.</summary>
    internal const string RootDirectory = "rootfs";

    /// <summary>An archive's path in the context, with a slash.</summary>
    internal static string ArchivePath(RootPart part) => $"{RootDirectory}/{part.FileName}";

    /// <summary>The instruction that unpacks an archive.</summary>
    internal static DockerfileInstruction Add(RootPart part) => new($"ADD {ArchivePath(part)} /", part.Reason);

    /// <summary>What the image says of itself, and how the program is started.</summary>
    internal static IEnumerable<DockerfileInstruction> Configuration(ImagePlan plan, ScratchOptions options)
    {
        ScratchContents contents = plan.Contents;
        if (contents.Labels.Count > 0)
        {
            yield return new(
                DockerfileText.Pairs("LABEL", contents.Labels),
                "What registries and scanners show of the image (OCI annotations).");
        }

        if (contents.Environment.Count > 0)
        {
            yield return new(
                DockerfileText.Pairs("ENV", contents.Environment),
                "What the program finds in its environment.");
        }

        if (options.Ports.Count > 0)
        {
            yield return new(
                "EXPOSE " + string.Join(' ', options.Ports.Distinct().Order().Select(
                    port => string.Create(CultureInfo.InvariantCulture, $"{port}/tcp"))),
                "Where the program listens. For people and for docker run -P: nothing is opened by it.");
        }

        if (options.Volumes.Count > 0)
        {
            yield return new(
                "VOLUME " + DockerfileText.Exec([.. options.Volumes.Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal)]),
                "Where data is that outlives the container: an engine makes a volume of its own there unless one is given.");
        }

        if (options.StopSignal is { } signal)
        {
            yield return new($"STOPSIGNAL {signal}", "What docker stop and an orchestrator send to have the program end.");
        }

        if (options.HealthCheck.Count > 0)
        {
            yield return new(
                string.Concat(
                    "HEALTHCHECK ",
                    Seconds("interval", options.HealthCheckInterval),
                    Seconds("timeout", options.HealthCheckTimeout),
                    "CMD ",
                    DockerfileText.Exec(options.HealthCheck)),
                "In exec form, as there is no shell. Docker's own image format keeps it; OCI's has no place for it, so Buildah and "
                    + "Podman drop it (unless told --format docker), and Kubernetes has probes instead.");
        }

        yield return new(
            $"USER {options.User}",
            options.User.IsRoot
                ? "Root, as was asked for."
                : "Not root, and by number: Kubernetes checks runAsNonRoot by numbers only.");
        yield return new(
            "ENTRYPOINT " + DockerfileText.Exec(contents.Entrypoint),
            plan.Base.HasShell
                ? "In exec form: no shell stands between, and the program gets the signals itself."
                : "In exec form: there is no shell here, and the program gets the signals itself.");
    }

    private static string Seconds(string option, TimeSpan? time) => time is { } span
        ? string.Create(CultureInfo.InvariantCulture, $"--{option}={span.TotalSeconds:0.###}s ")
        : string.Empty;
}
