using System.Runtime.InteropServices;

namespace GoCross.Files;

/// <summary>Tells devices, pipes and sockets from files, which .NET does not: to rename a file over /dev/null takes it from everybody.</summary>
internal static class SpecialFile
{
    private const int AtCurrentDirectory = -100; // AT_FDCWD; a full path makes it no matter
    private const uint MaskType = 1; // STATX_TYPE
    private const int StatxSize = 256; // sizeof(struct statx), the same on every architecture
    private const int ModeOffset = 28; // offsetof(struct statx, stx_mode), 16 bits
    private const int TypeBits = 0xF000; // S_IFMT
    private const int Regular = 0x8000; // S_IFREG
    private const int Folder = 0x4000; // S_IFDIR

    /// <summary>Whether something stands at a path that is neither a file nor a directory. Links are followed.</summary>
    /// <param name="fullPath">A full path.</param>
    internal static bool Is(string fullPath)
    {
        if (OperatingSystem.IsWindows() || !File.Exists(fullPath))
        {
            return false;
        }

        if (OperatingSystem.IsLinux())
        {
            byte[] status = new byte[StatxSize];
            int type = Statx(AtCurrentDirectory, fullPath, 0, MaskType, status) == 0
                ? BitConverter.ToUInt16(status, ModeOffset) & TypeBits
                : Regular;
            return type is not (Regular or Folder);
        }

        // Elsewhere: devices have no length, and one place.
        return new FileInfo(fullPath).Length == 0 && fullPath.StartsWith("/dev/", StringComparison.Ordinal);
    }

    [DllImport("libc", EntryPoint = "statx", CharSet = CharSet.Ansi, BestFitMapping = false, ThrowOnUnmappableChar = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int Statx(
        int directory, [MarshalAs(UnmanagedType.LPUTF8Str)] string path, int flags, uint mask, [Out] byte[] status);
}
