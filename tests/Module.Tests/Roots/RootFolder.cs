using GoCross.Files;
using GoCross.Images;
using GoCross.Processes;
using GoCross.Tests.Elf;
using GoCross.Tests.Images;

namespace GoCross.Tests.Roots;

/// <summary>
/// A root directory of a test: programs with what they need copied in, packed into images by GNU tar, and entered with
/// chroot to see what really starts.
/// </summary>
internal sealed class RootFolder : IDisposable
{
    private readonly TemporaryDirectory _folder = new();

    internal RootFolder() => Directory.CreateDirectory(Tree);

    /// <summary>The root's directory.</summary>
    internal string Tree => Path.Combine(_folder.Path, "root");

    public void Dispose() => _folder.Dispose();

    /// <summary>Copies a file in, links followed, with its mode.</summary>
    internal void Copy(string file, string path)
    {
        string target = At(path);
        Directory.CreateDirectory(Path.GetDirectoryName(target)!);
        File.Copy(File.ResolveLinkTarget(file, returnFinalTarget: true)?.FullName ?? file, target, overwrite: true);
    }

    /// <summary>Copies a dynamic program in with all that glibc's own loader loads for it.</summary>
    internal void CopyWithLibraries(string program, string path)
    {
        Copy(program, path);
        foreach (string line in Programs.Output("ldd", [program]).Split('\n'))
        {
            // libc.so.6 => /lib/x86_64-linux-gnu/libc.so.6 (0x...), or /lib64/ld-linux-x86-64.so.2 (0x...)
            if (line.Split(" (0x")[0].Split("=> ")[^1].Trim() is ['/', ..] library)
            {
                Copy(library, library);
            }
        }
    }

    /// <summary>Writes a script.</summary>
    internal void WriteScript(string path, string text)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(At(path))!);
        File.WriteAllText(At(path), text);
        SetMode(path, "755");
    }

    /// <summary>Sets the permission bits of a file, in octal digits.</summary>
    internal void SetMode(string path, string mode) => Programs.Output("chmod", [mode, At(path)]);

    /// <summary>The full path of a path in the root.</summary>
    internal string At(string path) => Path.Combine(Tree, path.TrimStart('/'));

    /// <summary>The root as a layer, as GNU tar writes it.</summary>
    internal byte[] Layer()
    {
        string tar = Path.Combine(_folder.Path, "layer.tar");
        Programs.Output("tar", ["--create", "--file", tar, "--directory", Tree, "--sparse", "."]);
        return File.ReadAllBytes(tar);
    }

    /// <summary>Saves an image.</summary>
    /// <param name="archive">Its bytes.</param>
    internal ImageLocation Save(byte[] archive) => TestImage.Save(_folder.Path, archive);

    /// <summary>Whether a program starts where the directory is the root: whether it says "ready".</summary>
    internal bool Starts(string path)
    {
        ProcessResult result = Programs.Run(
            "unshare",
            [.. EmptyRoot.Unshare, "--root=" + Tree, path],
            folder: "/",
            new Dictionary<string, string?> { ["LD_LIBRARY_PATH"] = null, ["LD_PRELOAD"] = null });
        return result.ExitCode == 0 && result.StandardOutput == "ready\n";
    }
}
