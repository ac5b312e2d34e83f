using System.Globalization;

namespace GoCross.Roots;

/// <summary>A line of /etc/passwd or /etc/group.</summary>
/// <param name="Name">The name of the user or group.</param>
/// <param name="Id">The number.</param>
internal readonly record struct UserDatabaseEntry(string Name, long Id);

/// <summary>Reads /etc/passwd and /etc/group (passwd(5), group(5)): a name, a password, a number, and what else there is.</summary>
internal static class UserDatabase
{
    /// <summary>The entries, in their order. Lines that are none are passed over, as getpwent(3) does.</summary>
    internal static IEnumerable<UserDatabaseEntry> Parse(string text)
    {
        foreach (string line in text.Split('\n'))
        {
            if (line.Split(':') is [var name, _, var number, ..]
                && long.TryParse(number, NumberStyles.None, CultureInfo.InvariantCulture, out long id))
            {
                yield return new UserDatabaseEntry(name, id);
            }
        }
    }
}
