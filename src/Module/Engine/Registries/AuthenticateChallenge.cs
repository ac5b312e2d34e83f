using System.Net.Http.Headers;

namespace GoCross.Registries;

/// <summary>One of the ways to log in that a WWW-Authenticate header offers (RFC 9110, 11.6.1).</summary>
/// <param name="Scheme">Basic or Bearer, among others; case does not matter.</param>
/// <param name="Parameters">Its parameters. Case does not matter in their names.</param>
internal sealed record AuthenticateChallenge(string Scheme, IReadOnlyDictionary<string, string> Parameters)
{
    /// <summary>Whether it is of a scheme.</summary>
    internal bool Is(string scheme) => string.Equals(Scheme, scheme, StringComparison.OrdinalIgnoreCase);

    /// <summary>Reads a challenge.</summary>
    internal static AuthenticateChallenge From(AuthenticationHeaderValue header) =>
        new(header.Scheme, ReadParameters(header.Parameter ?? string.Empty));

    // auth-param = token BWS "=" BWS ( token / quoted-string ), with commas between (RFC 9110, 11.2). What is not of this
    // form ends the reading: what came before it holds.
    private static Dictionary<string, string> ReadParameters(string text)
    {
        var parameters = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
        ReadOnlySpan<char> rest = text;
        while ((rest = rest.TrimStart(" \t,")).Length > 0)
        {
            int equals = rest.IndexOf('=');
            if (equals <= 0)
            {
                break;
            }

            string name = rest[..equals].Trim().ToString();
            rest = rest[(equals + 1)..].TrimStart();
            string? value = rest.StartsWith("\"") ? ReadQuoted(ref rest) : ReadToken(ref rest);
            if (value is null)
            {
                break;
            }

            parameters.TryAdd(name, value);
        }

        return parameters;
    }

    private static string ReadToken(ref ReadOnlySpan<char> rest)
    {
        int end = rest.IndexOfAny(',', ' ', '\t');
        end = end < 0 ? rest.Length : end;
        string token = rest[..end].ToString();
        rest = rest[end..];
        return token;
    }

    // Null where the closing quote is missing.
    private static string? ReadQuoted(ref ReadOnlySpan<char> rest)
    {
        var value = new System.Text.StringBuilder();
        for (int i = 1; i < rest.Length; i++)
        {
            if (rest[i] == '"')
            {
                rest = rest[(i + 1)..];
                return value.ToString();
            }

            if (rest[i] == '\\' && i + 1 < rest.Length)
            {
                i++;
            }

            value.Append(rest[i]);
        }

        return null;
    }
}
