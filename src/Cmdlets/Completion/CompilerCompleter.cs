namespace GoCross.Cmdlets.Completion;

/// <summary>Completes the choices of a C compiler.</summary>
internal sealed class CompilerCompleter() : WordCompleter("auto", "gcc", "zig");
