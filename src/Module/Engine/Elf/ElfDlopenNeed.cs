namespace GoCross.Elf;

/// <summary>Libraries that a program may load while it runs (UAPI group, "ELF dlopen metadata").</summary>
/// <param name="SoNames">Their names, the most wanted first; one of them is enough.</param>
/// <param name="Feature">What they are for, in a word, or null.</param>
/// <param name="Description">What they are for, or null.</param>
/// <param name="Priority">required, recommended or suggested.</param>
public sealed record ElfDlopenNeed(IReadOnlyList<string> SoNames, string? Feature, string? Description, string Priority);
