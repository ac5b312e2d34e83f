namespace GoCross.Scratch;

/// <summary>An instruction of a Dockerfile, with the reason that stands above it as a comment.</summary>
/// <param name="Instruction">The instruction, on one line or on several.</param>
/// <param name="Reason">Why it is there.</param>
public sealed record DockerfileInstruction(string Instruction, string Reason);
