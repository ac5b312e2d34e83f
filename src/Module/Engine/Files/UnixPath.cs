namespace GoCross.Files;

/// <summary>Paths of archives, images and roots: parts with slashes between them, on every system.</summary>
internal static class UnixPath
{
    /// <summary>The most links that are followed for one path, as in the kernel (MAXSYMLINKS).</summary>
    internal const int MaxLinks = 40;

    /// <summary>A path from the root, as <see cref="Clean"/> has it, with a slash before it.</summary>
    internal static string Rooted(string path) => "/" + Clean(path);

    /// <summary>A path without ".", ".." and empty parts, and with no slash before it: no ".." leads out of the root.</summary>
    internal static string Clean(string path)
    {
        var parts = new List<string>();
        foreach (string part in path.Split('/'))
        {
            if (part == "..")
            {
                parts.RemoveRange(Math.Max(0, parts.Count - 1), Math.Min(1, parts.Count));
            }
            else if (part is not ("" or "."))
            {
                parts.Add(part);
            }
        }

        return string.Join('/', parts);
    }
}
