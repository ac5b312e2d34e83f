using System.ComponentModel;
using GoCross.Errors;
using GoCross.Files;
using GoCross.Processes;

namespace GoCross.Toolchains;

/// <summary>
/// Tells whether this Linux for amd64 runs programs for 386. A kernel can be built without that, or started without it
/// (ia32_emulation=0), and no file says which; so a program that only ends is run, once.
/// </summary>
internal static class Ia32Probe
{
    private const int TextFileBusy = 26; // ETXTBSY
    private const int Attempts = 5;

    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(10);

    private static readonly Lazy<bool> Answer = new(Try);

    /// <summary>An ELF header, a program header for all of the file, and exit(0) by Linux's interrupt for 386.</summary>
    private static readonly byte[] Program =
    [
        0x7F, (byte)'E', (byte)'L', (byte)'F', 1, 1, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, // 32 bits, little-endian
        2, 0, 3, 0, 1, 0, 0, 0, // ET_EXEC, EM_386
        0x54, 0x80, 0x04, 0x08, 52, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, // entry; program headers; no sections
        52, 0, 32, 0, 1, 0, 0, 0, 0, 0, 0, 0, // sizes; one program header
        1, 0, 0, 0, 0, 0, 0, 0, 0x00, 0x80, 0x04, 0x08, 0x00, 0x80, 0x04, 0x08, // PT_LOAD from offset 0
        91, 0, 0, 0, 91, 0, 0, 0, 5, 0, 0, 0, 0x00, 0x10, 0, 0, // its size; readable and executable
        0x31, 0xDB, // xor ebx, ebx
        0x89, 0xD8, // mov eax, ebx
        0x40, // inc eax: exit
        0xCD, 0x80, // int 0x80
    ];

    /// <summary>Whether it does. Where no program can be run from the temporary folder, it is taken not to.</summary>
    internal static bool Runs => Answer.Value;

    private static bool Try()
    {
        if (!OperatingSystem.IsLinux())
        {
            return false;
        }

        try
        {
            using var folder = new TemporaryDirectory();
            string path = Path.Combine(folder.Path, "probe");
            File.WriteAllBytes(path, Program);
            File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserExecute);
            return Run(path, folder.Path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }

    private static bool Run(string path, string folder)
    {
        for (int attempt = 1; ; attempt++)
        {
            using var timeout = new CancellationTokenSource(Timeout);
            try
            {
                return ChildProcess
                    .RunAsync(new ProcessRequest { FileName = path, WorkingDirectory = folder }, timeout.Token)
                    .GetAwaiter().GetResult().ExitCode == 0;
            }
            catch (GoCrossException e) when (attempt < Attempts && e.InnerException is Win32Exception { NativeErrorCode: TextFileBusy })
            {
                // A process that another thread was just starting still had the file open for writing.
            }
            catch (Exception e) when (e is GoCrossException or OperationCanceledException)
            {
                return false;
            }
        }
    }
}
