using System.Runtime.CompilerServices;

namespace GoCross.Tests;

/// <summary>Data that is not in the repository: where a variable says, or in shared/data beside the checkout or above it.</summary>
public static class Data
{
    /// <summary>The path of a file or folder, or null where it is not there.</summary>
    /// <param name="variable">The variable that may hold its path.</param>
    /// <param name="name">Its name in the folder.</param>
    /// <param name="thisFile">Leave it out.</param>
    public static string? Find(string variable, string name, [CallerFilePath] string thisFile = "")
    {
        if (Environment.GetEnvironmentVariable(variable) is { Length: > 0 } told)
        {
            return told;
        }

        for (string? folder = Path.GetDirectoryName(thisFile); folder is not null; folder = Path.GetDirectoryName(folder))
        {
            string path = Path.Combine(folder, "shared", "data", name);
            if (File.Exists(path) || Directory.Exists(path))
            {
                return path;
            }
        }

        return null;
    }
}
