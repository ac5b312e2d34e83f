
namespace GoCross.Toolchains;

/// <summary>What a tool is for.</summary>
public enum ToolKind
{
    /// <summary>The Go toolchain.</summary>
    Go,

    /// <summary>A C compiler for one target and one C library.</summary>
    CCompiler,

    /// <summary>A C compiler for all targets.</summary>
    Zig,

    /// <summary>Runs programs of another architecture (QEMU's user mode).</summary>
    Emulator,

    /// <summary>Makes programs smaller.</summary>
    Packer,

    /// <summary>A container engine's client.</summary>
    Containers,

    /// <summary>A version control system.</summary>
    SourceControl,
}
