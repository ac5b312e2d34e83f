using System.Text.RegularExpressions;
using GoCross.Files;
using GoCross.Processes;

namespace GoCross.Tests;

/// <summary>
/// Packages of Debian for several architectures, fetched from where this machine has its own from and unpacked into a
/// temporary folder, each once for all tests of a run. APT works with a configuration and a state of its own: neither
/// the machine's packages nor its lists are touched. Fetches little unless GOCROSS_TEST_ALL is 1.
/// </summary>
public sealed partial class DebianPackages : IDisposable
{
    /// <summary>Debian's names of the architectures, and what e_machine calls them.</summary>
    public static readonly IReadOnlyDictionary<string, string> Machines = new Dictionary<string, string>
    {
        ["amd64"] = "EM_X86_64",
        ["arm64"] = "EM_AARCH64",
        ["armhf"] = "EM_ARM",
        ["i386"] = "EM_386",
        ["mips64el"] = "EM_MIPS",
        ["ppc64el"] = "EM_PPC64",
        ["s390x"] = "EM_S390",
    };

    /// <summary>
    /// Small ones of several kinds: a program with a RUNPATH, a library of C, one with many versions, one of C++, a
    /// program of Go. All are in Debian's backports, whose lists are small, too.
    /// </summary>
    private static readonly string[] Sample =
        ["systemd-timesyncd", "libudev1", "libwbclient0", "libboost-program-options1.83.0", "hjson-go"];

    private static readonly string[] Whole =
    [
        .. Sample, "libc6", "libstdc++6", "libgcc-s1", "coreutils", "bash", "busybox-static", "e2fsck-static", "perl-base",
        "libperl5.36", "python3.11-minimal", "libpython3.11-stdlib", "systemd", "udev", "libsystemd-shared", "samba-libs",
        "samba-vfs-modules", "libssl3", "openssh-client", "openssh-server", "git", "libgtk-3-0", "libqt5core5a", "libllvm14",
        "libruby3.1", "mariadb-server-core", "postgresql-15", "gcc-12", "binutils", "gdb", "ripgrep", "fd-find", "musl",
        "klibc-utils", "libklibc", "dash", "erlang-base", "ocaml-base", "nodejs", "tor", "postfix", "dovecot-core",
        "exim4-daemon-heavy", "apache2-bin", "vim", "valgrind", "libc6-dbg", "upx-ucl", "umoci", "runc", "fuse-overlayfs",
        "libpam-modules",
    ];

    private static readonly string[] WholeGo =
        ["docker.io", "containerd", "runc", "skopeo", "umoci", "podman", "caddy", "buildah", "hugo", "etcd-server", "rclone"];

    private static readonly Lazy<string?> Missing = new(FindMissing);

    private readonly TemporaryDirectory _directory = new();
    private readonly Lazy<IReadOnlyDictionary<string, string>> _folders;
    private readonly Lazy<string> _goFolder;

    public DebianPackages()
    {
        _folders = new Lazy<IReadOnlyDictionary<string, string>>(() => FetchAll(ElfAll ? Whole : Sample));
        _goFolder = new Lazy<string>(() => Fetch("amd64", WholeGo, "go"));
        Directory.CreateDirectory(At("state/lists/partial"));
        Directory.CreateDirectory(At("cache/archives/partial"));
        File.WriteAllText(At("status"), "");
    }

    /// <summary>Why there can be no packages, or null.</summary>
    public static string? Reason => Missing.Value;

    private static bool ElfAll => Elf.ElfSample.Whole;

    private string[] Configured => ["-c", At("apt.conf")];

    public void Dispose() => _directory.Dispose();

    /// <summary>The ELF files of an architecture's packages.</summary>
    public IReadOnlyList<string> Files(string architecture) => ElfFiles(_folders.Value[architecture]);

    /// <summary>The ELF files of the packages for this machine that hold large programs of Go: some 200 MB to fetch.</summary>
    public IReadOnlyList<string> GoFiles()
    {
        _ = _folders.Value;
        return ElfFiles(_goFolder.Value);
    }

    private static IReadOnlyList<string> ElfFiles(string folder) =>
        [.. FolderWalk.Files(folder, hidden: true, (_, e) => throw e).Where(Elf.ElfSample.IsElf)];

    private static string? FindMissing()
    {
        if (Tools.FirstMissing(["apt-get", "apt-cache", "dpkg-deb", "readelf"]) is { } tool)
        {
            return $"needs {tool}";
        }

        return File.Exists("/etc/os-release") && DebianPattern().IsMatch(File.ReadAllText("/etc/os-release"))
            ? Sources().Count > 0 ? null : "needs APT's lists (apt-get update)"
            : "needs Debian, whose mirrors have all its architectures";
    }

    // What this machine's APT reads packages from: the address, the release, the component.
    private static List<string> Sources() =>
    [
        .. Programs.Output("apt-get", ["indextargets", "--format", "$(REPO_URI) $(RELEASE) $(COMPONENT)", "Identifier: Packages"])
            .Split('\n', StringSplitOptions.RemoveEmptyEntries)
            .Distinct(),
    ];

    private Dictionary<string, string> FetchAll(string[] packages)
    {
        Configure();
        ProcessResult update = Programs.Run("apt-get", [.. Configured, "-qq", "update"]);
        Assert.True(
            Directory.EnumerateFiles(At("state/lists")).Any(list => list.Contains("_Packages", StringComparison.Ordinal)),
            $"APT could fetch no list of packages:\n{update.StandardError}");
        return Machines.Keys.ToDictionary(architecture => architecture, architecture => Fetch(architecture, packages, architecture));
    }

    private void Configure()
    {
        // The lists of a whole release take 9 MB an architecture, those of the backports 0.3 MB.
        List<string> sources = Sources();
        if (!ElfAll && sources.Exists(IsBackports))
        {
            sources.RemoveAll(source => !IsBackports(source));
        }

        const string Keyring = "/usr/share/keyrings/debian-archive-keyring.gpg";
        string options = File.Exists(Keyring) ? $"[signed-by={Keyring}] " : "";
        File.WriteAllLines(At("sources.list"), sources.Select(source => $"deb {options}{source}"));
        File.WriteAllText(
            At("apt.conf"),
            $$"""
            Dir::State "{{At("state")}}";
            Dir::State::status "{{At("status")}}";
            Dir::Cache "{{At("cache")}}";
            Dir::Etc::sourcelist "{{At("sources.list")}}";
            Dir::Etc::sourceparts "/dev/null";
            Dir::Etc::preferences "/dev/null";
            Dir::Etc::preferencesparts "/dev/null";
            #clear APT::Architectures;
            APT::Architecture "amd64";
            APT::Architectures { {{string.Join(' ', Machines.Keys.Select(name => $"\"{name}\";"))}} };
            APT::Sandbox::User "root";
            Acquire::Languages "none";
            Acquire::Retries "3";
            Acquire::IndexTargets::deb::DEP-11::DefaultEnabled "false";
            #clear APT::Update::Post-Invoke;
            #clear APT::Update::Post-Invoke-Success;

            """);

        static bool IsBackports(string source) => source.Split(' ')[1].EndsWith("-backports", StringComparison.Ordinal);
    }

    private string Fetch(string architecture, string[] packages, string name)
    {
        string archives = At("archives-" + name);
        string unpacked = At("unpacked-" + name);
        Directory.CreateDirectory(archives);
        Directory.CreateDirectory(unpacked);
        string[] wanted = [.. packages.Select(package => $"{package}:{architecture}").Where(Served(architecture, packages).Contains)];
        Assert.NotEmpty(wanted);
        Programs.Output("apt-get", [.. Configured, "-qq", "download", .. wanted], archives);
        foreach (string archive in Directory.GetFiles(archives, "*.deb"))
        {
            Programs.Output("dpkg-deb", ["-x", archive, unpacked]);
            File.Delete(archive);
        }

        return unpacked;
    }

    // Not every package is built for every architecture.
    private HashSet<string> Served(string architecture, string[] packages)
    {
        var served = new HashSet<string>();
        string? package = null;
        foreach (string line in Programs.Output(
            "apt-cache", [.. Configured, "policy", .. packages.Select(package => $"{package}:{architecture}")]).Split('\n'))
        {
            if (line.Length > 0 && line[0] != ' ')
            {
                // The machine's own architecture goes without saying.
                package = line.TrimEnd(':');
                package = package.Contains(':', StringComparison.Ordinal) ? package : $"{package}:amd64";
            }
            else if (line.StartsWith("  Candidate: ", StringComparison.Ordinal) && !line.EndsWith("(none)", StringComparison.Ordinal))
            {
                served.Add(package!);
            }
        }

        return served;
    }

    private string At(string name) => Path.Combine(_directory.Path, name);

    [GeneratedRegex("^ID=\"?debian\"?$", RegexOptions.Multiline)]
    private static partial Regex DebianPattern();
}
