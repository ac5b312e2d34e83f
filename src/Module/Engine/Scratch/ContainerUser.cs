using System.Globalization;
using GoCross.Errors;

namespace GoCross.Scratch;

/// <summary>Whom a container runs as: numbers, for a name cannot be checked by Kubernetes's runAsNonRoot.</summary>
/// <param name="UserId">The user's number.</param>
/// <param name="GroupId">The group's number.</param>
public readonly record struct ContainerUser(int UserId, int GroupId)
{
    /// <summary>The user that distroless images made customary: 65532:65532.</summary>
    public static ContainerUser NonRoot { get; } = new(65532, 65532);

    /// <summary>Whether this is root.</summary>
    public bool IsRoot => UserId == 0;

    /// <summary>What the user is called in the image's passwd.</summary>
    internal string Name => IsRoot ? "root" : "nonroot";

    /// <summary>What the group is called in the image's group.</summary>
    internal string GroupName => GroupId == 0 ? "root" : "nonroot";

    /// <summary>The user's home.</summary>
    internal string Home => IsRoot ? "/root" : "/home/nonroot";

    /// <summary>Reads <c>UID</c> or <c>UID:GID</c>. Without a group the group has the user's number.</summary>
    /// <param name="text">The text.</param>
    /// <exception cref="GoCrossException">ContainerUserInvalid.</exception>
    public static ContainerUser Parse(string text)
    {
        string[] parts = text.Split(':');
        if (parts.Length <= 2 && TryParseId(parts[0], out int user))
        {
            if (parts.Length == 1)
            {
                return new ContainerUser(user, user);
            }

            if (TryParseId(parts[1], out int group))
            {
                return new ContainerUser(user, group);
            }
        }

        throw GoCrossException.Create(ErrorKind.InvalidArgument, nameof(Messages.ContainerUserInvalid), text, Ustar.MaxId);
    }

    /// <summary><c>UID:GID</c>.</summary>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{UserId}:{GroupId}");

    private static bool TryParseId(string text, out int id) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out id) && id <= Ustar.MaxId;
}
