namespace GoCross.Scratch;

/// <summary>A file that keeps files out of a build's context, before it is written.</summary>
/// <param name="Path">Its full path.</param>
/// <param name="Text">Its text.</param>
internal sealed record IgnoreText(string Path, string Text);
