using GoCross.Errors;

namespace GoCross.Builds;

/// <summary>What a user typed for packages, taken apart: a folder, a folder with all beneath it, or an import path.</summary>
/// <param name="Text">As it was typed.</param>
/// <param name="WorkingDirectory">The directory to ask go in.</param>
/// <param name="Pattern">What to ask for there.</param>
public sealed record PackageReference(string Text, string WorkingDirectory, string Pattern)
{
    private const string Beneath = "...";

    /// <summary>Whether it may stand for several packages, of which those that are not programs are passed over.</summary>
    public bool IsPattern => Pattern.Contains(Beneath, StringComparison.Ordinal);

    /// <summary>Takes a text apart.</summary>
    /// <param name="text">
    /// As typed: <c>.</c>, <c>./cmd/api</c>, <c>./...</c>, <c>example.com/tool/cmd/api</c>. Where a folder is there the text
    /// is the folder's, with <c>./</c> before it or without.
    /// </param>
    /// <param name="location">The folder that relative paths start at, and that import paths are resolved in.</param>
    /// <exception cref="GoCrossException">PackageFolderMissing; PackageIsFile.</exception>
    public static PackageReference Create(string text, string location)
    {
        bool isPath = text is "." or ".." || Path.IsPathFullyQualified(text)
            || text.StartsWith("./", StringComparison.Ordinal) || text.StartsWith("../", StringComparison.Ordinal)
            || (OperatingSystem.IsWindows() && (text.StartsWith(@".\", StringComparison.Ordinal) || text.StartsWith(@"..\", StringComparison.Ordinal)));
        int beneath = text.IndexOf(Beneath, StringComparison.Ordinal);
        if (beneath > 0)
        {
            // go resolves a pattern of folders within the module of its working directory only.
            string start = Path.GetFullPath(text[..beneath], location);
            if (Directory.Exists(start))
            {
                return new PackageReference(text, start, "./" + text[beneath..]);
            }

            if (isPath)
            {
                throw GoCrossException.Create(ErrorKind.NotFound, nameof(Messages.PackageFolderMissing), start);
            }
        }

        string folder = Path.GetFullPath(text, location);
        if (Directory.Exists(folder))
        {
            return new PackageReference(text, folder, ".");
        }

        if (File.Exists(folder))
        {
            throw GoCrossException.Create(
                ErrorKind.InvalidArgument, nameof(Messages.PackageIsFile), folder, Path.GetDirectoryName(folder));
        }

        return isPath
            ? throw GoCrossException.Create(ErrorKind.NotFound, nameof(Messages.PackageFolderMissing), folder)
            : new PackageReference(text, location, text);
    }
}
