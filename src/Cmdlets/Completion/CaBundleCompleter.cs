namespace GoCross.Cmdlets.Completion;

/// <summary>Completes the word for this machine's certificates.</summary>
internal sealed class CaBundleCompleter() : WordCompleter("System");
