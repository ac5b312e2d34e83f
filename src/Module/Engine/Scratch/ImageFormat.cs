namespace GoCross.Scratch;

/// <summary>What an image is written as.</summary>
public enum ImageFormat
{
    /// <summary>
    /// A tar that is an OCI image layout and a docker-archive in one: every docker load, containerd, podman and skopeo
    /// read it. Of several platforms the docker-archive has one, for it knows no more.
    /// </summary>
    Hybrid,

    /// <summary>A tar of an OCI image layout.</summary>
    OciArchive,

    /// <summary>A directory with an OCI image layout (OCI image-spec, image-layout.md).</summary>
    OciDirectory,
}
