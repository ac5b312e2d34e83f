namespace GoCross.Roots;

/// <summary>The program that a container of an image starts with.</summary>
/// <param name="Path">The file that the kernel executes in the end, without links; for a script, its interpreter.</param>
/// <param name="Name">How it is called: by ENTRYPOINT or CMD, or by the script's first line.</param>
/// <param name="Scripts">The scripts that lead to it, the first one first; none, as a rule.</param>
public sealed record EntryPoint(string Path, string Name, IReadOnlyList<string> Scripts);
