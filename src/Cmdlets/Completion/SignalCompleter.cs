namespace GoCross.Cmdlets.Completion;

/// <summary>Completes the signals that programs are asked to end with (signal(7)).</summary>
internal sealed class SignalCompleter() : WordCompleter("SIGTERM", "SIGINT", "SIGQUIT", "SIGHUP", "SIGUSR1", "SIGUSR2", "SIGWINCH");
