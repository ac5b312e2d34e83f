namespace GoCross.Targets;

/// <summary>What a target that is being typed can become.</summary>
/// <param name="Text">The target or the pattern.</param>
/// <param name="Description">What it is.</param>
public sealed record TargetSuggestion(string Text, string Description);
