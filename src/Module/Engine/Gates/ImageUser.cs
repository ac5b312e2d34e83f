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
    private const string UserDatabasePath = "/etc/passwd";
    private const int MaxDatabaseLength = 1 << 20;

    // Accounts that every Windows image has (Microsoft Learn, "Container users", "Well-known SIDs").
    private static readonly string[] WindowsAdministrators = ["ContainerAdministrator", "Administrator", "SYSTEM", "LocalSystem"];
    private static readonly string[] WindowsUsers = ["ContainerUser", "LocalService", "LOCAL SERVICE", "NetworkService", "NETWORK SERVICE", "Guest"];

    /// <exception cref="GoCrossException">What reading a file of the image throws.</exception>
    internal static ImageUserKind KindOf(OpenImage open)
    {
        string user = open.Image.Configuration.User;
        if (open.Image.IsWindows)
        {
            return KindOnWindows(user);
        }

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

    // A name may have the machine or NT AUTHORITY in front, and case does not matter.
    private static ImageUserKind KindOnWindows(string user)
    {
        string name = user[(user.LastIndexOf('\\') + 1)..].Trim();
        return name.Length == 0 ? ImageUserKind.UnsetOnWindows
            : WindowsAdministrators.Contains(name, StringComparer.OrdinalIgnoreCase) ? ImageUserKind.WindowsAdministrator
            : WindowsUsers.Contains(name, StringComparer.OrdinalIgnoreCase) ? ImageUserKind.Other
            : ImageUserKind.UnknownOnWindows;
    }

    // Without a database root is root all the same.
    private static long? NumberOf(OpenImage open, string name)
    {
        foreach (UserDatabaseEntry entry in UserDatabase.Parse(Read(open)))
        {
            if (entry.Name == name)
            {
                return entry.Id;
            }
        }

        return name == "root" ? 0 : null;
    }

    private static string Read(OpenImage open)
    {
        var root = new ImageRoot(open);
        if (root.RealPath(UserDatabasePath) is not { } path || !root.IsFile(path))
        {
            return string.Empty;
        }

        try
        {
            using IRandomAccessSource source = root.Open(path);
            byte[] text = new byte[Math.Min(source.Length, MaxDatabaseLength)];
            return Encoding.UTF8.GetString(text, 0, source.Read(0, text));
        }
        catch (GoCrossException e) when (e.ErrorId == RandomAccessFile.EmptyErrorId)
        {
            return string.Empty;
        }
    }
}
