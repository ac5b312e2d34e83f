namespace GoCross.Builds;

/// <summary>A main package to build.</summary>
/// <param name="ImportPath">Its import path.</param>
/// <param name="Name">What go build would call the program: the import path's last element that is not a version.</param>
/// <param name="Directory">The folder that holds it.</param>
/// <param name="WorkingDirectory">The directory to run go build in: it decides on go.mod and go.work.</param>
/// <param name="Argument">What go build is given there.</param>
public sealed record GoPackage(string ImportPath, string Name, string Directory, string WorkingDirectory, string Argument);
