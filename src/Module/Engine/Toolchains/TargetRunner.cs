using GoCross.Formatting;

namespace GoCross.Toolchains;

/// <summary>What runs the programs of a system and an architecture on this machine.</summary>
/// <param name="Runs">How they run.</param>
/// <param name="Path">QEMU's program, where it is one that runs them; otherwise null.</param>
/// <param name="Reason">Why they run, or what is missing.</param>
/// <param name="Install">The command or sentence that brings what is missing; null where nothing is, or nothing helps.</param>
internal sealed record TargetRunner(TargetRun Runs, string? Path, string Reason, string? Install)
{
    /// <summary>Looks for what runs programs.</summary>
    /// <param name="os">The system (GOOS).</param>
    /// <param name="architecture">The architecture (GOARCH).</param>
    internal static TargetRunner Find(string os, string architecture)
    {
        if (HostMachine.Runs(os, architecture))
        {
            return new TargetRunner(TargetRun.Native, null, Texts.ToolRunsNative, null);
        }

        if (os != "linux" || HostMachine.Os != "linux")
        {
            return No(Texts.ToolRunsNoSystem, os, HostMachine.Os);
        }

        if (QemuUser.ProcessorOf(architecture) is null)
        {
            return architecture == "386" ? No(Texts.ToolRunsNo386) : No(Texts.ToolRunsNoEmulator, architecture);
        }

        if (QemuUser.Find(architecture) is { } qemu)
        {
            return new TargetRunner(TargetRun.Qemu, qemu, TextFormat.Fill(Texts.ToolRunsQemu, qemu), null);
        }

        string program = QemuUser.ProgramsFor(architecture)[0];
        string? install = InstallHint.For(program);
        return new TargetRunner(TargetRun.No, null, TextFormat.Fill(Texts.ToolRunsNoQemu, program, install ?? string.Empty), install);
    }

    private static TargetRunner No(string format, params object[] values) =>
        new(TargetRun.No, null, TextFormat.Fill(format, values), null);
}
