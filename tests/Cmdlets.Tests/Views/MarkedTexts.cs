using System.Collections;
using System.Reflection;

namespace GoCross.Cmdlets.Tests.Views;

/// <summary>
/// Puts a control character at the end of every text that objects of ours hold, those of their lists, dictionaries and inner
/// objects included, and takes it away again.
/// </summary>
internal sealed class MarkedTexts : IDisposable
{
    /// <summary>The bell: what takes away escape sequences leaves it.</summary>
    internal const char Mark = '\a';

    // Made of fixed words, of numbers or of hexadecimal digits: no stranger chooses a character of it. Where others have a
    // property of the same name that a stranger writes, its type is named.
    private static readonly string[] Ours =
    [
        "Target", "Sha256", "DiffId", "Digest", "ErrorId", "ManifestDigest", "ImageId", "Owner", "BuildId", "SideIndicator", "Machine",
        "ConfigDigest", "Signal", "Branch", "Setting", "ReferenceOwner", "DifferenceOwner",
        "ElfReport.Architecture", "ScratchImage.Platform", "ScratchImageManifest.Platform", "ScratchImageLayer.Platform",
    ];

    private readonly Stack<Action> _restore = new();
    private readonly HashSet<object> _seen = new(ReferenceEqualityComparer.Instance);

    internal MarkedTexts(IEnumerable<object> values)
    {
        foreach (object value in values)
        {
            Visit(value);
        }
    }

    public void Dispose()
    {
        foreach (Action restore in _restore)
        {
            restore();
        }
    }

    private void Visit(object? value)
    {
        if (value is null or string or Enum || !_seen.Add(value))
        {
            return;
        }

        if (value is IDictionary { IsReadOnly: false } dictionary)
        {
            foreach (object key in dictionary.Keys.Cast<object>().ToArray())
            {
                VisitPair(dictionary, key);
            }
        }
        else if (value is IList list && !value.GetType().IsValueType)
        {
            for (int i = 0; i < list.Count; i++)
            {
                int index = i;
                if (list[i] is string text)
                {
                    if (!list.IsReadOnly || value is Array)
                    {
                        list[i] = text + Mark;
                        _restore.Push(() => list[index] = text);
                    }
                }
                else
                {
                    Visit(list[i]);
                }
            }
        }
        else if (value.GetType() is { IsValueType: false } type && type.Namespace?.StartsWith("GoCross", StringComparison.Ordinal) == true)
        {
            for (Type? at = type; at is not null && at != typeof(object); at = at.BaseType)
            {
                foreach (FieldInfo field in at.GetFields(BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.DeclaredOnly))
                {
                    VisitField(value, field);
                }
            }
        }
    }

    private void VisitPair(IDictionary dictionary, object key)
    {
        object? content = dictionary[key];
        Visit(content);
        object markedKey = key is string name ? name + Mark : key;
        object? markedContent = content is string { Length: > 0 } text ? text + Mark : content;
        dictionary.Remove(key);
        dictionary.Add(markedKey, markedContent);
        _restore.Push(() =>
        {
            dictionary.Remove(markedKey);
            dictionary.Add(key, content);
        });
    }

    private void VisitField(object owner, FieldInfo field)
    {
        string name = field.Name.StartsWith('<') ? field.Name[1..field.Name.IndexOf('>', StringComparison.Ordinal)] : field.Name;
        if (Ours.Contains(name) || Ours.Contains($"{field.DeclaringType!.Name}.{name}"))
        {
            return;
        }

        object? content = field.GetValue(owner);
        if (content is not string text)
        {
            Visit(content);
        }
        else if (text.Length > 0)
        {
            field.SetValue(owner, text + Mark);
            _restore.Push(() => field.SetValue(owner, text));
        }
    }
}
