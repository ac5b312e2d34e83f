using GoCross.Builds;
using GoCross.Files;
using Xunit.Sdk;

namespace GoCross.Tests;

/// <summary>
/// An image with Go, gcc for glibc and musl, and git, made of this machine's own packages: no network, no registry. Its
/// entry point is one that no build must run.
/// </summary>
public static class GoImage
{
    /// <summary>The image's name.</summary>
    public const string Name = "gocross-test/golang:1";

    /// <summary>The name of the image that has compilers for arm64, too, with glibc and musl.</summary>
    public const string CrossName = "gocross-test/golang-cross:1";

    /// <summary>The name of the image with go on its PATH, as Docker's official image has it.</summary>
    public const string OnPathName = "gocross-test/golang-path:1";

    /// <summary>What a test that uses it has to name.</summary>
    public static readonly string[] Tools = ["dpkg-query", "tar", "go", "gcc", "musl-gcc", "git"];

    private static readonly SemaphoreSlim Gate = new(1, 1);
    private static readonly Lazy<TemporaryDirectory> Folder = new(MakeArchive);

    /// <summary>Sees to it that an engine has the image.</summary>
    public static async Task RequireAsync(DockerDaemon docker)
    {
        await Gate.WaitAsync();
        try
        {
            if ((await docker.TryRunAsync("image", "inspect", Name)).ExitCode != 0)
            {
                await docker.RunAsync(
                    "import", "--change", "ENTRYPOINT [\"/bin/false\"]", "--change", "ENV GOTOOLCHAIN=local",
                    Path.Combine(Folder.Value.Path, "root.tar"), Name);
            }
        }
        finally
        {
            Gate.Release();
        }
    }

    /// <summary>Sees to it that an engine has the image with go on its PATH.</summary>
    public static async Task RequireOnPathAsync(DockerDaemon docker)
    {
        await RequireAsync(docker);
        using var folder = new TemporaryDirectory();
        File.WriteAllText(Path.Combine(folder.Path, "Dockerfile"), $"FROM {Name}\nENV PATH={SearchPath()}\n");
        await docker.BuildAsync(false, folder.Path, "--tag", OnPathName);
    }

    private static string SearchPath() => Path.GetDirectoryName(
        Programs.Output("readlink", ["--canonicalize", GoCross.Tests.Tools.Require("go")]).TrimEnd()) + ":/usr/sbin:/usr/bin:/sbin:/bin";

    /// <summary>Sees to it that an engine has the image with compilers for arm64, too.</summary>
    public static async Task RequireCrossAsync(DockerDaemon docker)
    {
        await Gate.WaitAsync();
        try
        {
            if ((await docker.TryRunAsync("image", "inspect", CrossName)).ExitCode != 0)
            {
                using var folder = new TemporaryDirectory();
                string archive = Path.Combine(folder.Path, "root.tar");
                InstalledPackages.WriteRoot(
                    archive, GoPackage(), "gcc", "libc6-dev", "musl-tools", "gcc-aarch64-linux-gnu", "git", "coreutils", "dash");

                // Another architecture's package, which depends on none of its kind.
                string list = Path.Combine(folder.Path, "musl");
                File.WriteAllLines(list, Programs.Output("dpkg-query", ["--listfiles", "musl-dev:arm64", "musl:arm64"])
                    .Split('\n')
                    .Where(path => path.Contains("aarch64-linux-musl", StringComparison.Ordinal) && !path.StartsWith("/lib/", StringComparison.Ordinal))
                    .Where(path => File.Exists(path) || new FileInfo(path).LinkTarget is not null)
                    .Select(path => path[1..])
                    .Distinct(StringComparer.Ordinal));
                Programs.Output("tar", ["--append", "--file", archive, "--directory", "/", "--no-recursion", "--files-from", list]);
                await docker.RunAsync("import", "--change", $"ENV PATH={SearchPath()}", archive, CrossName);
            }
        }
        finally
        {
            Gate.Release();
        }
    }

    private static string GoPackage()
    {
        string go = Programs.Output("readlink", ["--canonicalize", GoCross.Tests.Tools.Require("go")]).TrimEnd();
        return Programs.Output("dpkg-query", ["--search", go]).Split(':')[0];
    }

    private static TemporaryDirectory MakeArchive()
    {
        var folder = new TemporaryDirectory();
        AppDomain.CurrentDomain.ProcessExit += (_, _) => folder.Dispose();
        string go = Programs.Output("readlink", ["--canonicalize", GoCross.Tests.Tools.Require("go")]).TrimEnd();
        string archive = Path.Combine(folder.Path, "root.tar");
        InstalledPackages.WriteRoot(archive, GoPackage(), "gcc", "libc6-dev", "musl-tools", "git", "coreutils", "dash");
        WarmCache(folder.Path, go);
        Programs.Output("tar", ["--append", "--file", archive, "--directory", folder.Path, "root/.cache"]);

        // At the end of the process there is little time to remove much.
        Directory.Delete(Path.Combine(folder.Path, "root"), recursive: true);
        return folder;
    }

    // What every program has in it is compiled once, here, and not in each container of the tests.
    private static void WarmCache(string folder, string go)
    {
        string source = Directory.CreateDirectory(Path.Combine(folder, "source")).FullName;
        File.WriteAllText(Path.Combine(source, "go.mod"), "module example.com/warm\n\ngo 1.21\n");
        File.WriteAllText(Path.Combine(source, "main.go"), "package main\n\nimport _ \"embed\"\n\nfunc main() {}\n");
        File.WriteAllText(Path.Combine(source, "c.go"), "package main\n\nimport \"C\"\n");
        foreach (string? compiler in new[] { null, "gcc", "musl-gcc" })
        {
            Programs.Output(
                go,
                ["build", "-trimpath", "-o", "/dev/null", "."],
                source,
                new Dictionary<string, string?>
                {
                    ["CGO_ENABLED"] = compiler is null ? "0" : "1",
                    ["CC"] = compiler is null ? null : "/usr/bin/" + compiler,
                    ["CXX"] = compiler is null ? null : compiler == "gcc" ? "/usr/bin/g++" : "musl-g++",
                    ["GOCACHE"] = Path.Combine(folder, "root", ".cache", "go-build"),
                    ["GOFLAGS"] = null,
                    ["GOTOOLCHAIN"] = "local",
                });
        }
    }
}

/// <summary>A test with a Docker engine of its own that has <see cref="GoImage"/>.</summary>
[TraitDiscoverer(SlowTraitDiscoverer.Name, SlowTraitDiscoverer.Assembly)]
public sealed class GoImageFactAttribute : FactAttribute, ITraitAttribute
{
    public GoImageFactAttribute(params string[] tools) => Skip = DockerFactAttribute.Reason([.. GoImage.Tools, .. tools]);
}

/// <summary>A theory with a Docker engine of its own that has <see cref="GoImage"/>.</summary>
[TraitDiscoverer(SlowTraitDiscoverer.Name, SlowTraitDiscoverer.Assembly)]
public sealed class GoImageTheoryAttribute : TheoryAttribute, ITraitAttribute
{
    public GoImageTheoryAttribute(params string[] tools) => Skip = DockerFactAttribute.Reason([.. GoImage.Tools, .. tools]);
}
