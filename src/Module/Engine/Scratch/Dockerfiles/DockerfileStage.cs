namespace GoCross.Scratch;

/// <summary>A stage of a Dockerfile: what a FROM begins.</summary>
/// <param name="Name">Its name; null where it has none. The last stage is the image.</param>
/// <param name="Base">What it starts from: an image, <c>scratch</c>, or another stage.</param>
/// <param name="Platform">The platform it is built for; null for the one that the builder is asked for.</param>
/// <param name="Purpose">What it is there for.</param>
public sealed record DockerfileStage(string? Name, string Base, string? Platform, string Purpose);
