using System.Diagnostics;

namespace GoCross.Bench.Images;

/// <summary>
/// A real image of about 1 GB and five layers: Debian, gcc, Go, a chmod -R, a removal; as a docker-archive and as an OCI
/// layout with gzip. It is made once and kept in the temporary directory: delete it there to have it made anew.
/// </summary>
internal sealed class BenchImage
{
    private const string Image = "bench";

    private BenchImage(string folder) => Folder = folder;

    /// <summary>What it takes to make and to measure it.</summary>
    internal static IReadOnlyList<string> Tools => ["debootstrap", "umoci", "skopeo"];

    /// <summary>The archive, its layers unpacked.</summary>
    internal string DockerArchive => Path.Combine(Folder, "image.tar");

    /// <summary>The layout, its layers gzip's.</summary>
    internal string Layout => Path.Combine(Folder, "layout");

    /// <summary>The layout of an image that shares four of the five layers.</summary>
    internal string OtherLayout => Path.Combine(Folder, "other");

    /// <summary>The layers of the layout.</summary>
    internal IReadOnlyList<string> Blobs =>
    [
        .. Directory.GetFiles(Path.Combine(Layout, "blobs", "sha256"))
            .Where(file => File.ReadAllBytes(file) is [0x1F, 0x8B, ..]),
    ];

    private string Folder { get; }

    /// <summary>Finds it, or makes it: as root, with a mirror of Debian at hand, in some minutes.</summary>
    internal static BenchImage Get(Report report)
    {
        var image = new BenchImage(Path.Combine(Path.GetTempPath(), "gocross-bench-image"));
        string done = Path.Combine(image.Folder, "done");
        if (!File.Exists(done))
        {
            report.WriteLine($"  making the image in {image.Folder}, which takes some minutes");
            if (Directory.Exists(image.Folder))
            {
                Directory.Delete(image.Folder, recursive: true);
            }

            Directory.CreateDirectory(image.Folder);
            image.Make();
            File.WriteAllText(done, string.Empty);
        }

        return image;
    }

    private void Make()
    {
        string mirror = Sh("apt-get indextargets --format '$(RELEASE) $(COMPONENT) $(REPO_URI)' 'Identifier: Packages' |"
            + """ awk -v release="$(. /etc/os-release && echo "$VERSION_CODENAME")" '$1 == release && $2 == "main" { print $3; exit }'""").Trim();
        Sh("umoci init --layout layout && umoci new --image layout:bench && umoci unpack --image layout:bench bundle");
        Layer("--refresh-bundle", $". /etc/os-release && debootstrap --variant=minbase \"$VERSION_CODENAME\" bundle/rootfs {mirror}");
        Layer("--refresh-bundle", Install("gcc libc6-dev"));
        Layer("--refresh-bundle", Install("golang-go"));
        Layer("--refresh-bundle", "chmod -R g+w bundle/rootfs/usr/share/go-*");

        // Up to here both are the same; the removal is the other's, too, and one file more.
        Sh("skopeo --insecure-policy copy oci:layout:bench oci:other:bench");
        Sh("cp -a bundle other-bundle");
        string removal = "rm -rf {0}/rootfs/usr/share/doc {0}/rootfs/usr/share/man {0}/rootfs/var/cache/debconf";
        Layer(string.Empty, string.Format(removal, "bundle"));
        Sh(string.Format(removal, "other-bundle") + " && echo other > other-bundle/rootfs/etc/other && umoci repack --image other:bench other-bundle");
        Sh("umoci gc --layout layout && umoci gc --layout other");
        Sh("skopeo --insecure-policy copy oci:layout:bench docker-archive:image.tar:bench:1");
        Sh("rm -rf bundle other-bundle");

        static string Install(string packages) =>
            "chroot bundle/rootfs apt-get -qq update && chroot bundle/rootfs env DEBIAN_FRONTEND=noninteractive"
            + $" apt-get -qq install -y --no-install-recommends {packages}"
            + " && chroot bundle/rootfs apt-get clean && rm -rf bundle/rootfs/var/lib/apt/lists/*";

        void Layer(string options, string work)
        {
            Sh(work);
            Sh($"umoci repack {options} --image layout:{Image} bundle");
        }
    }

    private string Sh(string script)
    {
        var start = new ProcessStartInfo("sh", ["-c", script])
        {
            WorkingDirectory = Folder, RedirectStandardOutput = true, RedirectStandardError = true,
        };
        using Process process = Process.Start(start)!;
        Task<string> errors = process.StandardError.ReadToEndAsync();
        string output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return process.ExitCode == 0
            ? output
            : throw new InvalidOperationException($"{script} ended with {process.ExitCode}: {errors.Result}");
    }
}
