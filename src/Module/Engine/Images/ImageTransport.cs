namespace GoCross.Images;

/// <summary>Where an image is, in the words of containers-transports(5), which skopeo and podman use.</summary>
public enum ImageTransport
{
    /// <summary>A file or directory; its content tells the rest.</summary>
    Auto,

    /// <summary>An archive as <c>docker save</c> writes it: manifest.json is read.</summary>
    DockerArchive,

    /// <summary>A directory in OCI image layout: index.json is read.</summary>
    Oci,

    /// <summary>A tar of an OCI image layout: index.json is read.</summary>
    OciArchive,

    /// <summary>A directory as skopeo writes it: manifest.json and blobs called by their digits.</summary>
    Dir,

    /// <summary>An image of a Docker engine.</summary>
    DockerDaemon,

    /// <summary>An image of a registry, containers-transports(5)'s docker.</summary>
    Registry,
}
