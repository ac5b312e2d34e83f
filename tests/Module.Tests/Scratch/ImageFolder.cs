using System.Text.Json;
using GoCross.Files;
using GoCross.Processes;
using GoCross.Scratch;

namespace GoCross.Tests.Scratch;

/// <summary>
/// An image's file system in a directory, unpacked by GNU tar in the layers' order, and entered with chroot as the image's
/// user: what runs there runs on what the image holds, and on what a container runtime adds.
/// </summary>
internal sealed class ImageFolder : IDisposable
{
    private const string Qemu = "qemu-aarch64-static";

    private readonly TemporaryDirectory _folder = new();
    private readonly string[] _command;
    private readonly Dictionary<string, string?> _environment;
    private readonly string _user;

    /// <summary>Unpacks a platform's image from an OCI layout in a tar.</summary>
    internal ImageFolder(string tar, ScratchImageManifest manifest)
    {
        string layout = Path.Combine(_folder.Path, "layout");
        Directory.CreateDirectory(layout);
        Directory.CreateDirectory(Root);
        Programs.Output("tar", ["-xf", tar, "-C", layout]);
        foreach (ScratchImageLayer layer in manifest.Layers)
        {
            Programs.Output("tar", ["-xpf", Blob(layer.Digest), "--same-owner", "-C", Root]);
        }

        Files =
        [
            .. Directory.GetFileSystemEntries(Root, "*", SearchOption.AllDirectories)
                .Where(entry => !Directory.Exists(entry) || Directory.GetFileSystemEntries(entry).Length == 0)
                .Select(entry => entry[Root.Length..])
                .Order(StringComparer.Ordinal),
        ];

        using JsonDocument config = JsonDocument.Parse(File.ReadAllBytes(Blob(manifest.ImageId)));
        JsonElement run = config.RootElement.GetProperty("config");
        _user = run.GetProperty("User").GetString()!;
        _command = [.. run.GetProperty("Entrypoint").EnumerateArray().Select(part => part.GetString()!)];
        _environment = run.TryGetProperty("Env", out JsonElement variables)
            ? variables.EnumerateArray().Select(item => item.GetString()!.Split('=', 2)).ToDictionary(pair => pair[0], pair => (string?)pair[1])
            : [];

        // Every container runtime makes this file.
        Directory.CreateDirectory(Path.Combine(Root, "etc"));
        File.WriteAllText(Path.Combine(Root, "etc/hosts"), "127.0.0.1 localhost\n");
        if (manifest.Platform == "linux/arm64")
        {
            File.Copy(Tools.Require(Qemu), Path.Combine(Root, Qemu));
            _command = ["/" + Qemu, .. _command];
        }

        string Blob(string digest) => Path.Combine(layout, "blobs", "sha256", digest["sha256:".Length..]);
    }

    /// <summary>What the image holds but directories with something in them: paths from the root.</summary>
    internal IReadOnlyList<string> Files { get; }

    private string Root => Path.Combine(_folder.Path, "root");

    /// <summary>The number of a file's owner.</summary>
    internal string OwnerOf(string path) => Programs.Output("stat", ["--format=%u", Path.Combine(Root, path[1..])]).TrimEnd('\n');

    /// <summary>Starts the image's program.</summary>
    internal ProcessResult Run(params string[] arguments)
    {
        // The variables of the image, and no others.
        string[] variables = [.. _environment.Select(pair => $"{pair.Key}={pair.Value}")];
        return Programs.Run(
            "env", ["-i", .. variables, Tools.Require("chroot"), $"--userspec={_user}", Root, .. _command, .. arguments]);
    }

    /// <summary>Does something while a file is not there.</summary>
    internal T Without<T>(string file, Func<T> work)
    {
        string from = Path.Combine(Root, file[1..]);
        string to = Path.Combine(_folder.Path, "taken");
        Directory.Move(from, to);
        try
        {
            return work();
        }
        finally
        {
            Directory.Move(to, from);
        }
    }

    public void Dispose() => _folder.Dispose();
}
