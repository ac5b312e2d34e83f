using System.Net;
using System.Text;
using System.Text.Json;

namespace GoCross.Registries;

/// <summary>What a server or a program says, fit to be shown: a line, of bounded length, with no secret.</summary>
internal static class ServerText
{
    private const int MaxCharacters = 300;

    /// <summary>Makes one line of a text.</summary>
    internal static string Clean(string text)
    {
        string line = string.Join(
            ' ',
            new string([.. text.Take(10 * MaxCharacters).Select(character => char.IsControl(character) ? ' ' : character)])
                .Split(' ', StringSplitOptions.RemoveEmptyEntries));
        return line.Length <= MaxCharacters ? line : line[..MaxCharacters] + "...";
    }

    /// <summary>Takes secrets out of a text. A server could send back what it was given.</summary>
    internal static string Hide(string text, IEnumerable<string> secrets) => secrets
        .Where(secret => secret.Length > 0)
        .OrderByDescending(secret => secret.Length)
        .Aggregate(text, (current, secret) => current.Replace(secret, "***", StringComparison.Ordinal));

    /// <summary>An address without what may be a secret: its user, its query.</summary>
    internal static string Address(Uri uri) => uri.GetComponents(
        UriComponents.SchemeAndServer | UriComponents.Path, UriFormat.UriEscaped);

    /// <summary>What an error's body says (OCI distribution-spec, "Error Codes"); else the status.</summary>
    internal static string Describe(HttpStatusCode status, ReadOnlySpan<byte> body)
    {
        string code = $"HTTP {(int)status}";
        try
        {
            ErrorDocument? document = JsonSerializer.Deserialize(body, RegistryJson.Default.ErrorDocument);
            string[] errors =
            [
                .. (document?.Errors ?? [])
                    .OfType<ErrorItem>()
                    .Select(error => Clean($"{error.Code}: {error.Message}".Trim(' ', ':')))
                    .Where(text => text.Length > 0)
                    .Take(3),
            ];
            return errors.Length == 0 ? code : $"{code}, {string.Join("; ", errors)}";
        }
        catch (JsonException)
        {
            // A page for people, from a proxy, or nothing.
            string text = Encoding.UTF8.GetString(body).TrimStart();
            return text.Length == 0 || text[0] == '<' ? code : $"{code}, {Clean(text)}";
        }
    }
}
