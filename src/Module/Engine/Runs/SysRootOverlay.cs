using GoCross.Files;
using GoCross.Libraries;

namespace GoCross.Runs;

/// <summary>
/// The files as a program sees them that QEMU's user mode runs with -L: a path is looked for in the directory first, then on
/// this machine. It is the kernel that follows the links of either, so one with an absolute target leads out of the
/// directory.
/// </summary>
internal sealed class SysRootOverlay(string directory) : ILibraryRoot
{
    private readonly DirectoryRoot _machine = new("/");

    /// <inheritdoc/>
    public string Name { get; } = Path.TrimEndingDirectorySeparator(directory);

    /// <inheritdoc/>
    public string? RealPath(string path) =>
        (File.Exists(Name + path) ? _machine.RealPath(Name + path) : null) ?? _machine.RealPath(path);

    /// <inheritdoc/>
    public IRandomAccessSource Open(string realPath) => _machine.Open(realPath);

    /// <inheritdoc/>
    public string OutsideName(string realPath) => realPath;
}
