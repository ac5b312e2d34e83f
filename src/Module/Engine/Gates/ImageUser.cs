using System.Text;
using GoCross.Errors;
using GoCross.Files;
using GoCross.Images;
using GoCross.Roots;

namespace GoCross.Gates;

/// <summary>
/// Finds whom a container of an image runs as, as runc does: USER is a number or a name, with :GID or :group behind it,
/// and names are looked up in the image's own /etc/passwd (passwd(5)). With no user it is root.
/// </summary>
internal static class ImageUser
{
    private const string UserDatabase = "/etc/passwd";
    private const int LargestDatabase = 1 << 20;

    /// <exception cref="GoCrossException">What reading a file of the image throws.</exception>
    internal static ImageUserKind KindOf(OpenImage open)
    {
        string user = open.Image.Configuration.User;
        string name = user.Split(':')[0].Trim();
        if (name.Length == 0)
        {
            return user.Length == 0 ? ImageUserKind.Unset : ImageUserKind.Root;
        }

        if (name.All(char.IsAsciiDigit))
        {
            return name.All(digit => digit == '0') ? ImageUserKind.Root : ImageUserKind.Other;
        }

        return NumberOf(open, name) switch
        {
            null => ImageUserKind.Unknown,
            0 => name == "root" ? ImageUserKind.Root : ImageUserKind.RootByAnotherName,
            _ => ImageUserKind.Other,
        };
    }

    // A name of root without a database is root all the same to whoever reads it.
    private static long? NumberOf(OpenImage open, string name)
    {
        foreach (string line in Lines(open))
        {
            string[] fields = line.Split(':');
            if (fields.Length > 2 && fields[0] == name && long.TryParse(fields[2], out long number))
            {
                return number;
            }
        }

        return name == "root" ? 0 : null;
    }

    private static string[] Lines(OpenImage open)
    {
        var root = new ImageRoot(open);
        if (root.RealPath(UserDatabase) is not { } path || !root.IsFile(path))
        {
            return [];
        }

        try
        {
            using IRandomAccessSource source = root.Open(path);
            byte[] text = new byte[Math.Min(source.Length, LargestDatabase)];
            return Encoding.UTF8.GetString(text, 0, source.Read(0, text)).Split('\n');
        }
        catch (GoCrossException e) when (e.ErrorId == RandomAccessFile.EmptyErrorId)
        {
            return [];
        }
    }
}
