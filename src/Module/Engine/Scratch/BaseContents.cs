using System.Text;
using GoCross.GoBinaries;
using GoCross.Roots;

namespace GoCross.Scratch;

/// <summary>What is to be added to a base image: of what a program needs, what the image does not have.</summary>
internal static class BaseContents
{
    private const int MaxUserBytes = 1 << 20;

    /// <summary>Leaves out what is there, and adds to the base's own lists of users.</summary>
    /// <param name="parts">What the program needs.</param>
    /// <param name="baseImage">The base image.</param>
    /// <param name="options">What the user said.</param>
    /// <exception cref="Errors.GoCrossException">BaseFileTooLong; what reading a file of the image throws.</exception>
    internal static IReadOnlyList<RootPart> Complete(IEnumerable<RootPart> parts, BaseImage baseImage, ScratchOptions options) =>
    [
        .. parts
            .Select(part => part.Kind == RuntimeNeedKind.UserDatabase ? AddUser(part, baseImage, options.User)
                : part.IsWanted || baseImage.Root.RealPath(part.ProvedBy) is null ? part
                : null)
            .OfType<RootPart>(),
    ];

    private static RootPart? AddUser(RootPart part, BaseImage baseImage, ContainerUser user)
    {
        List<RootEntry> entries = [];
        foreach (RootEntry entry in part.Entries)
        {
            if (entry.Type == UstarType.Directory)
            {
                if (baseImage.Root.RealPath("/" + entry.Path) is null)
                {
                    entries.Add(entry);
                }
            }
            else if (baseImage.TryRead("/" + entry.Path, MaxUserBytes) is not { } content)
            {
                entries.Add(entry);
            }
            else if (Merge(content, entry, entry.Path == "etc/passwd" ? user.UserId : user.GroupId) is { } merged)
            {
                entries.Add(entry with { Content = merged });
            }
        }

        return entries.Count == 0 ? null : part with { Entries = entries };
    }

    // The line of our own user, behind those that are there; null where somebody has the number already.
    private static byte[]? Merge(byte[] content, RootEntry entry, int id)
    {
        string text = Encoding.UTF8.GetString(content);
        if (UserDatabase.Parse(text).Any(entry => entry.Id == id))
        {
            return null;
        }

        string line = Encoding.UTF8.GetString(entry.Content.Span).Split('\n', StringSplitOptions.RemoveEmptyEntries)[^1];
        return Encoding.UTF8.GetBytes($"{text.TrimEnd('\n')}\n{line}\n");
    }
}
